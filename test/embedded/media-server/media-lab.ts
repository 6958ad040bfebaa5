import { Metronome } from '../../../src/embedded/media-server/rtp/metronome.js';
import { MediaPort } from '../../../src/embedded/media-server/rtp/media-port.js';
import type { NegotiatedAudio } from '../../../src/embedded/media-server/rtp/negotiated-audio.js';
import { PortPool } from '../../../src/embedded/media-server/rtp/port-pool.js';
import { RtpParty } from './rtp-party.js';

export interface Digit {
  readonly digit: string;
  readonly samples: number;
  readonly source: 'RTP' | 'INBAND';
}

export interface Line {
  readonly port: MediaPort;
  readonly party: RtpParty;
  readonly digits: Digit[];
  readonly timeouts: number[];
}

/** Ports of a media server and their parties, on loopback; `close` leaves nothing behind. */
export class MediaLab {
  readonly metronome = new Metronome();
  readonly #pool: PortPool;
  readonly #address: string;
  readonly #lines: Line[] = [];

  constructor(address = '127.0.0.1') {
    this.#address = address;
    // Anywhere below the ports that the system gives to others.
    const lowest = 12_000 + 2 * Math.floor(Math.random() * 6_000);
    this.#pool = new PortPool({ address, lowest, highest: lowest + 199 });
  }

  /** @param agreement undefined: nothing is agreed yet. */
  async line(
    agreement: Partial<NegotiatedAudio> | undefined = {},
    more: { deadMediaMs?: number; agree?: boolean } = {},
  ): Promise<Line> {
    const party = await RtpParty.open(this.#address);
    const digits: Digit[] = [];
    const timeouts: number[] = [];
    const port = await MediaPort.open(
      this.#pool,
      { metronome: this.metronome, deadMediaMs: more.deadMediaMs ?? 0, inbandDigits: true },
      {
        digit: (digit, samples, source) => digits.push({ digit, samples, source }),
        timedOut: () => timeouts.push(performance.now()),
      },
    );
    if (more.agree !== false) port.agree(party.agreement(agreement));
    const line = { port, party, digits, timeouts };
    this.#lines.push(line);
    return line;
  }

  close(): void {
    for (const { port, party } of this.#lines) {
      port.close();
      party.close();
    }
    this.metronome.stop();
  }
}
