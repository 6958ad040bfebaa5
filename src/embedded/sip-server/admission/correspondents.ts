/** More than any node has peers; beyond it the one unused for longest is forgotten. */
const most = 8_192;

/**
 * Addresses that we have turned to ourselves with new calls. What they send is asked for, also where
 * no list names them: a carrier often answers from another host than it calls from. Where a party of
 * a dialog says it is does not count (DialogParties): it may say anything.
 */
export class Correspondents {
  readonly #addresses = new Set<string>();
  #latest = '';

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  note(address: string): void {
    // Most messages go to the same few peers, one after the other.
    if (address === this.#latest) return;
    this.#latest = address;
    this.#addresses.delete(address);
    if (this.#addresses.size >= most) this.#forgetOldest();
    this.#addresses.add(address);
  }

  #forgetOldest(): void {
    for (const address of this.#addresses) {
      this.#addresses.delete(address);
      return;
    }
  }
}
