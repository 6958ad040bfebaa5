/** The two laws of G.711, by the name that RTP gives them. */
export type Law = 'PCMU' | 'PCMA';

/** µ-law (G.711 table 2a): bias of 33 in 14 bit, here in 16. */
const bias = 0x84;

function decodeMu(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + bias) << ((bits >> 4) & 0x07);
  return bits & 0x80 ? bias - magnitude : magnitude - bias;
}

function decodeA(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) & 0x07;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

function encodeMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 0x7fff - bias) + bias;
  const segment = 24 - Math.clz32(magnitude);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)) & 0xff;
}

function encodeA(sample: number): number {
  // Negative values count from -1 on, so that both signs have as many steps.
  const sign = sample < 0 ? 0 : 0x80;
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const step = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return (sign | (segment << 4) | step) ^ 0x55;
}

const decoders = { PCMU: decodeMu, PCMA: decodeA };
const encoders = { PCMU: encodeMu, PCMA: encodeA };

function decodeTable(law: Law): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => decoders[law](code));
}

/** Indexed by the sample as an unsigned 16-bit number. */
function encodeTable(law: Law): Uint8Array {
  return Uint8Array.from({ length: 65_536 }, (_, index) => encoders[law]((index << 16) >> 16));
}

/** Linear PCM, 16 bit, of each code. */
export const decoded: Readonly<Record<Law, Int16Array>> = {
  PCMU: decodeTable('PCMU'),
  PCMA: decodeTable('PCMA'),
};

const encoded: Readonly<Record<Law, Uint8Array>> = {
  PCMU: encodeTable('PCMU'),
  PCMA: encodeTable('PCMA'),
};

/** What a code of the one law is in the other. */
function conversionTable(from: Law, to: Law): Uint8Array {
  return Uint8Array.from(decoded[from], (sample) => encoded[to][sample & 0xffff] ?? 0);
}

const converted: Readonly<Record<Law, Uint8Array>> = {
  PCMU: conversionTable('PCMU', 'PCMA'),
  PCMA: conversionTable('PCMA', 'PCMU'),
};

export function isLaw(name: string): name is Law {
  return name === 'PCMU' || name === 'PCMA';
}

/** Encodes samples into bytes from `at` on. */
export function encodeInto(law: Law, samples: Int16Array, bytes: Uint8Array, at: number): void {
  const table = encoded[law];
  for (let index = 0; index < samples.length; index += 1) {
    bytes[at + index] = table[(samples[index] ?? 0) & 0xffff] ?? 0;
  }
}

/** Decodes `bytes[start..end)`; `into` holds at least as many. */
export function decodeInto(
  law: Law,
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Int16Array,
): void {
  const table = decoded[law];
  for (let at = start; at < end; at += 1) into[at - start] = table[bytes[at] ?? 0] ?? 0;
}

/** Turns `bytes[start..end)` of that law into the other law, in place. */
export function convertInPlace(from: Law, bytes: Uint8Array, start: number, end: number): void {
  const table = converted[from];
  for (let at = start; at < end; at += 1) bytes[at] = table[bytes[at] ?? 0] ?? 0;
}
