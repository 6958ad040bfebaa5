import type { Codec } from '../domain/identity/media-description.js';

/**
 * What a description may name, for our own media server; a FreeSWITCH does not look at it. One entry
 * a codec as SDP has it, without its attribute names, in their order:
 * `0 PCMU/8000|111 opus/48000/2 useinbandfec=1`.
 */
export function offerCodecs(codecs: readonly Codec[]): Record<string, string> {
  return codecs.length === 0 ? {} : { 'X-Offer-Codecs': codecs.map(entry).join('|') };
}

function entry({ payload, name, clockRate, channels, fmtp }: Codec): string {
  const encoding = `${name}/${clockRate}${channels === undefined ? '' : `/${channels}`}`;
  return fmtp === undefined ? `${payload} ${encoding}` : `${payload} ${encoding} ${fmtp}`;
}
