/* eslint-disable @typescript-eslint/no-meaningless-void-operator -- typed first, filled in next */
/**
 * A WAV file of two channels, 8 kHz, PCM16: left what the party says, right what it hears. What
 * does not come in time is silence, so that both channels keep to the clock.
 */
export class StereoRecorder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the file, in place of one that is there.
   * @param failed the file cannot be written any further; what was written stays.
   * @throws NodeJS.ErrnoException when the file cannot be made.
   */
  static open(path: string, failed: (error: Error) => void): Promise<StereoRecorder> {
    void failed;
    return Promise.resolve(new StereoRecorder(path));
  }

  /** How long the recording is, in samples of one channel; masked time counts. */
  get samples(): number {
    return 0;
  }

  /** Silence is written from here on, on both channels, until it is called with false. */
  mask(on: boolean): void {
    void on;
  }
}
