/** The one 20 ms beat of all ports that play, mix, record or wait; ticks while anybody listens. */
export class Metronome {
  /** Ends all beats, for when the server closes. */
  stop(): void {
    return undefined;
  }
}
