export const wavHeaderOctets = 44;

/** Header of a WAV file of 16-bit PCM. */
export function wavHeader(channels: number, rate: number, dataOctets: number): Buffer {
  const header = Buffer.alloc(wavHeaderOctets);
  header.write('RIFF', 0);
  header.writeUInt32LE(wavHeaderOctets - 8 + dataOctets, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataOctets, 40);
  return header;
}
