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

/** A recording as the API shows it. */
export interface RecordingRow {
  readonly id: string;
  readonly call_id: string;
  readonly status: string;
  /** RFC 3339. */
  readonly started_at: string;
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

  /** Resolves when both parties of the newest call were told or asked all. @throws Error in time. */
  async settledConsent(timeoutMs = 6000): Promise<void> {
    await soon('consent is not settled', timeoutMs, async () => {
      const outcomes = (await this.calls())[0]?.legs.map((leg) => leg.consent_outcome) ?? [];
      // `interrupted` is what is known of parties that are being asked.
      const settled = outcomes.filter((each) => typeof each === 'string' && each !== 'interrupted');
      return settled.length === 2 ? settled : undefined;
    });
  }

  /** The recording that runs now, as soon as one does. @throws Error when none does in time. */
  async runningRecording(timeoutMs = 4000): Promise<RecordingRow> {
    const recordings = async (): Promise<readonly RecordingRow[]> => {
      const answer = await this.request('GET', '/v1/recordings?limit=10');
      return (answer as { data: readonly RecordingRow[] }).data;
    };
    return soon('no recording runs', timeoutMs, async () =>
      (await recordings()).find(({ status }) => status === 'recording'),
    );
  }

  async orderRecording(callId: string, action: 'pause' | 'resume'): Promise<void> {
    await this.request('POST', `/v1/calls/${callId}/recording`, { action });
  }

  /** Resolves when the recording can be fetched. @throws Error when it cannot be in time. */
  async finishedRecording(id: string, timeoutMs = 4000): Promise<RecordingRow> {
    return soon('the recording is not available', timeoutMs, async () => {
      const recording = (await this.request('GET', `/v1/recordings/${id}`)) as RecordingRow;
      return recording.status === 'available' ? recording : undefined;
    });
  }

  /** A WAV file. */
  async recordingMedia(id: string): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#url}/v1/recordings/${id}/media`, { headers });
    if (!response.ok) throw new Error(`the recording was answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
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

  /** A file, such as the audio of a recording. */
  async file(path: string): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(this.#url + path, { headers });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Any page as text, such as /metrics. */
  async text(path: string): Promise<string> {
    return (await fetch(this.#url + path)).text();
  }
}

async function soon<T>(
  otherwise: string,
  timeoutMs: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(otherwise);
    await sleep(20);
  }
}
