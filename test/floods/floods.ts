import { newCallId } from '../../src/phones/compose.js';
import type { Phone } from '../../src/phones/phone.js';
import { bytesOf, handmade } from '../support/handmade.js';
import type { Lab } from '../support/lab.js';

/** Where a flood happens, and who sends it. */
export interface Ground {
  readonly lab: Lab;
  readonly from: Phone;
  /** Whether `from` is at an address that no trunk names. */
  readonly stranger: boolean;
}

/** A flood under way. */
export interface Flowing {
  one(): void;
  /** Ends the call it was made in, if any, as if nothing had been. */
  end(): Promise<void>;
}

export interface Flood {
  readonly what: string;
  /** Messages a second that the daemon has to stand. */
  readonly perSecond: number;
  begin(ground: Ground): Promise<Flowing>;
}

const patience = 20_000;
const dtmf = { type: 'application/dtmf-relay', text: 'Signal=5\r\nDuration=160\r\n' };

function requests(method: string, user: (ground: Ground) => string, lines: string[] = []) {
  return (ground: Ground): Promise<Flowing> => {
    const { lab, from } = ground;
    const uri = `sip:${user(ground)}@127.0.0.1:${lab.daemon.sip.port}`;
    const one = (): void => {
      const written = handmade(method, uri, from);
      from.send(bytesOf([...written.slice(0, -1), ...lines, ...written.slice(-1)]), lab.daemon.sip);
    };
    return Promise.resolve({ one, end: () => Promise.resolve() });
  };
}

/** Bytes that are no message at all: zeros, the start of a TLS handshake, half a request. */
function garbage({ lab, from }: Ground): Promise<Flowing> {
  const shapes = [
    Buffer.alloc(64),
    Buffer.from('16030102000100', 'hex'),
    Buffer.from('INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP'),
    Buffer.alloc(1_400, 0xff),
  ];
  let sent = 0;
  const one = (): void => from.send(shapes[sent++ % shapes.length]!, lab.daemon.sip);
  return Promise.resolve({ one, end: () => Promise.resolve() });
}

/** The callee rings without end; a stranger repeats the callee's bytes, which he cannot know. */
async function ringing({ lab, from, stranger }: Ground): Promise<Flowing> {
  const caller = lab.customerCalls();
  const callee = await lab.pbx.nextCall(patience);
  callee.ring();
  await caller.ringing(patience);
  const rung = lab.pbx.trace.entries.at(-1)!.bytes;
  return {
    one: () => (stranger ? from.send(rung, lab.daemon.sip) : callee.ring()),
    end: async () => {
      callee.answer();
      await caller.answered({}, patience);
      await callee.acked(patience);
      await caller.request('BYE').final(patience);
    },
  };
}

/** The caller keys digits without end; a stranger writes them with all that names the dialog. */
async function digits({ lab, from, stranger }: Ground): Promise<Flowing> {
  const { caller, callee } = await lab.talking();
  const one = (): void => {
    if (stranger) from.send(caller.dialog.request('INFO', { body: dtmf }).raw, lab.daemon.sip);
    else caller.request('INFO', { body: dtmf });
  };
  const end = async (): Promise<void> => {
    await caller.request('BYE').final(patience);
    const heard = callee.requests.poll(({ message }) => message.method === 'INFO') !== undefined;
    if (stranger && heard) throw new Error('a stranger was heard inside a call');
  };
  return { one, end };
}

const sessionNumber = ({ lab }: Ground): string => lab.session.customerDials;
const friendly = ['User-Agent: friendly-scanner'];

/** What arrives at a public SIP port, and what a broken trunk does. */
export const floods: readonly Flood[] = [
  { what: 'OPTIONS', perSecond: 3_000, begin: requests('OPTIONS', () => 'callveil') },
  {
    what: 'INVITE of a scanner',
    perSecond: 1_500,
    begin: requests('INVITE', () => newCallId(), friendly),
  },
  { what: 'REGISTER', perSecond: 2_000, begin: requests('REGISTER', () => 'admin') },
  { what: 'garbage', perSecond: 2_000, begin: garbage },
  {
    what: 'INVITE whose refusal is never acknowledged',
    perSecond: 1_000,
    begin: requests('INVITE', sessionNumber),
  },
  { what: '18x of a callee', perSecond: 500, begin: ringing },
  { what: 'INFO in a call', perSecond: 200, begin: digits },
];
