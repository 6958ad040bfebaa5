/** Something that is waited for and happens once. */
export class Latch {
  open: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => (this.open = resolve));
}
