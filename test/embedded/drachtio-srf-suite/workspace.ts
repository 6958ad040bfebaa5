import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { adaptFile, adaptFolder, type Places } from './adapt.js';

const require = createRequire(import.meta.url);

/** Where the package keeps its own tests. */
export const suiteDirectory = join(dirname(require.resolve('drachtio-srf')), '..');

export interface Server {
  readonly host: string;
  readonly adminPort: number;
  readonly secret: string;
  /** `host:port` where it takes SIP over UDP. */
  readonly sip: string;
}

/** `docker run … --name HOST:PORT … drachtio/sipp sipp ARGUMENTS`, without any docker. */
const localDocker = `#!/bin/sh
local='-i 127.0.0.1'
while [ "$1" != drachtio/sipp ]; do
  [ "$1" = --name ] && local="-i \${2%:*} -p \${2#*:}"
  shift
done
shift 2
# The tests count on a container's start: meanwhile their applications connect.
sleep 0.8
exec sipp $local -skip_rlimit -deadcall_wait 0 "$@"
`;

/**
 * A copy of the package in which only hosts and ports are others: the tests stay word for word what
 * the package ships, their containers become local processes.
 */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'drachtio-srf-suite-'));

  /** `peer` is the second server that one of the tests calls. */
  constructor(places: Places, sut: Server, peer: Server) {
    for (const part of ['package.json', 'lib', 'test', 'config']) {
      cpSync(join(suiteDirectory, part), join(this.directory, part), { recursive: true });
    }
    const known = new Map(places).set('172.29.0.19', peer.sip);
    const tests = join(this.directory, 'test');
    for (const folder of ['', 'scripts', 'scenarios']) adaptFolder(join(tests, folder), known);
    adaptFile(
      join(tests, 'sipp.js'),
      new Map([
        ['drachtio-sut', sut.sip],
        ['/tmp/scenarios', join(tests, 'scenarios')],
      ]),
    );
    this.#configure(sut, peer);
    mkdirSync(join(this.directory, 'bin'));
    writeFileSync(join(this.directory, 'bin', 'docker'), localDocker);
    chmodSync(join(this.directory, 'bin', 'docker'), 0o755);
  }

  /** What a process needs to find our docker and the libraries of the tests. */
  get environment(): NodeJS.ProcessEnv {
    const modules = join(require.resolve('tape/package.json'), '..', '..');
    const path = `${join(this.directory, 'bin')}:${process.env['PATH'] ?? ''}`;
    return { ...process.env, NODE_ENV: 'test', NODE_PATH: modules, PATH: path };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The suite reads its servers with the package `config`, of which it needs no more than this. */
  #configure(sut: Server, peer: Server): void {
    const place = join(this.directory, 'node_modules', 'config');
    mkdirSync(place, { recursive: true });
    const shipped = JSON.parse(
      readFileSync(join(this.directory, 'config', 'test.json'), 'utf8'),
    ) as Record<string, object>;
    const at = ({ host, adminPort: port, secret }: Server): object => ({ host, port, secret });
    const adapted = {
      ...shipped,
      'drachtio-sut': { ...shipped['drachtio-sut'], ...at(sut) },
      'drachtio-uas': { ...shipped['drachtio-uas'], ...at(peer) },
    };
    const source = `const all = ${JSON.stringify(adapted)};\nexports.get = (name) => all[name];\n`;
    writeFileSync(join(place, 'index.js'), source);
  }
}
