import { parseArgs } from 'node:util';
import { systemNames, type SystemName } from './systems/system.js';

export const modes = ['cpu', 'ramp', 'overload', 'rss', 'media', 'anchored'] as const;
export type Mode = (typeof modes)[number];

export interface BenchOptions {
  readonly modes: readonly Mode[];
  readonly systems: readonly SystemName[];
  /** Rate of the CPU-per-call runs, in calls/s. */
  readonly rate: number;
  /** Rates that the ramp offers, ascending. */
  readonly rates: readonly number[];
  readonly seconds: number;
  /** Whether the ramp's result must also hold for LONG_SECONDS. */
  readonly long: boolean;
  /** How long the CPU-per-call runs are warmed up, in seconds at 100 calls/s. */
  readonly warmupSeconds: number;
  readonly cleanup: boolean;
  /** How often the CPU-per-call runs are repeated; the median counts. */
  readonly rounds: number;
  /** Sustained rate for the overload mode; undefined: the ramp finds it. */
  readonly sustained: number | undefined;
  /** Calls at once of the media mode. */
  readonly calls: readonly number[];
  /** Calls/s of the anchored mode. */
  readonly anchoredRate: number;
  /** Length of a run of the media mode. */
  readonly mediaSeconds: number;
  readonly json: boolean;
  readonly write: boolean;
}

export const LONG_SECONDS = 90;

export const usage = `npm run bench -- [cpu] [ramp] [overload] [rss] [media] [anchored] [options]

  cpu        CPU per call, setup delay and memory at a fixed rate   (default)
  ramp       the highest rate with under 0.1 % failed               (default)
  overload   three times the sustained rate, and how it is after
  rss        memory at the 50,000th and the 150,000th call; callveil only unless --systems is given
  media      CPU per call and lateness of RTP, relayed and recorded, embedded beside FreeSWITCH
  anchored   what anchoring and prompts add to a call, and when the first prompt packet is sent

  --systems a,b    of ${systemNames.join(', ')}; default: all that are here
  --rate N         calls/s of cpu (200), of rss (400), of anchored (20)
  --rates a,b,…    calls/s of ramp (200,400,600,800,1000,1200)
  --calls a,b,…    calls at once of media (10,50,100,200)
  --seconds N      length of a run (20; media 10)
  --long           ramp's result must hold for ${LONG_SECONDS} s, else it is lowered
  --warmup N       cpu: warm up for so many seconds, at 100 calls/s (30)
  --cleanup        cpu: also measure the 36 s of clean-up that follow
  --rounds N       cpu: repeat, the systems taking turns; the median counts (1)
  --sustained N    overload: take N calls/s as sustained and do not look for it
  --json           print one JSON object in place of tables
  --write          put the results into docs/performance.md
`;

/** @throws Error that says what is wrong with the command line. */
export function readOptions(argv: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      systems: { type: 'string' },
      rate: { type: 'string' },
      rates: { type: 'string', default: '200,400,600,800,1000,1200' },
      calls: { type: 'string', default: '10,50,100,200' },
      seconds: { type: 'string' },
      long: { type: 'boolean', default: false },
      warmup: { type: 'string', default: '30' },
      cleanup: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '1' },
      sustained: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const asked = positionals.map((word) => oneOf(word, modes, 'mode'));
  const rssOnly = asked.every((mode) => mode === 'rss') && asked.length > 0;
  return {
    modes: asked.length === 0 ? ['cpu', 'ramp'] : asked,
    systems: systemsOf(values.systems, rssOnly),
    rate: positive(values.rate ?? (rssOnly ? '400' : '200'), 'rate'),
    rates: values.rates.split(',').map((each) => positive(each, 'rates')),
    seconds: positive(values.seconds ?? '20', 'seconds'),
    calls: values.calls.split(',').map((each) => positive(each, 'calls')),
    anchoredRate: positive(values.rate ?? '20', 'rate'),
    mediaSeconds: positive(values.seconds ?? '10', 'seconds'),
    long: values.long,
    warmupSeconds: positive(values.warmup, 'warmup'),
    cleanup: values.cleanup,
    rounds: positive(values.rounds, 'rounds'),
    sustained: values.sustained === undefined ? undefined : positive(values.sustained, 'sustained'),
    json: values.json,
    write: values.write,
  };
}

function systemsOf(list: string | undefined, rssOnly: boolean): readonly SystemName[] {
  if (list === undefined) return rssOnly ? ['callveil'] : systemNames;
  return list.split(',').map((word) => oneOf(word, systemNames, 'system'));
}

function oneOf<T extends string>(word: string, known: readonly T[], what: string): T {
  const found = known.find((each) => each === word);
  if (found === undefined) throw new Error(`${what} ${word}: known are ${known.join(', ')}`);
  return found;
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${option} ${text}: not a number`);
  return value;
}
