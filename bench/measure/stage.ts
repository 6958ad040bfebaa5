import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/phones/free-port.js';
import type { Place, System, SystemKind } from '../systems/system.js';
import { Sipp } from './sipp.js';

const CARRIER = '127.0.1.1';
const PBX = '127.0.2.1';

/** A system under test with a PBX that answers its calls, and the list of those who may call. */
export interface Stage {
  readonly place: Place;
  readonly system: System;
  readonly callersFile: string;
  readonly pbx: Sipp;
}

/** Directories of runs that are not over. */
const directories = new Set<string>();

/** For a bench that is itself being ended. */
export function removeAllDirectories(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

/** Sets up `kind` with a SIPp behind it, does `work`, and takes everything down again. */
export async function withSystem<T>(
  kind: SystemKind<string>,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), `callveil-bench-${kind.name}-`));
  directories.add(directory);
  try {
    const place = {
      directory,
      carrier: { host: CARRIER, port: await freePort(CARRIER) },
      pbx: { host: PBX, port: await freePort(PBX) },
    };
    const system = await kind.start(place);
    try {
      return await onStage(place, system, work);
    } finally {
      await system.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
    directories.delete(directory);
  }
}

async function onStage<T>(
  place: Place,
  system: System,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const callersFile = join(place.directory, 'callers.csv');
  const lines = system.callers.map(({ caller, did }) => `${caller};${did};\n`);
  writeFileSync(callersFile, `SEQUENTIAL\n${lines.join('')}`);
  const pbx = await Sipp.answer({
    name: 'pbx',
    directory: place.directory,
    local: place.pbx,
  });
  try {
    return await work({ place, system, callersFile, pbx });
  } finally {
    await pbx.child.stop();
  }
}
