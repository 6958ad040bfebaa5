import { setTimeout as sleep } from 'node:timers/promises';

/** A participant as the API takes it. */
export type Party =
  | { readonly number: string; readonly reference?: string }
  | { readonly sip: string; readonly reference?: string };

export interface OpenSession {
  readonly participants: readonly [Party, Party];
  readonly kind?: string;
  readonly reference?: string;
  /** Lifetime in seconds. */
  readonly ttl?: number;
}

export interface OpenedSession {
  readonly id: string;
  readonly participants: readonly { readonly proxy_number: string }[];
}

/** One leg's record as the API shows it. */
export type Cdr = Readonly<Record<string, unknown>> & {
  readonly leg: 'a' | 'b';
  readonly status: string;
  readonly ended_at: string | null;
};

export interface CallRecord {
  readonly id: string;
  readonly legs: readonly Cdr[];
}

/** The few API calls that the demo and the tests need, over real HTTP. */
export class Api {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The proxy number each participant dials and sees, in the order of the participants. */
  async openSession(session: OpenSession): Promise<{ id: string; proxyNumbers: [string, string] }> {
    const opened = (await this.request('POST', '/v1/sessions', session)) as OpenedSession;
    const [first = '', second = ''] = opened.participants.map((each) => each.proxy_number);
    return { id: opened.id, proxyNumbers: [first, second] };
  }

  async calls(): Promise<readonly CallRecord[]> {
    const answer = (await this.request('GET', '/v1/calls?limit=100')) as { data: CallRecord[] };
    return answer.data;
  }

  /** The first call that is not in `known` and whose legs have all ended. */
  async endedCall(known: ReadonlySet<string>, timeoutMs = 2000): Promise<CallRecord | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const fresh = (await this.calls()).filter((call) => !known.has(call.id));
      const ended = fresh.find((call) => call.legs.every((leg) => leg.ended_at !== null));
      if (ended !== undefined || performance.now() > deadline) return ended;
      await sleep(40);
    }
  }

  /** @throws Error with the problem that the API names. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Any page as text, such as /metrics. */
  async text(path: string): Promise<string> {
    return (await fetch(this.#url + path)).text();
  }
}
