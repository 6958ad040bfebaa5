/** An event as FreeSWITCH knows it: named headers, all of them texts, and perhaps a body. */
export class EslEvent {
  readonly name: string;
  /** For CUSTOM events, such as `conference::maintenance`. */
  readonly subclass: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  #json: Buffer | undefined;
  #plain: Buffer | undefined;

  constructor(headers: Readonly<Record<string, string>>, body?: string) {
    this.name = headers['Event-Name'] ?? '';
    this.subclass = headers['Event-Subclass'];
    this.headers = headers;
    this.body = body;
  }

  /** A frame with its own Content-Length; made once however many hear the event. */
  framed(format: EventFormat): Buffer {
    if (format === 'json') return (this.#json ??= frame('text/event-json', this.#asJson()));
    return (this.#plain ??= frame('text/event-plain', this.#asPlain()));
  }

  #asJson(): string {
    const { body } = this;
    if (body === undefined) return JSON.stringify(this.headers);
    const length = String(Buffer.byteLength(body));
    return JSON.stringify({ ...this.headers, 'Content-Length': length, _body: body });
  }

  #asPlain(): string {
    const { body } = this;
    const head = headerLines(this.headers);
    if (body === undefined) return `${head}\n`;
    return `${head}Content-Length: ${String(Buffer.byteLength(body))}\n\n${body}`;
  }
}

export type EventFormat = 'json' | 'plain';

/** `Name: value` lines, the values percent-encoded as FreeSWITCH's are. */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  let text = '';
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${encode(value)}\n`;
  return text;
}

/** Percent-encoded, but for slashes and commas. */
function encode(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(/%2F/g, '/').replace(/%2C/g, ',');
}

function frame(contentType: string, body: string): Buffer {
  const length = String(Buffer.byteLength(body));
  return Buffer.from(`Content-Length: ${length}\nContent-Type: ${contentType}\n\n${body}`);
}
