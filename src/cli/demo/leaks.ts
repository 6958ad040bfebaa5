import { secretText, scan, type Finding, type Secret } from '../../phones/scan.js';
import { SipText } from '../../phones/message.js';
import type { Datagram } from '../../phones/audio-line.js';
import type { Phone } from '../../phones/phone.js';
import { AGENT, CUSTOMER, portSecrets, secretsOf, type Person } from './people.js';
import type { World } from './world.js';

export interface Leak extends Finding {
  /** Whose phone received it. */
  readonly seen_by: 'customer' | 'agent';
}

/** Call-IDs and tags that stood on one side's wire: each leg has its own. */
function dialogSecrets(owner: string, phone: Phone): Secret[] {
  const messages = phone.trace.entries.map((entry) => new SipText(entry.bytes));
  const callIds = new Set(messages.map((message) => message.get('call-id')));
  const tags = new Set(
    messages.flatMap((m) =>
      [m.get('from'), m.get('to')].flatMap((v) => /tag=(\S+)/.exec(v)?.[1] ?? []),
    ),
  );
  return [
    ...[...callIds].map((id) => secretText(`a Call-ID of ${owner} leg`, id)),
    ...[...tags].map((tag) => secretText(`a tag of ${owner} leg`, tag)),
  ];
}

export interface Scanned {
  readonly leaks: readonly Leak[];
  /** Bytes of signalling and of audio that each side received, and how much was looked for. */
  readonly read: Readonly<Record<Person['who'], Amount>>;
}

interface Amount {
  readonly sip: number;
  readonly rtp: number;
  readonly rtcp: number;
  readonly spellings: number;
}

/** Everything about `person` and its devices in this run that the other side must not learn. */
const allSecrets = (person: Person, world: World): Secret[] => [
  ...secretsOf(person),
  ...portSecrets(person, world.lines[person.who].address, world[person.who].address),
  ...dialogSecrets(`the ${person.who}'s`, world[person.who]),
];

/** Looks for everything of one side in every byte that the other side received. */
export function scanForLeaks(world: World): Scanned {
  const customer = scanOf(CUSTOMER, AGENT, world);
  const agent = scanOf(AGENT, CUSTOMER, world);
  return {
    leaks: [...customer.leaks, ...agent.leaks],
    read: { customer: customer.amount, agent: agent.amount },
  };
}

function scanOf(
  { who }: Person,
  other: Person,
  world: World,
): { readonly leaks: readonly Leak[]; readonly amount: Amount } {
  const secrets = allSecrets(other, world);
  const sip = world[who].trace.receivedBytes();
  const { received } = world.lines[who];
  const datagrams = (is: Datagram['is']): Buffer =>
    Buffer.concat(received.filter((each) => each.is === is).map(({ bytes }) => bytes));
  const [rtp, rtcp] = [datagrams('rtp'), datagrams('rtcp')];
  const leaks = [sip, rtp, rtcp].flatMap((bytes) => scan(bytes, secrets));
  return {
    leaks: leaks.map((leak) => ({ seen_by: who, ...leak })),
    amount: {
      sip: sip.length,
      rtp: rtp.length,
      rtcp: rtcp.length,
      spellings: secrets.reduce((sum, secret) => sum + secret.spellings.length, 0),
    },
  };
}

/** Nothing found, and everything there was to look at. */
export const isClean = ({ leaks, read }: Scanned): boolean =>
  leaks.length === 0 &&
  Object.values(read).every(({ sip, rtp, rtcp }) => sip > 0 && rtp > 0 && rtcp > 0);
