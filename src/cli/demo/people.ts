import type { Body } from '../../phones/compose.js';
import { sdp } from '../../phones/sdp.js';
import { secretNumber, secretText, type Secret } from '../../phones/scan.js';

/** One side of the demo, with everything about it that the other side must never learn. */
export interface Person {
  readonly who: 'customer' | 'agent';
  readonly name: string;
  /** User part of its SIP URIs: what it is known by on its own side. */
  readonly user: string;
  /** A number that reaches it directly. */
  readonly number: string;
  readonly domain: string;
  /** Its signalling address. Media addresses differ, because `media: direct` lets those pass. */
  readonly host: string;
  readonly mediaAddress: string;
}

export const CUSTOMER: Person = {
  who: 'customer',
  name: 'Erika Mustermann',
  user: '+14155550142',
  number: '+14155550142',
  domain: 'erika-home.example',
  host: '127.0.1.1',
  mediaAddress: '198.51.100.14',
};

export const AGENT: Person = {
  who: 'agent',
  name: 'Maria Ferreira',
  user: 'maria.7731',
  number: '+13125550187',
  domain: 'pbx.example',
  host: '127.0.2.1',
  mediaAddress: '203.0.113.77',
};

export const aor = (person: Person): string => `sip:${person.user}@${person.domain}`;

/** Header lines in which real trunks and phones give people away. */
export function tellingLines(person: Person): readonly string[] {
  const { name, number, domain } = person;
  const tel = `tel:${number}`;
  return [
    `P-Asserted-Identity: "${name}" <${aor(person)}>`,
    `Remote-Party-ID: "${name}" <sip:${number}@${domain}>;party=calling;privacy=off`,
    `Diversion: "${name}" <${tel}>;reason=unconditional;privacy=off`,
    `History-Info: <sip:${number}@${domain}?Reason=SIP%3Bcause%3D302>;index=1`,
    `s: ${name} speaking`,
    `X-Real-Number: ${number.slice(2, 5)}-${number.slice(5, 8)}-${number.slice(8)}`,
    `x-account: ${name},\r\n ${number}`,
    `User-Agent: phone of ${name}`,
    `Call-Info: <http://${domain}/photo.jpg>;purpose=icon`,
  ];
}

/** A description whose o=, s=, i=, e= and p= lines name its owner. */
export function tellingSdp(person: Person, version = 1): Body {
  const { name, number, domain, mediaAddress } = person;
  return sdp({
    address: mediaAddress,
    version,
    user: person.user.replace('+', ''),
    subject: `${name} calling`,
    sessionLines: [
      `i=call of ${name}`,
      `u=http://${domain}/`,
      `e=${name} <office@${domain}>`,
      `p=${number}`,
    ],
    mediaLines: [`a=tool:${name}`, `a=X-number:${number}`],
  });
}

/** The headline of a response, which has room for words too. */
export const tellingReason = (person: Person): string => `${person.name} ${person.number}`;

/** What the scan looks for in the other side's bytes. */
export function secretsOf(person: Person): Secret[] {
  const owner = `the ${person.who}'s`;
  const [first = '', last = ''] = person.name.split(' ');
  return [
    secretNumber(`${owner} number`, person.number),
    secretText(`${owner} first name`, first),
    secretText(`${owner} last name`, last),
    secretText(`${owner} domain`, person.domain),
    secretText(`${owner} signalling address`, person.host),
    ...(person.user.startsWith('+') ? [] : [secretText(`${owner} extension`, person.user)]),
  ];
}
