/* eslint-disable @typescript-eslint/no-meaningless-void-operator -- typed first, filled in next */
import type { FrameSource } from '../audio/frame-source.js';
import type { Mixer } from '../audio/mixer.js';
import type { StereoRecorder } from '../audio/stereo-recorder.js';
import type { Metronome } from './metronome.js';
import type { NegotiatedAudio } from './negotiated-audio.js';
import type { PortPool } from './port-pool.js';
import type { RtpStats } from './rtp-stats.js';

export interface MediaPortOptions {
  readonly metronome: Metronome;
  /** How long a party that should be heard may be silent; 0: for ever. */
  readonly deadMediaMs: number;
  /** Whether digits are looked for in the audio of a party that agreed to no telephone-event. */
  readonly inbandDigits: boolean;
}

export interface MediaPortListener {
  /** Once per digit, when it ends; `durationSamples` at 8 kHz. */
  digit(
    digit: string,
    durationSamples: number,
    source: 'RTP' | 'INBAND',
    ssrc?: number,
    timestamp?: number,
  ): void;
  /** Nothing was heard for the dead-media timeout while we should hear. Told once per silence. */
  timedOut(): void;
}

export interface Playing {
  /** Ends it now; `done` is told `break`. Nothing happens when it is over already. */
  stop(): void;
}

/** One party's RTP and RTCP, and everything that is heard on it. */
export class MediaPort {
  readonly localPort: number = 0;
  readonly localRtcpPort: number = 0;
  readonly ssrc: number = 0;

  /** @throws NoPortLeft */
  static open(
    pool: PortPool,
    options: MediaPortOptions,
    listener: MediaPortListener,
  ): Promise<MediaPort> {
    void [pool, options, listener];
    return Promise.resolve(new MediaPort());
  }

  /** May be called again at every new offer or answer. */
  agree(audio: NegotiatedAudio): void {
    void audio;
  }

  /** Plays in place of whatever is heard; what played before is told `break`. */
  play(source: FrameSource, done: (how: 'done' | 'break', samplesPlayed: number) => void): Playing {
    void [source, done];
    return { stop: () => undefined };
  }

  /** Both hear each other; ends the bridges and the conference that either was in. */
  bridge(other: MediaPort): void {
    void other;
  }

  unbridge(): void {
    return undefined;
  }

  join(mixer: Mixer): void {
    void mixer;
  }

  leave(): void {
    return undefined;
  }

  record(recorder: StereoRecorder): void {
    void recorder;
  }

  /** Resolves when the file is complete on disk. */
  endRecording(recorder: StereoRecorder): Promise<void> {
    void recorder;
    return Promise.resolve();
  }

  /** The party is heard by nobody, nor recorded; its digits count. */
  muteRead(on: boolean): void {
    void on;
  }

  /** `0`-`9`, `*`, `#`, `A`-`D`; others are passed over. Queues behind what is being sent. */
  sendDigits(digits: string, durationMs: number): void {
    void [digits, durationMs];
  }

  stats(): RtpStats {
    return {
      packetsSent: 0,
      octetsSent: 0,
      packetsReceived: 0,
      octetsReceived: 0,
      packetsLost: 0,
      jitterMs: 0,
      reportedByParty: undefined,
      roundTripMs: undefined,
      remote: undefined,
    };
  }

  /** Says BYE, frees the ports, ends recordings. */
  close(): void {
    return undefined;
  }
}
