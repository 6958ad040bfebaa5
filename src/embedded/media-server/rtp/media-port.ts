import type { RemoteInfo } from 'node:dgram';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { FrameSource } from '../audio/frame-source.js';
import type { Mixer, MixerMember } from '../audio/mixer.js';
import type { StereoRecorder } from '../audio/stereo-recorder.js';
import { Hearing, type HearingListener } from './hearing.js';
import { JitterBuffer } from './jitter-buffer.js';
import type { Metronome } from './metronome.js';
import type { NegotiatedAudio } from './negotiated-audio.js';
import { OutgoingStream } from './outgoing-stream.js';
import type { PortPool } from './port-pool.js';
import { RtcpSession } from './rtcp-session.js';
import { isRtcp, RtpPacket } from './rtp-packet.js';
import type { RtpStats } from './rtp-stats.js';
import { openSocketPair, type SocketPair } from './socket-pair.js';
import { SourceLatch } from './source-latch.js';
import { Speaking } from './speaking.js';

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

/** Every port of the thread reads one packet at a time. */
const packet = new RtpPacket();
const samplesPerMs = 8;

/** One party's RTP and RTCP, and everything that is heard on it. */
export class MediaPort {
  readonly #options: MediaPortOptions;
  readonly #listener: MediaPortListener;
  readonly #sockets: SocketPair;
  readonly #latch = new SourceLatch();
  readonly #stream: OutgoingStream;
  readonly #hearing: Hearing;
  readonly #speaking: Speaking;
  readonly #rtcp: RtcpSession;
  #agreed: NegotiatedAudio | undefined;
  #partner: MediaPort | undefined;
  /** What the partner hears. */
  #heardBy: Speaking | undefined;
  #conference: { readonly mixer: Mixer; readonly member: MixerMember } | undefined;
  #toldTimedOut = false;
  #closed = false;

  private constructor(sockets: SocketPair, options: MediaPortOptions, listener: MediaPortListener) {
    const nowMs = options.metronome.now();
    this.#options = options;
    this.#listener = listener;
    this.#sockets = sockets;
    this.#stream = new OutgoingStream(sockets.rtp, nowMs);
    this.#speaking = new Speaking(this.#stream);
    this.#hearing = new Hearing(this.#whatIsHeard(), options.inbandDigits, nowMs);
    this.#rtcp = new RtcpSession(this.#stream, this.#hearing.received, nowMs);
    sockets.rtp.on('message', (bytes: Buffer, from: RemoteInfo) => this.#takeRtp(bytes, from));
    sockets.rtcp.on('message', (bytes: Buffer, from: RemoteInfo) => this.#takeRtcp(bytes, from));
    options.metronome.add(this);
  }

  /** @throws NoPortLeft */
  static async open(
    pool: PortPool,
    options: MediaPortOptions,
    listener: MediaPortListener,
  ): Promise<MediaPort> {
    return MediaPort.on(await openSocketPair(pool), options, listener);
  }

  /** On sockets that are bound already, which the port closes when it is closed. */
  static on(
    sockets: SocketPair,
    options: MediaPortOptions,
    listener: MediaPortListener,
  ): MediaPort {
    return new MediaPort(sockets, options, listener);
  }

  get localPort(): number {
    return this.#sockets.port;
  }

  get localRtcpPort(): number {
    return this.#sockets.port + 1;
  }

  /** Of what we send. */
  get ssrc(): number {
    return this.#stream.ssrc;
  }

  /** May be called again at every new offer or answer. */
  agree(audio: NegotiatedAudio): void {
    const nowMs = this.#options.metronome.now();
    const remote = audio.remote && this.#reachable(audio.remote);
    this.#agreed = { ...audio, remote };
    this.#latch.describe(remote);
    this.#stream.sendTo(this.#latch.target);
    this.#hearing.agree(this.#agreed, nowMs);
    this.#speaking.agree(this.#agreed, nowMs);
  }

  /** Plays in place of whatever is heard; what played before is told `break`. */
  play(source: FrameSource, done: (how: 'done' | 'break', samplesPlayed: number) => void): Playing {
    return this.#speaking.play({ source, done });
  }

  /** Both hear each other; ends the bridges and the conference that either was in. */
  bridge(other: MediaPort): void {
    if (other === this) return;
    for (const port of [this, other]) port.#alone();
    this.#meet(other);
    other.#meet(this);
  }

  unbridge(): void {
    const partner = this.#partner;
    if (partner === undefined) return;
    this.#part();
    partner.#part();
  }

  /** Ends the bridge or the conference that the port was in. */
  join(mixer: Mixer): void {
    this.#alone();
    const buffer = new JitterBuffer();
    this.#hearing.buffer = buffer;
    const member: MixerMember = {
      speak: () => buffer.next(),
      listen: (frame, nowMs) => this.#speaking.listen(frame, nowMs),
    };
    this.#conference = { mixer, member };
    this.#speaking.otherwise = 'mixer';
    mixer.add(member);
    this.#options.metronome.add(mixer);
  }

  leave(): void {
    if (this.#conference === undefined) return;
    const { mixer, member } = this.#conference;
    this.#conference = undefined;
    this.#hearing.buffer = undefined;
    this.#speaking.otherwise = 'silence';
    mixer.remove(member);
    if (mixer.size === 0) this.#options.metronome.remove(mixer);
  }

  /** The port's close ends the recording, too. */
  record(recorder: StereoRecorder): void {
    this.#hearing.recorders.add(recorder);
    this.#speaking.recorders.add(recorder);
  }

  /** Resolves when the file is complete on disk. */
  endRecording(recorder: StereoRecorder): Promise<void> {
    this.#hearing.recorders.delete(recorder);
    this.#speaking.recorders.delete(recorder);
    return recorder.end();
  }

  /** The party is heard by nobody, nor recorded; its digits count, and go nowhere. */
  muteRead(on: boolean): void {
    this.#hearing.muted = on;
  }

  /** `0`-`9`, `*`, `#`, `A`-`D`; others are passed over. Queues behind what is being sent. */
  sendDigits(digits: string, durationMs: number): void {
    this.#speaking.digits.send(digits, durationMs * samplesPerMs);
  }

  stats(): RtpStats {
    const { received } = this.#hearing;
    const { reported } = this.#rtcp;
    const perMs = (this.#agreed?.codec.clockRate ?? 8_000) / 1_000;
    return {
      packetsSent: this.#stream.packets,
      octetsSent: this.#stream.octets,
      packetsReceived: received.packets,
      octetsReceived: received.octets,
      packetsLost: received.packetsLost,
      packetsOfStrangers: this.#latch.strangers,
      jitterMs: received.jitterMs,
      reportedByParty: reported && {
        packetsLost: reported.packetsLost,
        jitterMs: reported.jitter / perMs,
      },
      roundTripMs: this.#rtcp.roundTripMs,
      remote: this.#latch.target,
    };
  }

  /** Says BYE, frees the ports, ends recordings. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.metronome.remove(this);
    this.#alone();
    this.#speaking.quiet();
    for (const recorder of this.#hearing.recorders) void this.endRecording(recorder);
    this.#sendRtcp(this.#rtcp.goodbye(this.#options.metronome.now()));
    this.#sockets.close();
  }

  /** On each beat of the metronome. */
  beat(nowMs: number): void {
    this.#hearing.beat(nowMs);
    this.#speaking.beat(nowMs);
    for (const recorder of this.#hearing.recorders) recorder.beat(nowMs);
    const report = this.#rtcp.beat(nowMs);
    if (report !== undefined) this.#sendRtcp(report);
    this.#watch(nowMs);
  }

  #takeRtp(bytes: Buffer, from: RemoteInfo): void {
    this.#sockets.gathering.arrived();
    if (isRtcp(bytes)) {
      this.#takeRtcp(bytes, from);
      return;
    }
    // Our own packets come back when somebody describes our address as the party's.
    if (!packet.read(bytes) || packet.ssrc === this.#stream.ssrc) return;
    const nowMs = this.#options.metronome.now();
    if (!this.#latch.hears(packet, from.address, from.port, nowMs)) return;
    this.#stream.sendTo(this.#latch.target);
    this.#hearing.take(bytes, packet, nowMs);
  }

  #takeRtcp(bytes: Buffer, from: RemoteInfo): void {
    if (from.address !== this.#latch.target?.address) return;
    this.#rtcp.take(bytes, this.#options.metronome.now());
  }

  /** To where RTCP was described, unless the party turned out to be elsewhere. */
  #sendRtcp(bytes: Buffer): void {
    const target = this.#latch.target;
    const remote = this.#agreed?.remote;
    if (target === undefined || remote === undefined) return;
    if (this.#agreed?.rtcpMux) {
      this.#sockets.rtp.send(bytes, target.port, target.address);
      return;
    }
    const moved = target.port !== remote.port || target.address !== remote.address;
    const port = moved ? target.port + 1 : remote.rtcpPort;
    if (port > 0 && port < 65_536) this.#sockets.rtcp.send(bytes, port, target.address);
  }

  #watch(nowMs: number): void {
    const { deadMediaMs } = this.#options;
    const silentMs = nowMs - this.#hearing.heardAtMs;
    if (deadMediaMs === 0 || !this.#hearing.isExpected() || silentMs < deadMediaMs) {
      this.#toldTimedOut = false;
    } else if (!this.#toldTimedOut) {
      this.#toldTimedOut = true;
      this.#listener.timedOut();
    }
  }

  #whatIsHeard(): HearingListener {
    return {
      audio: (bytes, heard, codec, nowMs) => this.#heardBy?.relay(bytes, heard, codec, nowMs),
      pressed: (digit) => {
        if (!this.#hearing.muted) this.#heardBy?.digits.press(digit);
      },
      released: (digit, samples, ssrc, timestamp) => {
        this.#heardBy?.digits.release(samples);
        this.#listener.digit(digit, samples, 'RTP', ssrc, timestamp);
      },
      sounded: (digit, samples) => this.#listener.digit(digit, samples, 'INBAND'),
    };
  }

  #alone(): void {
    this.unbridge();
    this.leave();
  }

  #meet(other: MediaPort): void {
    this.#partner = other;
    this.#heardBy = other.#speaking;
    this.#speaking.otherwise = 'bridge';
  }

  #part(): void {
    this.#partner = undefined;
    this.#heardBy = undefined;
    this.#speaking.otherwise = 'silence';
    // Whoever held a key is not heard any more.
    this.#speaking.digits.release(0);
  }

  /** Undefined: nothing can be sent there, such as 0.0.0.0 or another family than the pool's. */
  #reachable(remote: NonNullable<NegotiatedAudio['remote']>): NegotiatedAudio['remote'] {
    const { address: local } = this.#sockets.rtp.address();
    const family = isIPv6(local) ? 'ipv6' : 'ipv4';
    const fits = family === 'ipv6' ? isIPv6(remote.address) : isIPv4(remote.address);
    if (!fits || remote.port < 1 || remote.port > 65_535) return undefined;
    // Spelled as the sockets spell it.
    const { address } = new SocketAddress({ address: remote.address, family });
    return address === '0.0.0.0' || address === '::' ? undefined : { ...remote, address };
  }
}
