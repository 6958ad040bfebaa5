import { gzipSync } from 'node:zlib';
import type { Body } from '../../src/phones/compose.js';
import { sdp } from '../../src/phones/sdp.js';

type Plant = (field: string) => string;

/** A description with a canary in every line that can hold one. */
export function telltaleSdp(plant: Plant, mediaAddress: string, version = 1): Body {
  const c = (line: string): string => plant(`SDP ${line}`);
  return sdp({
    address: mediaAddress,
    version,
    user: c('o='),
    subject: c('s='),
    sessionLines: [
      `i=${c('i=')}`,
      `u=http://${c('u=')}.example/`,
      `e=${c('e=')}@home.example`,
      `p=+1 ${c('p=')}`,
    ],
    mediaLines: [
      `a=tool:${c('a=tool')}`,
      `a=label:${c('a=label')}`,
      `a=content:${c('a=content')}`,
      `a=cat:${c('a=cat')}`,
      `a=keywds:${c('a=keywds')}`,
      `a=lang:${c('a=lang')}`,
      `a=mid:${c('a=mid')}`,
      `a=msid:${c('a=msid')} track`,
      `a=ssrc:1234 cname:${c('a=ssrc cname')}`,
      `a=rtcp:40001 IN IP4 ${c('a=rtcp')}.example`,
      `a=candidate:1 1 udp 2130706431 ${c('a=candidate')}.local 40000 typ host`,
      `a=ice-ufrag:${c('a=ice-ufrag')}`,
      `a=ice-pwd:${c('a=ice-pwd')}0123456789abc`,
      `a=identity:${c('a=identity')}`,
      `a=X-number:${c('a=X-')}`,
      `a=unheard-of:${c('a=unknown')}`,
    ],
  });
}

const xml = (c: string): string => `<?xml version="1.0"?><x entity="sip:${c}@x.example">${c}</x>`;

const XML_TYPES = [
  'application/pidf+xml',
  'application/dialog-info+xml',
  'application/conference-info+xml',
  'application/reginfo+xml',
  'application/resource-lists+xml',
  'application/rs-metadata+xml',
  'application/3gpp-ims+xml',
  'application/kpml-response+xml',
  'message/imdn+xml',
];

const TEXT_TYPES = [
  'text/plain',
  'message/sipfrag',
  'message/cpim',
  'application/isup;version=itu-t92+',
  'application/QSIG',
  'text/vcard',
  'application/json',
  'application/vnd.cirpack.isdn-ext',
];

/** Bodies other than a plain description; `MIME` names the headers that go with a body. */
export interface ForeignBody {
  readonly body: (canary: string) => Body;
  readonly type: string;
  readonly lines?: readonly string[];
}

const multipart = (c: string): Body => ({
  type: 'multipart/mixed;boundary=part',
  text: [
    '--part',
    'Content-Type: application/sdp',
    '',
    sdp({ subject: c }).text,
    '--part',
    'Content-Type: application/pidf+xml',
    `Content-ID: <${c}@x.example>`,
    '',
    xml(c),
    '--part--',
    '',
  ].join('\r\n'),
});

export const FOREIGN_BODIES: readonly ForeignBody[] = [
  ...XML_TYPES.map((type) => ({ type, body: (c: string) => ({ type, text: xml(c) }) })),
  ...TEXT_TYPES.map((type) => ({
    type,
    body: (c: string) => ({ type, text: `From: <sip:${c}@x.example>\r\n\r\n${c}` }),
  })),
  { type: 'multipart/mixed', body: multipart },
  {
    type: 'base64 of a description',
    body: (c) => ({
      type: 'application/sdp',
      text: Buffer.from(sdp({ subject: c }).text).toString('base64'),
    }),
    lines: ['Content-Transfer-Encoding: base64'],
  },
  {
    type: 'gzip of a description, in hex',
    body: (c) => ({
      type: 'application/sdp',
      text: gzipSync(sdp({ subject: c }).text).toString('hex') + c,
    }),
    lines: ['Content-Encoding: gzip'],
  },
  {
    type: 'DTMF with more than DTMF',
    body: (c) => ({
      type: 'application/dtmf-relay',
      text: `Signal=5\r\nDuration=160\r\nX-Caller=${c}\r\n`,
    }),
  },
];
