import { lengthOf, samplesIn } from './hearing.js';
import { fit, type Paint } from './paint.js';
import { recorded, type Moments, type Tape } from './tape.js';
import { waveform } from './waveform.js';

const LABEL = 14;
const WIDTH = 84;

/** The parts of a recorded call, in their order. */
export interface Part {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export const partsOf = ({ answered, talk, paused, resumed, ended }: Moments): readonly Part[] => [
  { name: 'prompts', from: answered, to: talk },
  { name: 'talk', from: talk, to: paused },
  { name: 'paused', from: paused, to: resumed },
  { name: 'talk', from: resumed, to: ended },
];

/** One line of the picture: what was to be heard at a place over the whole call. */
export interface Track {
  readonly name: string;
  readonly samples: Int16Array;
}

/** As long as the call, whatever came and when it began. */
function over(length: number, samples: Int16Array, startsAt = 0): Int16Array {
  const whole = new Int16Array(length);
  whole.set(samples.subarray(0, Math.max(0, length - startsAt)), startsAt);
  return whole;
}

export function tracksOf(tape: Tape): readonly Track[] {
  const { answered, ended } = tape.moments;
  const length = samplesIn(ended - answered);
  const begins = Math.max(0, samplesIn(tape.begins - answered));
  const channel = (at: 0 | 1): Int16Array =>
    over(length, recorded(tape, at, Math.max(tape.begins, answered), ended), begins);
  return [
    { name: 'customer hears', samples: over(length, tape.heard.customer) },
    { name: 'agent hears', samples: over(length, tape.heard.agent) },
    { name: 'tape, left', samples: channel(0) },
    { name: 'tape, right', samples: channel(1) },
  ];
}

/** Both sides' ears and both channels of the recording, one above the other on one time axis. */
export function tapeReport(tape: Tape, paint: Paint): string[] {
  const { answered, ended } = tape.moments;
  const column = (at: number): number => Math.round((WIDTH * (at - answered)) / (ended - answered));
  const parts = partsOf(tape.moments);
  const colours = [paint.yellow, paint.green, paint.red, paint.green];
  const inColour = (line: string): string =>
    parts.map(({ from, to }, at) => colours[at]?.(line.slice(column(from), column(to)))).join('');
  const bar = parts
    .map(({ name, from, to }) => {
      const room = Math.max(0, column(to) - column(from) - 2);
      const lead = Math.max(0, Math.floor((room - name.length - 2) / 2));
      return `├${`${'─'.repeat(lead)} ${name} `.padEnd(room, '─').slice(0, room)}┤`;
    })
    .join('');
  const first = column(tape.begins);
  const lines = tracksOf(tape).flatMap(({ name, samples }) => {
    const blank = name.startsWith('tape') ? first : 0;
    return waveform(samples, WIDTH).map((line, row) => {
      const drawn = inColour(' '.repeat(blank) + line.slice(blank));
      return `${fit(row === 0 ? name : '', LABEL)} ${drawn}`;
    });
  });
  const seconds = (lengthOf(tape.sound.channels[0] ?? new Int16Array()) / 1000).toFixed(1);
  return [
    paint.bold(`What was heard, and what the recording of ${seconds} s holds`),
    `${' '.repeat(LABEL)} ${inColour(bar)}`,
    ...lines,
  ];
}
