import { pino, type DestinationStream, type Logger } from 'pino';
import type { Log, LogFields } from '../flows/ports/telemetry.js';
import { toRfc3339, type Clock } from '../domain/time.js';
import { maskFields, maskText } from './mask.js';
import { TurnWriter } from './turn-writer.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  readonly level: Level;
  readonly clock: Clock;
  /** Name of this node, on every line. */
  readonly node: string;
  /** Where lines go; default: standard output, a turn's lines at a time. */
  readonly destination?: DestinationStream;
  /** What stands between a field and the line; only a test replaces it. */
  readonly mask?: (fields: LogFields) => Record<string, unknown>;
}

/** JSON lines as docs/logging.md describes them. */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: { node: options.node },
      timestamp: () => `,"time":"${toRfc3339(options.clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
      // pino's own would look into what mask.ts has made of an error.
      serializers: { err: (value: unknown) => value },
    },
    options.destination ?? new TurnWriter(1),
  );
  return new PinoLog(logger, options.mask ?? maskFields);
}

class PinoLog implements Log {
  readonly #logger: Logger;
  readonly #mask: (fields: LogFields) => Record<string, unknown>;

  constructor(logger: Logger, mask: (fields: LogFields) => Record<string, unknown>) {
    this.#logger = logger;
    this.#mask = mask;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(bindings: Parameters<Log['child']>[0]): Log {
    return new PinoLog(this.#logger.child(this.#mask({ ...bindings })), this.#mask);
  }

  #write(level: Level, message: string, fields: LogFields = {}): void {
    if (!this.#logger.isLevelEnabled(level)) return;
    this.#logger[level](this.#mask(fields), maskText(message));
  }
}
