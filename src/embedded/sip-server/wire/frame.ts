/** A peer that does not speak the framing, or says more than we are willing to hold. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const HASH = 0x23;
const ZERO = 0x30;
const NINE = 0x39;
const maxDigits = 9;

/** `<length in bytes>#<payload>`: what one frame looks like on the socket. */
export function frameOf(meta: string, sip?: Buffer): Buffer {
  const metaBytes = Buffer.byteLength(meta);
  const length = metaBytes + (sip === undefined ? 0 : sip.length + 2);
  const prefix = `${length}#`;
  const frame = Buffer.allocUnsafe(prefix.length + length);
  frame.write(prefix, 0, 'latin1');
  frame.write(meta, prefix.length);
  if (sip !== undefined) {
    frame.write('\r\n', prefix.length + metaBytes, 'latin1');
    sip.copy(frame, prefix.length + metaBytes + 2);
  }
  return frame;
}

/** Cuts a byte stream into frame payloads, whatever the chunks it arrives in. */
export class FrameReader {
  readonly #chunks: Buffer[] = [];
  #held = 0;
  /** What the frame being received needs in all, once its length is known. */
  #needed = 0;
  maxPayload: number;

  constructor(maxPayload: number) {
    this.maxPayload = maxPayload;
  }

  /** Calls `take` for every payload that is complete. Throws FrameError; then the peer must go. */
  push(chunk: Buffer, take: (payload: Buffer) => void): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    // A large frame arrives in many chunks: joining them once keeps the work linear.
    if (this.#held < this.#needed) return;
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    let rest = only ?? Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    for (;;) {
      const size = this.#sizeOf(rest);
      this.#needed = size?.total ?? 0;
      if (size === undefined || rest.length < size.total) break;
      take(rest.subarray(size.start, size.total));
      rest = rest.subarray(size.total);
    }
    this.#held = rest.length;
    if (rest.length > 0) this.#chunks.push(rest);
  }

  #sizeOf(bytes: Buffer): { start: number; total: number } | undefined {
    let length = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === HASH && at > 0) return this.#checked(length, at + 1);
      if (byte < ZERO || byte > NINE || at >= maxDigits) throw new FrameError('bad frame length');
      length = length * 10 + (byte - ZERO);
    }
    return undefined;
  }

  #checked(length: number, start: number): { start: number; total: number } {
    if (length === 0) throw new FrameError('empty frame');
    if (length > this.maxPayload) throw new FrameError('frame too large');
    return { start, total: start + length };
  }
}
