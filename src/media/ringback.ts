/**
 * Ringing tones by country, in the words of FreeSWITCH's tone_stream: `%(on, off, Hz, Hz)` in ms.
 * Source: ITU-T E.180 supplement 2, "Various tones used in national networks"; the values are those
 * of the countries' own networks, North America's Precise Tone Plan and Europe's 425 Hz.
 */
const NORTH_AMERICA = '%(2000,4000,440,480)';
const EUROPE = '%(1000,4000,425)';
const BRITISH = '%(400,200,400,450);%(400,2000,400,450)';

const BY_COUNTRY: Readonly<Record<string, string>> = {
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
  PR: NORTH_AMERICA,
  GB: BRITISH,
  IE: BRITISH,
  SG: BRITISH,
  MY: BRITISH,
  HK: '%(400,200,440,480);%(400,3000,440,480)',
  NZ: BRITISH,
  AU: '%(400,200,413,438);%(400,2000,413,438)',
  IN: '%(400,200,375,425);%(400,2000,375,425)',
  ZA: BRITISH,
  FR: '%(1500,3500,440)',
  ES: '%(1500,3000,425)',
  JP: '%(1000,2000,384,416)',
  CN: '%(1000,4000,450)',
  BR: EUROPE,
  MX: EUROPE,
  SE: '%(1000,5000,425)',
  FI: '%(1000,4000,425)',
};

/** Others hear what most of Europe hears. */
export const ringbackOf = (country: string): string => BY_COUNTRY[country] ?? EUROPE;
