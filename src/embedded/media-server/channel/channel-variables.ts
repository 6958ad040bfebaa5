/**
 * The variables of a channel. What signalling says of the call is told when it is asked for; what
 * applications set goes with every event of theirs.
 */
export class ChannelVariables {
  readonly #ofCall = new Map<string, string>();
  readonly #set = new Map<string, string>();

  get(name: string): string | undefined {
    return this.#set.get(name) ?? this.#ofCall.get(name);
  }

  /** An empty value unsets, as in FreeSWITCH. False when the channel has too many already. */
  set(name: string, value: string | undefined): boolean {
    if (value === undefined || value === '') this.#set.delete(name);
    else if (this.#set.size >= mostVariables && !this.#set.has(name)) return false;
    else this.#set.set(name, value);
    return true;
  }

  /** Notes what an exchange of SIP came to. */
  learn(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) this.#ofCall.set(name, value);
  }

  /** As event headers, `variable_` before each name. */
  headers(which: 'all' | 'set'): Record<string, string> {
    const headers: Record<string, string> = {};
    if (which === 'all') {
      for (const [name, value] of this.#ofCall) headers[`variable_${name}`] = value;
    }
    for (const [name, value] of this.#set) headers[`variable_${name}`] = value;
    return headers;
  }
}

/** Some hundred are usual. */
const mostVariables = 1_024;
