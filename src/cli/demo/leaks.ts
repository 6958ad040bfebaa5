import { secretText, scan, type Finding, type Secret } from '../../phones/scan.js';
import { SipText } from '../../phones/message.js';
import type { Phone } from '../../phones/phone.js';
import { AGENT, CUSTOMER, secretsOf } from './people.js';
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
  /** Bytes that each side received, and how many spellings were looked for in them. */
  readonly bytes: Readonly<Record<'customer' | 'agent', number>>;
  readonly spellings: Readonly<Record<'customer' | 'agent', number>>;
}

const countSpellings = (secrets: readonly Secret[]): number =>
  secrets.reduce((sum, secret) => sum + secret.spellings.length, 0);

/** Looks for everything of one side in every byte that the other side received. */
export function scanForLeaks(world: World): Scanned {
  const ofAgent = [...secretsOf(AGENT), ...dialogSecrets("the agent's", world.agent)];
  const ofCustomer = [...secretsOf(CUSTOMER), ...dialogSecrets("the customer's", world.customer)];
  const atCustomer = world.customer.trace.receivedBytes();
  const atAgent = world.agent.trace.receivedBytes();
  return {
    leaks: [
      ...scan(atCustomer, ofAgent).map((leak) => ({ seen_by: 'customer' as const, ...leak })),
      ...scan(atAgent, ofCustomer).map((leak) => ({ seen_by: 'agent' as const, ...leak })),
    ],
    bytes: { customer: atCustomer.length, agent: atAgent.length },
    spellings: { customer: countSpellings(ofAgent), agent: countSpellings(ofCustomer) },
  };
}
