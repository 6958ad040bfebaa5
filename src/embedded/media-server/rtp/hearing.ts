import { DtmfDetector } from '../audio/dtmf-detector.js';
import { decodeInto, isLaw, type Law } from '../audio/g711.js';
import type { StereoRecorder } from '../audio/stereo-recorder.js';
import { DigitReceiver, type DigitListener } from './digit-receiver.js';
import type { JitterBuffer } from './jitter-buffer.js';
import type { NegotiatedAudio } from './negotiated-audio.js';
import { ReceivedStream } from './received-stream.js';
import { sequenceDistance, type RtpPacket } from './rtp-packet.js';

/** Samples of the longest datagram. */
const mostSamples = 65_536;
const scratch = new Int16Array(mostSamples);
/** Without audio for so long, a digit in it has ended. */
const quietMs = 60;

export interface HearingListener extends DigitListener {
  /** A digit was found in the audio. */
  sounded(digit: string, durationSamples: number): void;
  /** A packet of audio, for whoever is bridged; it may be changed. */
  audio(bytes: Buffer, packet: RtpPacket, codec: NegotiatedAudio['codec'], nowMs: number): void;
}

/** What a party says, once its packets are known to be its own. */
export class Hearing {
  readonly received = new ReceivedStream();
  readonly recorders = new Set<StereoRecorder>();
  /** For a conference, which hears at our clock's pace; undefined: nobody does. */
  buffer: JitterBuffer | undefined;
  muted = false;
  /** When the party was heard last, or should have been from; by the monotonic clock. */
  heardAtMs: number;
  readonly #listener: HearingListener;
  readonly #inband: boolean;
  readonly #digits: DigitReceiver;
  #agreed: NegotiatedAudio | undefined;
  #law: Law | undefined;
  #mayHear = false;
  #detector: DtmfDetector | undefined;
  #detected: { ssrc: number; sequence: number } | undefined;

  /** @param inband whether to look for digits in the audio when no telephone-event is agreed. */
  constructor(listener: HearingListener, inband: boolean, nowMs: number) {
    this.#listener = listener;
    this.#inband = inband;
    this.#digits = new DigitReceiver(listener);
    this.heardAtMs = nowMs;
  }

  /** Whether the party should be heard now. */
  isExpected(): boolean {
    return this.#mayHear && this.#agreed?.remote !== undefined;
  }

  /** The law of its audio; undefined: we cannot decode it. */
  get law(): Law | undefined {
    return this.#law;
  }

  agree(audio: NegotiatedAudio, nowMs: number): void {
    const { codec, direction } = audio;
    const heardBefore = this.isExpected();
    this.#agreed = audio;
    this.#law = codec.clockRate === 8_000 && isLaw(codec.name) ? codec.name : undefined;
    this.#mayHear = direction === 'sendrecv' || direction === 'recvonly';
    this.received.useClock(codec.clockRate);
    // Who was on hold is not late when it comes back.
    if (!heardBefore && this.isExpected()) this.heardAtMs = nowMs;
    const detects = this.#inband && audio.telephoneEvent === undefined && this.#law !== undefined;
    if (!detects) this.#detector = undefined;
    else
      this.#detector ??= new DtmfDetector((digit, samples) =>
        this.#listener.sounded(digit, samples),
      );
  }

  take(bytes: Buffer, packet: RtpPacket, nowMs: number): void {
    const agreed = this.#agreed;
    if (agreed === undefined) return;
    const isAudio = packet.payloadType === agreed.codec.payload;
    this.received.count(packet, nowMs, isAudio);
    this.heardAtMs = nowMs;
    if (!this.#mayHear) return;
    if (packet.payloadType === agreed.telephoneEvent) this.#digits.take(bytes, packet, nowMs);
    else if (isAudio && packet.payloadEnd > packet.payloadStart) {
      this.#takeAudio(bytes, packet, agreed.codec, nowMs);
    }
  }

  beat(nowMs: number): void {
    this.#digits.beat(nowMs);
    if (nowMs - this.heardAtMs > quietMs) this.#detector?.silence();
  }

  #takeAudio(
    bytes: Buffer,
    packet: RtpPacket,
    codec: NegotiatedAudio['codec'],
    nowMs: number,
  ): void {
    const law = this.#law;
    if (law !== undefined && this.#detector !== undefined) this.#detect(law, bytes, packet);
    if (this.muted) return;
    if (law !== undefined) this.#keep(law, bytes, packet, nowMs);
    this.#listener.audio(bytes, packet, codec, nowMs);
  }

  #keep(law: Law, bytes: Buffer, packet: RtpPacket, nowMs: number): void {
    const { payloadStart: start, payloadEnd: end, timestamp } = packet;
    if (this.buffer !== undefined) {
      decodeInto(law, bytes, start, end, scratch);
      this.buffer.put(scratch, end - start, timestamp);
    }
    if (this.recorders.size === 0) return;
    const audio = { law, bytes, start, end, timestamp };
    for (const recorder of this.recorders) recorder.say(audio, nowMs);
  }

  /** In the order of their sequence; one that comes late is left out. */
  #detect(law: Law, bytes: Buffer, packet: RtpPacket): void {
    const { ssrc, sequence } = packet;
    const before = this.#detected?.ssrc === ssrc ? this.#detected.sequence : undefined;
    if (before !== undefined && sequenceDistance(before, sequence) <= 0) return;
    this.#detected = { ssrc, sequence };
    decodeInto(law, bytes, packet.payloadStart, packet.payloadEnd, scratch);
    this.#detector?.take(scratch, packet.payloadEnd - packet.payloadStart);
  }
}
