import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** What every event says of the server and of the moment (FreeSWITCH's base data). */
export class EventStamp {
  readonly coreUuid = randomUUID();
  readonly #address: string;
  #sequence = 0;

  /** @param address what media is told, shown as the server's own. */
  constructor(address: string) {
    this.#address = address;
  }

  on(name: string): Record<string, string> {
    this.#sequence += 1;
    const family = this.#address.includes(':') ? 'IPv6' : 'IPv4';
    return {
      'Event-Name': name,
      'Core-UUID': this.coreUuid,
      'FreeSWITCH-Hostname': hostname(),
      'FreeSWITCH-Switchname': hostname(),
      [`FreeSWITCH-${family}`]: this.#address,
      'Event-Date-Timestamp': String(Date.now() * 1000),
      'Event-Sequence': String(this.#sequence),
    };
  }
}
