/** A conference: everybody hears all others and not themselves (mix-minus). */
export class Mixer {
  /** Ports that joined and did not leave. */
  get size(): number {
    return 0;
  }
}
