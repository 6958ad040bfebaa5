import type { MediaQuality } from '../flows/ports/media.js';
import { millis } from '../domain/time.js';

/** What `uuid_dump` tells of a channel: `name: value` a line, values percent-encoded. */
export function qualityOf(dump: string): MediaQuality | undefined {
  const figure = (name: string): number | undefined => {
    const [, text] = new RegExp(`^variable_rtp_audio_${name}: (.+)$`, 'm').exec(dump) ?? [];
    const value = Number(text);
    return text === undefined || !Number.isFinite(value) ? undefined : value;
  };
  const packetsReceived = figure('in_media_packet_count');
  if (packetsReceived === undefined) return undefined;
  return {
    packetsReceived,
    packetsLost: figure('in_skip_packet_count') ?? 0,
    jitter: millis(figure('in_jitter_max_variance') ?? 0),
  };
}
