import type { Channel } from '../channel/channel.js';
import { playFiles } from './play-files.js';
import type { Application } from './run.js';

/** `min max tries timeout terminators file invalid-file variable regexp digit-timeout`. */
interface Collect {
  readonly min: number;
  readonly max: number;
  readonly tries: number;
  /** How long the first digit may take after the prompt, and each further one, in ms. */
  readonly firstMs: number;
  readonly nextMs: number;
  readonly terminators: string;
  readonly prompt: string;
  readonly invalidPrompt: string;
  readonly variable: string;
  readonly regexp: RegExp | undefined;
}

const mostDigits = 128;
const mostTries = 100;

/**
 * Plays a prompt and collects digits, as mod_dptools does it: a digit ends the prompt; what matches
 * is put into the variable, what does not into `VARIABLE_invalid`, and the invalid-file is played.
 */
export const playAndGetDigits: Application = async (channel, argument, signal) => {
  const collect = readArguments(argument);
  if (collect === undefined) return '-ERR invalid arguments';
  const { variable, tries } = collect;
  channel.variables.set(variable, undefined);
  channel.variables.set(`${variable}_invalid`, undefined);
  for (let left = tries; left > 0 && !signal.aborted; left -= 1) {
    const digits = await readDigits(channel, collect, signal);
    if (digits !== undefined && fits(collect, digits)) {
      channel.variables.set(variable, digits);
      return '_none_';
    }
    if (digits !== undefined && digits !== '') channel.variables.set(`${variable}_invalid`, digits);
    if (collect.invalidPrompt !== '') await playFiles(channel, collect.invalidPrompt, { signal });
  }
  return '_none_';
};

/** One try; undefined: too few digits came in time. */
async function readDigits(
  channel: Channel,
  collect: Collect,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { variables } = channel;
  variables.set('read_result', undefined);
  variables.set('read_terminator_used', undefined);
  const input = new DigitInput(collect);
  const stopListening = channel.ears.listen((digit) => input.hear(digit));
  try {
    const found = await playPrompt(channel, collect, input, signal);
    if (found) await input.complete(signal);
  } finally {
    stopListening();
  }
  const { digits, terminator } = input;
  if (terminator !== undefined) variables.set('read_terminator_used', terminator);
  const enough = digits.length >= collect.min && (digits !== '' || terminator !== undefined);
  const optional = collect.min === 0 && digits === '';
  variables.set('read_result', enough ? 'success' : optional ? 'timeout' : 'failure');
  return enough || optional ? digits : undefined;
}

/** False when there is no such file; then nothing is collected either. */
async function playPrompt(
  channel: Channel,
  { prompt }: Collect,
  input: DigitInput,
  signal: AbortSignal,
): Promise<boolean> {
  if (prompt === '' || prompt === 'silence') return true;
  const endsAt = (digit: string): boolean => {
    input.hear(digit);
    return true;
  };
  return (await playFiles(channel, prompt, { signal, endsAt })) !== 'not-found';
}

/** No digits are good where none are required (mod_dptools: `min` 0). */
function fits({ regexp, min }: Collect, digits: string): boolean {
  if (min === 0 && digits === '') return true;
  return regexp === undefined || regexp.test(digits);
}

/** The digits of one try, until there are enough, a terminator comes or time runs out. */
class DigitInput {
  digits = '';
  terminator: string | undefined;
  readonly #collect: Collect;
  #progress: () => void = () => undefined;

  constructor(collect: Collect) {
    this.#collect = collect;
  }

  hear(digit: string): void {
    if (this.#full) return;
    if (this.#collect.terminators.includes(digit)) this.terminator = digit;
    else this.digits += digit;
    this.#progress();
  }

  complete(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const over = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', over);
        this.#progress = () => undefined;
        resolve();
      };
      const wait = (): void => {
        clearTimeout(timer);
        if (this.#full || signal.aborted) over();
        else timer = setTimeout(over, this.#patienceMs);
      };
      signal.addEventListener('abort', over);
      this.#progress = wait;
      wait();
    });
  }

  get #full(): boolean {
    return this.terminator !== undefined || this.digits.length >= this.#collect.max;
  }

  get #patienceMs(): number {
    const { firstMs, nextMs } = this.#collect;
    return this.digits === '' ? firstMs : nextMs;
  }
}

function readArguments(text: string): Collect | undefined {
  const words = text.trim().split(/ +/);
  const counts = words.slice(0, 4).map(Number);
  const [terminators = '', prompt = '', invalidPrompt = '', ...named] = words.slice(4);
  const [variable, pattern = '', digitTimeout] = named;
  if (variable === undefined || !counts.every(isCount)) return undefined;
  const [min = 0, max = 0, tries, firstMs = 0] = counts;
  const most = Math.min(Math.max(max, min, 1), mostDigits);
  return {
    min: Math.min(min, most),
    max: most,
    tries: Math.min(tries ?? 1, mostTries),
    firstMs,
    nextMs: Number(digitTimeout) || firstMs,
    terminators: unlessNone(terminators),
    prompt,
    invalidPrompt: unlessNone(invalidPrompt),
    variable,
    regexp: compiled(pattern),
  };
}

function unlessNone(word: string): string {
  return word === 'none' ? '' : word;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}

const never = /(?!)/;

/** FreeSWITCH looks for the pattern anywhere in the digits; one that cannot be read fits nothing. */
function compiled(pattern: string): RegExp | undefined {
  if (pattern === '') return undefined;
  try {
    return new RegExp(pattern);
  } catch {
    return never;
  }
}
