import { firstHeader } from '../message/headers.js';
import { partyOf } from '../message/name-addr.js';
import type { Hop, SipRequest } from '../message/sip-message.js';
import { parseUri, type SipUri } from '../message/uri.js';
import {
  parseDestination,
  parseInstruction,
  type Destination,
  type Instruction,
} from './instruction.js';
import type { RequestHandler, RequestHandlerLimits } from './request-handler-options.js';

/** Asks services on the web what to do with new requests, as drachtio-server does. */
export class RequestHandlers {
  readonly #byMethod = new Map<string, URL>();
  readonly #limits: RequestHandlerLimits;
  /** The questions that wait for an answer. */
  readonly #questions = new Set<AbortController>();
  #closed = false;

  /** Throws when a URL is none that can be asked or dialed. */
  constructor(handlers: readonly RequestHandler[], limits: RequestHandlerLimits) {
    this.#limits = limits;
    for (const { method = '*', url } of handlers) this.#byMethod.set(method, usable(url));
  }

  /** Whether new requests of a method are decided upon here, whatever applications are connected. */
  covers(method: string): boolean {
    return this.#handlerOf(method) !== undefined;
  }

  get full(): boolean {
    return this.#closed || this.#questions.size >= this.#limits.waiting;
  }

  /** Resolves, and never rejects; with undefined if nothing intelligible was said in time. */
  async ask(request: SipRequest, from: Hop): Promise<Instruction | undefined> {
    const handler = this.#handlerOf(request.method);
    if (handler === undefined) return undefined;
    const uri = destinationOf(handler);
    if (uri) return { action: 'route', data: { uri } };
    const question = new AbortController();
    this.#questions.add(question);
    const patience = setTimeout(() => question.abort(), this.#limits.answerMs);
    try {
      const response = await fetch(questionUrl(handler, request, from), {
        headers: { Accept: 'application/json' },
        signal: question.signal,
      });
      const text = response.ok ? await this.#read(response) : '';
      return parseInstruction(text);
    } catch {
      return undefined;
    } finally {
      clearTimeout(patience);
      question.abort();
      this.#questions.delete(question);
    }
  }

  /** Whoever waits is left without an instruction. */
  close(): void {
    this.#closed = true;
    for (const question of this.#questions) question.abort();
  }

  #handlerOf(method: string): URL | undefined {
    return this.#byMethod.get(method) ?? this.#byMethod.get('*');
  }

  async #read(response: Response): Promise<string> {
    if (response.body === null) return '';
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > this.#limits.answerBytes) throw new Error('answer too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

function usable(text: string): URL {
  const url = new URL(text);
  if (/^https?:$/.test(url.protocol) || destinationOf(url)) return url;
  throw new TypeError(`not a request handler: ${text}`);
}

function destinationOf(url: URL): Destination | undefined {
  return url.protocol === 'tcp:' ? parseDestination(url.host) : undefined;
}

/**
 * The URL of a question, in drachtio-server's names. Parameters of the Request-URI come along, but
 * they are a stranger's: none of them takes the place of what we or the URL say ourselves.
 */
function questionUrl(handler: URL, request: SipRequest, from: Hop): URL {
  const url = new URL(handler);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const target = sipUriOf(request.uri);
  const say = (name: string, value = ''): void => url.searchParams.append(name, value);
  say('method', request.method);
  say('domain', target?.host);
  say('protocol', from.protocol);
  say('source_address', from.address);
  say('fromUser', sipUriOf(partyOf(request, 'From')?.uri)?.user);
  say('toUser', sipUriOf(partyOf(request, 'To')?.uri)?.user);
  say('uriUser', target?.user);
  say('contentType', firstHeader(request, 'Content-Type'));
  say('uri', request.uri);
  for (const [name, value] of target?.params ?? []) {
    if (!url.searchParams.has(name)) say(name, value);
  }
  return url;
}

function sipUriOf(text = ''): SipUri | undefined {
  const uri = parseUri(text);
  return uri?.kind === 'sip' ? uri : undefined;
}
