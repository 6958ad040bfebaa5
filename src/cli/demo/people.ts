import type { Address } from '../../phones/address.js';
import type { Body } from '../../phones/compose.js';
import { sdp, type SdpOptions } from '../../phones/sdp.js';
import { secretBytes, secretNumber, secretText, type Secret } from '../../phones/scan.js';

/** One side of the demo, with everything about it that the other side must never learn. */
export interface Person {
  readonly who: 'customer' | 'agent';
  readonly name: string;
  /** User part of its SIP URIs: what it is known by on its own side. */
  readonly user: string;
  /** A number that reaches it directly. */
  readonly number: string;
  readonly domain: string;
  /** Where its signalling comes from. */
  readonly host: string;
  /** Where its audio comes from. */
  readonly mediaHost: string;
  /** Session id of its descriptions. */
  readonly sdpSession: string;
  /** What its phone can speak, in an order of its own. */
  readonly payloads: ReadonlyMap<number, string>;
  /** Synchronisation source of its RTP. */
  readonly ssrc: number;
}

export const CUSTOMER: Person = {
  who: 'customer',
  name: 'Erika Mustermann',
  user: '+14155550142',
  number: '+14155550142',
  domain: 'erika-home.example',
  host: '127.0.1.1',
  mediaHost: '127.0.1.14',
  sdpSession: '614207731',
  payloads: new Map([
    [8, 'PCMA/8000'],
    [18, 'G729/8000'],
    [0, 'PCMU/8000'],
    [97, 'telephone-event/8000'],
  ]),
  ssrc: 0xca_11_07_42,
};

export const AGENT: Person = {
  who: 'agent',
  name: 'Maria Ferreira',
  user: 'maria.7731',
  number: '+13125550187',
  domain: 'pbx.example',
  host: '127.0.2.1',
  mediaHost: '127.0.2.77',
  sdpSession: '905518832',
  payloads: new Map([
    [9, 'G722/8000'],
    [0, 'PCMU/8000'],
    [8, 'PCMA/8000'],
    [100, 'telephone-event/8000'],
  ]),
  ssrc: 0xa6_00_04_31,
};

export const aor = (person: Person): string => `sip:${person.user}@${person.domain}`;

/** The name that its phone gives itself in RTCP: as bad as the worst devices. */
export const cname = ({ number, mediaHost }: Person): string => `${number.slice(1)}@${mediaHost}`;

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
export function tellingSdp(person: Person, { host, port }: Address, more?: SdpOptions): Body {
  const { name, number, domain, sdpSession: sessionId, payloads } = person;
  return sdp({
    address: host,
    port,
    sessionId,
    payloads,
    user: person.user.replace('+', ''),
    subject: `${name} calling`,
    sessionLines: [
      `i=call of ${name}`,
      `u=http://${domain}/`,
      `e=${name} <office@${domain}>`,
      `p=${number}`,
    ],
    mediaLines: [`a=tool:${name}`, `a=X-number:${number}`],
    ...more,
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
    secretText(`${owner} media address`, person.mediaHost),
    secretBytes(`${owner} media address`, person.mediaHost.split('.').map(Number)),
    secretText(`${owner} SDP session id`, person.sdpSession),
    secretText(`${owner} codec order`, `RTP/AVP ${[...person.payloads.keys()].join(' ')}`),
    secretText(`${owner} CNAME`, cname(person)),
    secretText(`${owner} SSRC`, String(person.ssrc)),
    secretBytes(`${owner} SSRC`, ssrcBytes(person)),
    ...(person.user.startsWith('+') ? [] : [secretText(`${owner} extension`, person.user)]),
  ];
}

function ssrcBytes({ ssrc }: Person): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(ssrc);
  return bytes;
}

/** The ports that a run has given a person, in the words around them; of no use to two people. */
export const portSecrets = (person: Person, audio: Address, signalling: Address): Secret[] => [
  secretText(`the ${person.who}'s RTP port`, `audio ${audio.port} `),
  secretText(`the ${person.who}'s RTCP port`, `rtcp:${audio.port + 1}`),
  secretText(`the ${person.who}'s signalling port`, `:${signalling.port}`),
];
