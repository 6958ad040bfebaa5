import { MediaFailed, type MediaRecording } from '../flows/ports/media.js';
import type { Channel } from './channel.js';

/** FreeSWITCH expands, splits and joins at other characters. */
const PATH = /^\/(?:[\w./+~=-]|@(?!@))+$/;

/**
 * Left the party and right what it hears; at 8 kHz whatever the codec; short ones are kept, which
 * FreeSWITCH else throws away; and half a second at most waits for the disk, so that a crash loses
 * no more.
 */
const SETTINGS = [
  'RECORD_STEREO=true',
  'RECORD_MIN_SEC=0',
  'record_sample_rate=8000',
  'enable_file_write_buffering=16000',
].join(';');

/**
 * By `uuid_record`, which says whether it runs: the application `record_session` ends the same way
 * when it could not begin.
 * @throws MediaFailed `not-recorded`
 */
export async function record(channel: Channel, path: string): Promise<MediaRecording> {
  if (!PATH.test(path)) throw new MediaFailed('not-recorded', 'unusual path');
  const { uuid } = channel;
  await channel.order(`uuid_setvar_multi ${uuid} ${SETTINGS}`, 'not-recorded');
  const order = (what: 'start' | 'mask' | 'unmask' | 'stop'): Promise<void> =>
    channel.order(`uuid_record ${uuid} ${what} ${path}`, 'not-recorded');
  await order('start');
  return { mask: () => order('mask'), unmask: () => order('unmask'), stop: () => order('stop') };
}
