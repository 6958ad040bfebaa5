import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';

/** Of its event socket. */
export interface FreeSwitchAddress {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

const VARIABLE = 'CALLVEIL_TEST_FREESWITCH';

/** `host:port:password` from the environment; it must run on this machine, as its CPU time is read. */
export function freeSwitchHere(): FreeSwitchAddress | undefined {
  const [host = '', port = '', ...rest] = (process.env[VARIABLE] ?? '').split(':');
  return port === '' ? undefined : { host, port: Number(port), password: rest.join(':') };
}

export const FREESWITCH_MISSING = `set ${VARIABLE}=host:port:password to a FreeSWITCH on this host`;

/** @throws Error when no process of this host that we may look into listens there. */
export function pidOf({ port }: FreeSwitchAddress): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'latin1').split('\n'),
  );
  // Columns: number, local address, remote address, state (0A: listening), …, inode.
  const inodes = sockets
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hex}`) === true && columns[3] === '0A')
    .map((columns) => `socket:[${columns[9] ?? ''}]`);
  const owner = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => openFiles(pid).some((file) => inodes.includes(file)));
  if (owner === undefined) throw new Error(`no process listens on port ${port}`);
  return Number(owner);
}

function openFiles(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // it has ended, or is not ours to look into
  }
}

/** As it says itself. @throws Error when it does not answer. */
export async function versionOf({ host, port, password }: FreeSwitchAddress): Promise<string> {
  const socket = createConnection({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5_000) });
    socket.write(`auth ${password}\n\napi version\n\n`);
    let text = '';
    for await (const chunk of socket
      .setEncoding('utf8')
      .setTimeout(5_000, () => socket.destroy())) {
      text += String(chunk);
      const version = /FreeSWITCH Version (\S+?)[~+ ]/.exec(text)?.[1];
      if (version !== undefined) return version;
    }
    throw new Error('it hung up');
  } finally {
    socket.destroy();
  }
}
