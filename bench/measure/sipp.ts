import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostPort, type Address } from '../../src/phones/address.js';
import { Child } from './child.js';
import { isBound } from './bound.js';

const SCENARIOS = join(import.meta.dirname, '../scenarios');

export interface SippOptions {
  /** Names its files; unique in `directory`. */
  readonly name: string;
  readonly scenario: 'calls' | 'calls-and-holds' | 'answers';
  readonly directory: string;
  readonly local: Address;
  readonly more?: readonly string[];
}

export interface CallerOptions extends Omit<SippOptions, 'scenario'> {
  readonly remote: Address;
  /** File of callers and the numbers that they dial, for -inf. */
  readonly callers: string;
  readonly rate: number;
  readonly calls: number;
  readonly holdMs?: number;
}

/** One line of SIPp's statistics, which it writes once a second. */
export interface Sample {
  readonly atSeconds: number;
  readonly created: number;
  readonly completed: number;
  readonly refused: number;
  readonly retransmissions: number;
}

/** One SIPp process. */
export class Sipp {
  readonly child: Child;
  readonly #stats: string;

  private constructor(options: SippOptions) {
    this.#stats = join(options.directory, `${options.name}.csv`);
    const args = [
      ...['-sf', join(SCENARIOS, `${options.scenario}.xml`), '-t', 'u1'],
      ...['-i', options.local.host, '-p', String(options.local.port)],
      // The watchdog would end SIPp whenever the machine is busy, which is what we are here for.
      ...['-watchdog_minor_maxtriggers', '1000000', '-watchdog_major_maxtriggers', '1000000'],
      // Workers of a proxy may let a 200 overtake the 180; any real phone takes that calmly.
      ...['-default_behaviors', 'all,-abortunexp'],
      ...['-nostdin', '-skip_rlimit', '-buff_size', '4194304'],
      ...['-trace_stat', '-stf', this.#stats, '-fd', '1'],
      ...['-trace_err', '-error_file', join(options.directory, `${options.name}.errors`)],
      ...['-max_log_size', '1000000'],
      ...(options.more ?? []),
    ];
    const { name, directory } = options;
    this.child = new Child({ name, command: 'sipp', args, directory });
  }

  /** Answers calls; resolves once its port is bound. */
  static async answer(options: Omit<SippOptions, 'scenario'>): Promise<Sipp> {
    const sipp = new Sipp({ ...options, scenario: 'answers' });
    await sipp.child.until(() => isBound(options.local), 5000);
    return sipp;
  }

  /** Calls at a fixed rate whatever the answer: a system that falls behind is not waited for. */
  static async call(options: CallerOptions): Promise<Sipp> {
    const hold = options.holdMs === undefined ? [] : ['-d', String(options.holdMs)];
    const more = [
      ...['-inf', options.callers, '-r', String(options.rate), '-m', String(options.calls)],
      // Longer than a transaction lasts: nothing comes after that.
      ...['-l', '200000', '-recv_timeout', '36s', ...hold, hostPort(options.remote)],
    ];
    const scenario = options.holdMs === undefined ? 'calls' : 'calls-and-holds';
    const sipp = new Sipp({ ...options, scenario, more });
    await sipp.child.until(() => isBound(options.local), 5000);
    return sipp;
  }

  /** Its statistics so far, a sample a second. */
  samples(): Sample[] {
    const [head = '', ...lines] = readOrNothing(this.#stats).trim().split('\n');
    const names = head.split(';');
    return lines.map((line) => {
      const values = line.split(';');
      const value = (name: string): string => values[names.indexOf(name)] ?? '0';
      return {
        atSeconds: Number(value('CurrentTime').split('\t')[2] ?? 0),
        created: Number(value('TotalCallCreated')),
        completed: Number(value('completed(C)')),
        refused: Number(value('refused(C)')),
        retransmissions: Number(value('Retransmissions(C)')),
      };
    });
  }

  last(): Sample {
    const none = { atSeconds: 0, created: 0, completed: 0, refused: 0, retransmissions: 0 };
    return this.samples().at(-1) ?? none;
  }
}

/** How many a second in the steady part: neither SIPp's start nor the tail of stragglers counts. */
export function steadyRate(samples: readonly Sample[], what: 'created' | 'completed'): number {
  const total = samples.at(-1)?.created ?? 0;
  const steady = samples.filter((each) => each.created > 0 && each.created < total);
  const [first, last] = [steady.at(0), steady.at(-1)];
  if (first === undefined || last === undefined || first === last) return 0;
  return (last[what] - first[what]) / (last.atSeconds - first.atSeconds);
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // not written yet
  }
}
