import { MediaFailed, type MediaRecording } from '../flows/ports/media.js';
import { millis, type Clock } from '../domain/time.js';
import type { Channel } from './channel.js';

/** FreeSWITCH expands, splits and joins at other characters. */
const PATH = /^\/(?:[\w./+~=-]|@(?!@))+$/;

/**
 * Left the party and right what it hears; at 8 kHz whatever the codec; short ones are kept, which
 * FreeSWITCH else throws away; half a second at most waits for the disk, so that a crash loses no
 * more; and three frames in place of 25 wait for those of the other direction, for a frame is masked
 * as it leaves that buffer, not as it comes.
 */
const SETTINGS = [
  'RECORD_STEREO=true',
  'RECORD_MIN_SEC=0',
  'record_sample_rate=8000',
  'RECORD_PRE_BUFFER_FRAMES=3',
  'enable_file_write_buffering=16000',
  'rtp_disable_hold=true',
].join(';');

/** What was said before an order to unmask is still on its way to the file, and must stay silent. */
const UNMASK_AFTER = millis(200);

/**
 * By `uuid_record`, which says whether it runs: the application `record_session` ends the same way
 * when it could not begin.
 * @throws MediaFailed `not-recorded`
 */
export async function record(
  channel: Channel,
  path: string,
  clock: Clock,
): Promise<MediaRecording> {
  if (!PATH.test(path)) throw new MediaFailed('not-recorded', 'unusual path');
  const { uuid } = channel;
  await channel.order(`uuid_setvar_multi ${uuid} ${SETTINGS}`, 'not-recorded');
  const order = (what: 'start' | 'mask' | 'unmask' | 'stop'): Promise<void> =>
    channel.order(`uuid_record ${uuid} ${what} ${path}`, 'not-recorded');
  await order('start');
  return {
    mask: () => order('mask'),
    unmask: async () => {
      await new Promise<void>((resolve) => clock.after(UNMASK_AFTER, resolve));
      await order('unmask');
    },
    stop: () => order('stop'),
  };
}
