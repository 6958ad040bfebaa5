import type { HeardAudio, StereoRecorder } from '../audio/stereo-recorder.js';
import { tonesOf } from '../audio/dtmf-tones.js';
import { frameSamples, type FrameSource } from '../audio/frame-source.js';
import { convertInPlace, encodeInto, isLaw, type Law } from '../audio/g711.js';
import { Tone } from '../audio/tone.js';
import { DigitSender, type DigitPart } from './digit-sender.js';
import { beatMs } from './metronome.js';
import type { NegotiatedAudio } from './negotiated-audio.js';
import type { OutgoingStream } from './outgoing-stream.js';
import { rtpHeaderOctets, type RtpPacket } from './rtp-packet.js';
import { digitOf, eventOctets, writeTelephoneEvent } from './telephone-event.js';

const samplesPerMs = 8;
const longestPtimeMs = 120;
/**
 * In a bridge whose other side is silent, the party is sent silence after so many beats: more than
 * are made up for at once when the thread was late, for then the other side's packets lie unread.
 */
const comfortAfterBeats = 15;
/** ITU-T Q.24: receivers take -25 dBm0 and more. */
const digitDbm0 = -9;

const silence = new Int16Array(frameSamples);

interface Play {
  readonly source: FrameSource;
  readonly done: (how: 'done' | 'break', samplesPlayed: number) => void;
  samples: number;
}

/** What fills the time when nothing is played. */
export type Otherwise = 'silence' | 'bridge' | 'mixer';

/**
 * What a party hears: digits before all else, then what is played, then the bridge or conference,
 * else silence, so that its end of the line does not take us for dead.
 */
export class Speaking {
  readonly digits = new DigitSender();
  readonly recorders = new Set<StereoRecorder>();
  otherwise: Otherwise = 'silence';
  readonly #stream: OutgoingStream;
  readonly #packet = Buffer.alloc(rtpHeaderOctets + samplesPerMs * (longestPtimeMs + beatMs));
  readonly #event = Buffer.alloc(rtpHeaderOctets + eventOctets);
  #agreed: NegotiatedAudio | undefined;
  #law: Law | undefined;
  #maySend = false;
  #ptimeSamples = frameSamples;
  /** Samples in `#packet` that are not sent yet. */
  #filled = 0;
  #play: Play | undefined;
  #digitAt = { timestamp: 0, tone: new Tone([], 0) };
  #digitSounds = false;
  #beatsUnheard = comfortAfterBeats;

  constructor(stream: OutgoingStream) {
    this.#stream = stream;
  }

  agree(audio: NegotiatedAudio, nowMs: number): void {
    const { codec, direction, ptime } = audio;
    this.#agreed = audio;
    this.#law = codec.clockRate === 8_000 && isLaw(codec.name) ? codec.name : undefined;
    this.#maySend = direction === 'sendrecv' || direction === 'sendonly';
    this.#ptimeSamples = samplesPerMs * Math.max(10, Math.min(longestPtimeMs, Math.round(ptime)));
    this.#filled = 0;
    this.#stream.useClock(codec.clockRate, nowMs);
  }

  play(play: Omit<Play, 'samples'>): { stop(): void } {
    this.#end('break');
    const mine: Play = { ...play, samples: 0 };
    this.#play = mine;
    return {
      stop: () => {
        if (this.#play === mine) this.#end('break');
      },
    };
  }

  /** Ends what is played. */
  quiet(): void {
    this.#end('break');
  }

  beat(nowMs: number): void {
    this.#beatsUnheard += 1;
    const part = this.digits.beat();
    this.#digitSounds = part !== undefined;
    if (part !== undefined) this.#sendDigit(part, nowMs);
    if (this.#stream.isAhead(nowMs)) return;
    const frame = this.#nextFrame();
    if (frame !== undefined && part === undefined) this.#say(frame, nowMs);
  }

  /** A frame of the conference. */
  listen(frame: Int16Array, nowMs: number): void {
    if (this.#play !== undefined || this.#digitSounds) return;
    if (!this.#stream.isAhead(nowMs)) this.#say(frame, nowMs);
  }

  /** A packet of the other side of the bridge, in its own datagram, which is changed. */
  relay(bytes: Buffer, packet: RtpPacket, from: NegotiatedAudio['codec'], nowMs: number): void {
    const to = this.#agreed?.codec;
    if (to === undefined || !this.#maySend || this.#play !== undefined || this.#digitSounds) return;
    const same = sameCodec(from, to);
    if (!same && !this.#convert(bytes, packet, from)) return;
    const { payloadStart: start, payloadEnd: end } = packet;
    const samples = this.#law === undefined ? to.clockRate / 50 : end - start;
    const timestamp = this.#stream.relay(bytes, packet, to.payload, samples, nowMs);
    if (timestamp === undefined) return;
    this.#filled = 0;
    this.#beatsUnheard = 0;
    if (this.recorders.size > 0) this.#record(bytes, start, end, timestamp, nowMs);
  }

  #convert(bytes: Buffer, packet: RtpPacket, from: NegotiatedAudio['codec']): boolean {
    if (this.#law === undefined || !isLaw(from.name) || from.clockRate !== 8_000) return false;
    convertInPlace(from.name, bytes, packet.payloadStart, packet.payloadEnd);
    return true;
  }

  #nextFrame(): Int16Array | undefined {
    // What begins where something else ended begins at once: so often at most, for nothing loops.
    for (let tries = 0; tries < 8 && this.#play !== undefined; tries += 1) {
      const frame = this.#play.source.next();
      if (frame !== undefined) {
        this.#play.samples += frame.length;
        return frame;
      }
      this.#end('done');
    }
    if (this.#play !== undefined || this.otherwise === 'mixer') return undefined;
    const waits = this.otherwise === 'bridge' && this.#beatsUnheard <= comfortAfterBeats;
    return waits ? undefined : silence;
  }

  #end(how: 'done' | 'break'): void {
    const play = this.#play;
    this.#play = undefined;
    play?.done(how, play.samples);
  }

  #say(frame: Int16Array, nowMs: number): void {
    const agreed = this.#agreed;
    if (agreed === undefined || this.#law === undefined || !this.#maySend) return;
    const bytes = this.#packet;
    encodeInto(this.#law, frame, bytes, rtpHeaderOctets + this.#filled);
    this.#filled += frame.length;
    const size = this.#ptimeSamples;
    let sent = 0;
    for (; this.#filled - sent >= size; sent += size) {
      const end = rtpHeaderOctets + sent + size;
      const timestamp = this.#stream.nextTimestamp(nowMs);
      const { payload } = agreed.codec;
      if (this.recorders.size > 0) this.#record(bytes, end - size, end, timestamp, nowMs);
      this.#stream.send(bytes, sent, end, payload, timestamp, size);
    }
    if (sent === 0) return;
    bytes.copyWithin(rtpHeaderOctets, rtpHeaderOctets + sent, rtpHeaderOctets + this.#filled);
    this.#filled -= sent;
  }

  #sendDigit(part: DigitPart, nowMs: number): void {
    const payload = this.#agreed?.telephoneEvent;
    if (part.begins) {
      this.#filled = 0;
      const tone = new Tone(tonesOf(digitOf(part.event) ?? '') ?? [], digitDbm0);
      this.#digitAt = { timestamp: this.#stream.nextTimestamp(nowMs), tone };
    }
    if (payload === undefined) this.#soundDigit(part, nowMs);
    else if (this.#maySend) {
      writeTelephoneEvent(this.#event, rtpHeaderOctets, part);
      const { timestamp } = this.#digitAt;
      const { length } = this.#event;
      this.#stream.send(this.#event, 0, length, payload, timestamp, part.duration, part.begins);
    }
  }

  /** To a party without telephone-event: as the tones that the keys of a telephone make. */
  #soundDigit(part: DigitPart, nowMs: number): void {
    const frame = new Int16Array(frameSamples);
    if (!part.end) this.#digitAt.tone.fill(frame, 0, frameSamples);
    this.#say(frame, nowMs);
  }

  #record(bytes: Buffer, start: number, end: number, timestamp: number, nowMs: number): void {
    if (this.#law === undefined || this.#stream.target === undefined) return;
    const audio: HeardAudio = { law: this.#law, bytes, start, end, timestamp };
    for (const recorder of this.recorders) recorder.hear(audio, nowMs);
  }
}

function sameCodec(one: NegotiatedAudio['codec'], other: NegotiatedAudio['codec']): boolean {
  return (
    one.name === other.name && one.clockRate === other.clockRate && one.channels === other.channels
  );
}
