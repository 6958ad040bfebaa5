/**
 * A process that records a call, to be killed or to run out of disk. Argument: the file. It writes a
 * line `MS` for how long it has recorded, ten times a second, and `stopped MS` when the recording
 * was told to have ended.
 */
import { Recordings } from '../../../src/embedded/media-server/channel/recordings.js';
import type { PermittedPaths } from '../../../src/embedded/media-server/files/permitted-paths.js';
import { MediaLab } from './media-lab.js';
import { every20ms } from './rtp-party.js';

const path = process.argv[2] ?? '';
const anywhere = { toWrite: (file: string) => Promise.resolve(file) } as unknown as PermittedPaths;
const lab = new MediaLab();
const { port, party } = await lab.line();
const recordings = new Recordings(port, anywhere, ({ samples }) => {
  process.stdout.write(`stopped ${samples / 8}\n`);
});
if (!(await recordings.start(path, 0))) throw new Error('not started');
const startMs = performance.now();
await every20ms(3_000, (index) => {
  party.say(Buffer.alloc(160, 0x10), port.localPort);
  if (index % 5 === 0) process.stdout.write(`${performance.now() - startMs}\n`);
});
