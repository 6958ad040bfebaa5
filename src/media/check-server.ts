import { createConnection, type Socket } from 'node:net';
import type { Clock, Millis } from '../domain/time.js';

/** A FreeSWITCH, or whatever speaks its event socket, and how it is to be reached. */
export interface ServerAddress {
  readonly host: string;
  /** Of the event socket. */
  readonly port: number;
  readonly password: string;
  /** The sofia profile that takes our INVITEs. */
  readonly profile: string;
  /** What our INVITEs have to prove that we know; undefined: nothing, as with a FreeSWITCH. */
  readonly key?: string;
}

/** Why a server cannot be used; what an operator has to look at. */
export type Unusable =
  | 'cannot be reached'
  | 'speaks no event socket'
  | 'does not let this address in'
  | 'refuses our password'
  | 'has no such sofia profile'
  | 'gives no answer';

export class ServerUnusable extends Error {
  override readonly name = 'ServerUnusable';

  constructor(
    readonly why: Unusable,
    detail?: string,
  ) {
    super(detail === undefined ? why : `${why}: ${detail}`);
  }
}

/** More than any greeting or list of profiles. */
const MOST_TEXT = 262_144;

/**
 * Goes through the first words of the event socket once, on a connection of its own, and says what is
 * wrong. drachtio-fsmrf cannot: with nobody there it calls again without a pause for ever, with a wrong
 * password it never answers, and for an unknown profile it throws where nobody can catch it.
 * @throws ServerUnusable
 */
export function checkServer(
  { host, port, password, profile }: ServerAddress,
  { clock, within }: { readonly clock: Clock; readonly within: Millis },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    const end = (why?: ServerUnusable): void => {
      timer.cancel();
      socket.destroy();
      if (why === undefined) resolve();
      else reject(why);
    };
    const timer = clock.after(within, () => end(new ServerUnusable('gives no answer')));
    const fail = (why: Unusable, detail?: string): void => end(new ServerUnusable(why, detail));
    socket.on('error', (error: NodeJS.ErrnoException) => fail('cannot be reached', error.code));
    socket.on('close', () => fail('speaks no event socket'));
    converse(socket, password, profile, (outcome) => {
      if (outcome === 'usable') end();
      else fail(outcome);
    });
  });
}

/** The first words: it asks for the password, takes it, and lists its profiles. */
function converse(
  socket: Socket,
  password: string,
  profile: string,
  tell: (outcome: 'usable' | Unusable) => void,
): void {
  let text = '';
  let step: 'greeting' | 'password' | 'profiles' = 'greeting';
  const say = (command: string, next: typeof step): void => {
    text = '';
    step = next;
    socket.write(`${command}\n\n`);
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > MOST_TEXT) tell('speaks no event socket');
    else if (text.includes('text/rude-rejection')) tell('does not let this address in');
    else if (step === 'greeting' && text.includes('\n\n')) {
      if (text.includes('Content-Type: auth/request')) say(`auth ${password}`, 'password');
      else tell('speaks no event socket');
    } else if (step === 'password' && text.includes('\n\n')) {
      if (text.includes('Reply-Text: +OK accepted')) say('api sofia status', 'profiles');
      else tell('refuses our password');
    } else if (step === 'profiles') {
      const body = bodyOf(text);
      if (body !== undefined)
        tell(hasProfile(body, profile) ? 'usable' : 'has no such sofia profile');
    }
  });
}

/** The whole body of an answer, when it is there. */
function bodyOf(text: string): string | undefined {
  const [, length, body] = /Content-Length: (\d+)[\s\S]*?\n\n([\s\S]*)$/.exec(text) ?? [];
  if (body === undefined || Buffer.byteLength(body) < Number(length)) return undefined;
  return body;
}

/** As drachtio-fsmrf reads it: the profile's own address over IPv4. */
function hasProfile(status: string, profile: string): boolean {
  const name = profile.replace(/[^\w-]/g, '');
  return new RegExp(`^\\s*${name}\\s.*sip:mod_sofia@(?:\\d{1,3}\\.){3}\\d{1,3}:\\d+`, 'm').test(
    status,
  );
}
