/**
 * Format parameters (fmtp) that may cross, by encoding. A parameter is read as what it is, a
 * small number, a switch, a list of modes, and written again; everything else is left out, so
 * that no text can ride on a codec. Fewer than seven digits in a row can stand in any value.
 */
type Kind = 'number' | 'switch' | 'yes-no' | 'modes' | 'band' | 'rate';

const OPUS: Record<string, Kind> = {
  maxplaybackrate: 'number',
  'sprop-maxcapturerate': 'number',
  maxaveragebitrate: 'number',
  minptime: 'number',
  ptime: 'number',
  maxptime: 'number',
  stereo: 'switch',
  'sprop-stereo': 'switch',
  cbr: 'switch',
  useinbandfec: 'switch',
  usedtx: 'switch',
};

const AMR: Record<string, Kind> = {
  'octet-align': 'switch',
  'mode-set': 'modes',
  'mode-change-period': 'number',
  'mode-change-capability': 'number',
  'mode-change-neighbor': 'switch',
  crc: 'switch',
  'robust-sorting': 'switch',
  interleaving: 'number',
  'max-red': 'number',
  channels: 'number',
};

const EVS: Record<string, Kind> = {
  br: 'rate',
  'br-send': 'rate',
  'br-recv': 'rate',
  bw: 'band',
  'bw-send': 'band',
  'bw-recv': 'band',
  'evs-mode-switch': 'switch',
  'hf-only': 'switch',
  dtx: 'switch',
  'dtx-recv': 'switch',
  'ch-aw-recv': 'number',
  'max-red': 'number',
  'mode-set': 'modes',
};

const PARAMETERS: ReadonlyMap<string, Record<string, Kind>> = new Map([
  ['opus', OPUS],
  ['AMR', AMR],
  ['AMR-WB', AMR],
  ['EVS', EVS],
  ['G729', { annexb: 'yes-no' }],
  ['G723', { annexa: 'yes-no', bitrate: 'rate' }],
  ['G7221', { bitrate: 'number' }],
  ['iLBC', { mode: 'number' }],
  ['SPEEX', { mode: 'number', vbr: 'yes-no', cng: 'yes-no', sr: 'number', ebw: 'switch' }],
  ['SILK', { maxaveragebitrate: 'number', usedtx: 'switch', useinbandfec: 'switch' }],
]);

const SHAPES: Record<Exclude<Kind, 'modes'>, RegExp> = {
  number: /^\d{1,6}$/,
  switch: /^[01]$/,
  'yes-no': /^(?:yes|no)$/i,
  band: /^(?:nb|wb|swb|fb)(?:-(?:nb|wb|swb|fb))?$/,
  rate: /^\d{1,3}(?:\.\d{1,2})?(?:-\d{1,3}(?:\.\d{1,2})?)?$/,
};

const LONGEST = 512;

/** The parameters written again, or undefined when none may cross. */
export function writeParameters(encoding: string, text: string | undefined): string | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  if (encoding === 'telephone-event') return writeEvents(text);
  const allowed = PARAMETERS.get(encoding);
  if (allowed === undefined) return undefined;
  const written = new Map<string, string>();
  for (const parameter of text.split(';')) {
    const [name = '', value = ''] = parameter.trim().split('=', 2);
    const key = name.trim().toLowerCase();
    const kind = Object.hasOwn(allowed, key) ? allowed[key] : undefined;
    const kept = kind && writeValue(kind, value.trim());
    if (kept !== undefined) written.set(key, kept);
  }
  if (written.size === 0) return undefined;
  return [...written].map(([key, value]) => `${key}=${value}`).join(';');
}

function writeValue(kind: Kind, value: string): string | undefined {
  if (kind !== 'modes') return SHAPES[kind].test(value) ? value.toLowerCase() : undefined;
  if (!/^\d(?:,\d){0,9}$/.test(value)) return undefined;
  // A set has no order (RFC 4867 §8.1); sorted, its digits can spell nothing.
  return [...new Set(value.split(','))].sort().join(',');
}

/** Event codes and ranges of RFC 4733 §2.4.1 such as `0-15,66,70`, ascending as they must be. */
function writeEvents(text: string): string | undefined {
  const ranges: string[] = [];
  let last = -1;
  for (const part of text.trim().split(',', 33)) {
    const match = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part.trim());
    const from = Number(match?.[1] ?? Number.NaN);
    const to = Number(match?.[2] ?? from);
    if (!(from > last && to >= from && to <= 255)) return undefined;
    last = to;
    ranges.push(match?.[2] === undefined ? String(from) : `${String(from)}-${String(to)}`);
  }
  return ranges.join(',');
}
