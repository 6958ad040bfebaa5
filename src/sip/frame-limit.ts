import type { VerdictReason } from '../domain/calls/verdict.js';
import type { Log, Metrics } from '../flows/ports/telemetry.js';
import type { EngineSocket, WireProtocol } from './drachtio.js';
import { refuseForEngine } from './engine-answer.js';

/**
 * drachtio-server reads what we say into a ring of 12,228 bytes. A frame that does not fit never
 * completes, and the connection understands nothing from then on.
 */
export const MOST_FRAME_BYTES = 11_000;

/**
 * It reads up to 8,192 bytes at once and adds them to what it has: behind a frame that is larger
 * than the rest of the ring nothing may follow until it has been understood.
 */
const MOST_BYTES_IN_COMPANY = 4_000;

/** The id and the bars that drachtio-srf puts before a frame. */
const PREFIX_BYTES = 37;

const SDP_TOO_LARGE = 'the session description is too large for the SIP engine';
const MESSAGE_TOO_LARGE = 'the message is too large for the SIP engine';

/** How a call ends whose message met this limit; undefined for any other failure. */
export function verdictOfLimit(
  why: string,
): Extract<VerdictReason, 'sdp-too-large' | 'message-too-large'> | undefined {
  if (why.includes(SDP_TOO_LARGE)) return 'sdp-too-large';
  return why.includes(MESSAGE_TOO_LARGE) ? 'message-too-large' : undefined;
}

/** Refuses what drachtio-server could not read, before it is written. */
export function limitFrames(
  wire: WireProtocol,
  metrics: Pick<Metrics, 'messageTooLarge'>,
  log: Log,
): void {
  const send = wire.send.bind(wire);
  wire.send = (socket, frame) => {
    const bytes = Buffer.byteLength(frame) + PREFIX_BYTES;
    if (bytes <= MOST_FRAME_BYTES) return send(socket, frame);
    const why = whatIsTooLarge(frame, bytes);
    metrics.messageTooLarge(why === SDP_TOO_LARGE ? 'body' : 'header');
    log.warn('A message is too large for drachtio-server and was not sent', { bytes });
    return refuseForEngine(wire, socket, why);
  };
}

function whatIsTooLarge(frame: string, bytes: number): string {
  const bodyAt = frame.indexOf('\r\n\r\n');
  const bodyBytes = bodyAt < 0 ? 0 : Buffer.byteLength(frame.slice(bodyAt + 4));
  return bytes - bodyBytes <= MOST_FRAME_BYTES ? SDP_TOO_LARGE : MESSAGE_TOO_LARGE;
}

interface Lane {
  readonly waiting: { readonly id: string; readonly bytes: string }[];
  /** The large frame that has to be answered before anything else is written. */
  alone: string | undefined;
}

interface Writable {
  write(bytes: string): void;
}

/** Writes nothing behind a large frame before drachtio-server has answered it. */
export function paceFrames(wire: WireProtocol): void {
  const lanes = new WeakMap<EngineSocket, Lane>();
  const send = wire.send.bind(wire);
  const flush = (socket: EngineSocket, lane: Lane): void => {
    while (lane.alone === undefined) {
      const next = lane.waiting.shift();
      if (next === undefined) return;
      if (Buffer.byteLength(next.bytes) > MOST_BYTES_IN_COMPANY) lane.alone = next.id;
      (socket as Writable).write(next.bytes);
    }
  };
  wire.send = (socket, frame) => {
    let lane = lanes.get(socket);
    if (lane === undefined) lanes.set(socket, (lane = { waiting: [], alone: undefined }));
    let bytes = '';
    const taker: Writable = { write: (framed) => (bytes = framed) };
    const id = send(taker, frame);
    lane.waiting.push({ id, bytes });
    flush(socket, lane);
    return id;
  };
  wire.prependListener('msg', (socket: EngineSocket, frame: string) => {
    const lane = lanes.get(socket);
    if (lane?.alone === undefined || frame.split('|', 3)[2] !== lane.alone) return;
    lane.alone = undefined;
    flush(socket, lane);
  });
}
