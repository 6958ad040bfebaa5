/** ITU-T G.711, both laws, written from the Recommendation and not from Callveil's own tables. */
export interface G711 {
  /** As in SDP: PCMU or PCMA. */
  readonly name: string;
  /** Static payload type (RFC 3551 §6). */
  readonly payload: number;
  readonly silence: number;
  encode(sample: number): number;
  decode(code: number): number;
}

const clip = (sample: number, most: number): number => Math.min(Math.abs(sample), most);

/** Which of the segments, each twice as wide as the one before, a magnitude is in. */
function segmentOf(magnitude: number, lowest: number): number {
  let segment = 0;
  while (segment < 7 && magnitude >= lowest << (segment + 1)) segment += 1;
  return segment;
}

export const PCMU: G711 = {
  name: 'PCMU',
  payload: 0,
  silence: 0xff,
  encode: (sample) => {
    const biased = clip(sample, 32_635) + 132;
    const segment = segmentOf(biased, 128);
    const code = (segment << 4) | ((biased >> (segment + 3)) & 0x0f);
    return ~(sample < 0 ? code | 0x80 : code) & 0xff;
  },
  decode: (code) => {
    const bits = ~code & 0xff;
    const segment = (bits >> 4) & 7;
    const magnitude = ((((bits & 0x0f) << 3) + 132) << segment) - 132;
    return bits & 0x80 ? -magnitude : magnitude;
  },
};

export const PCMA: G711 = {
  name: 'PCMA',
  payload: 8,
  silence: 0xd5,
  encode: (sample) => {
    const magnitude = clip(sample, 32_767);
    const segment = segmentOf(magnitude, 256);
    const code =
      magnitude < 256
        ? magnitude >> 4
        : ((segment + 1) << 4) | ((magnitude >> (segment + 4)) & 0x0f);
    return (sample < 0 ? code : code | 0x80) ^ 0x55;
  },
  decode: (code) => {
    const bits = code ^ 0x55;
    const segment = (bits >> 4) & 7;
    const step = ((bits & 0x0f) << 4) + 8;
    const magnitude = segment === 0 ? step : (step + 256) << (segment - 1);
    return bits & 0x80 ? magnitude : -magnitude;
  },
};
