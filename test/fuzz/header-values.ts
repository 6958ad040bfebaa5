import type { Dice } from './dice.js';
import {
  canary,
  digits,
  host,
  hostPort,
  nameAddr,
  params,
  quotedString,
  token,
  uri,
} from './words.js';

type Value = (dice: Dice) => string;

const list =
  (one: Value, most = 4): Value =>
  (dice) =>
    dice.many(0, most, () => one(dice)).join(dice.pick([', ', ',', ' , ']));

const date: Value = (dice) =>
  dice.pick(['Sat, 13 Nov 2010 23:29:00 GMT', 'Fri, 01 Jan 2010 16:00:00 EST', 'yesterday']);
const mediaType: Value = (dice) =>
  dice.pick([
    'application/sdp',
    'application/sdp;charset=utf-8',
    'multipart/mixed;boundary=b1',
    'multipart/mixed;boundary="b 1"',
    'multipart/mixed',
    'message/sipfrag',
    'application/pidf+xml',
    `text/${canary}`,
    'application',
    '',
  ]);
const anything: Value = (dice) =>
  dice.many(0, 6, () => dice.pick([token, quotedString, digits, uri, nameAddr])(dice)).join(' ');
const credentials: Value = (dice) =>
  `Digest username=${quotedString(dice)}, realm=${quotedString(dice)}, nonce="${token(dice)}", ` +
  `uri="${uri(dice)}", response="${digits(dice)}", nc=00000001, qop=auth`;
const seconds: Value = (dice) => `${digits(dice)}${params(dice, 2)}`;
const option: Value = (dice) => dice.pick(['100rel', 'timer', 'replaces', 'outbound', token(dice)]);
const method: Value = (dice) => dice.pick(['INVITE', 'ACK', 'OPTIONS', 'BYE', token(dice)]);

export const via: Value = (dice) => {
  const cookie = dice.once(12) ? dice.pick(['', 'z9hG4bK', token(dice)]) : `z9hG4bK${digits(dice)}`;
  const slash = dice.once(20) ? ' / ' : '/';
  const transport = dice.pick(['UDP', 'UDP', 'TCP', 'TLS', 'WSS', token(dice)]);
  const sentBy = dice.once(20) ? `${host(dice)} : 5060` : hostPort(dice);
  const rport = dice.once(2) ? ';rport' : '';
  return `SIP${slash}2.0${slash}${transport} ${sentBy};branch=${cookie}${rport}${params(dice, 2)}`;
};

/** Every field the engine or an application of it looks at, with a value that may be right. */
export const headerValues: Readonly<Record<string, Value>> = {
  Accept: list(mediaType),
  'Alert-Info': nameAddr,
  Allow: list(method),
  'Allow-Events': list(token),
  Authorization: credentials,
  'Call-Info': list(nameAddr),
  Contact: list(nameAddr, 2),
  'Content-Disposition': (dice) => `session${params(dice)}`,
  'Content-Encoding': (dice) => dice.pick(['gzip', 'identity', token(dice)]),
  'Content-Type': mediaType,
  Date: date,
  Diversion: list(nameAddr),
  Event: (dice) => `${dice.pick(['refer', 'presence', 'dialog', token(dice)])}${params(dice)}`,
  Expires: seconds,
  Geolocation: nameAddr,
  'History-Info': list(nameAddr),
  Identity: anything,
  'In-Reply-To': list(token),
  Join: (dice) => `${token(dice)}${params(dice)}`,
  'Max-Breadth': digits,
  'Max-Forwards': digits,
  'MIME-Version': digits,
  'Min-Expires': seconds,
  'Min-SE': seconds,
  Organization: anything,
  'P-Access-Network-Info': anything,
  'P-Asserted-Identity': list(nameAddr),
  'P-Preferred-Identity': list(nameAddr),
  Path: list(nameAddr),
  Priority: token,
  Privacy: (dice) => dice.pick(['id', 'none', 'header;user', token(dice)]),
  'Proxy-Authorization': credentials,
  'Proxy-Require': list(option),
  RAck: (dice) => `${digits(dice)} ${digits(dice)} ${method(dice)}`,
  RSeq: digits,
  Reason: (dice) => `${dice.pick(['SIP', 'Q.850', token(dice)])}${params(dice)}`,
  'Record-Route': list(nameAddr),
  'Refer-To': nameAddr,
  'Referred-By': nameAddr,
  'Remote-Party-ID': nameAddr,
  Replaces: (dice) => `${token(dice)}${params(dice)}`,
  'Reply-To': nameAddr,
  Require: list(option),
  'Resource-Priority': token,
  'Retry-After': seconds,
  Route: list(nameAddr),
  Server: anything,
  'Session-Expires': (dice) =>
    `${digits(dice)}${dice.pick(['', ';refresher=uac', ';refresher=uas', params(dice)])}`,
  'Session-ID': token,
  'SIP-ETag': token,
  'SIP-If-Match': token,
  Subject: anything,
  'Subscription-State': (dice) =>
    `${dice.pick(['active', 'terminated', token(dice)])}${params(dice)}`,
  Supported: list(option),
  Timestamp: digits,
  Unsupported: list(option),
  'User-Agent': anything,
  'User-to-User': anything,
  Via: list(via, 2),
  Warning: (dice) => `${digits(dice)} ${host(dice)} ${quotedString(dice)}`,
  'WWW-Authenticate': credentials,
  f: nameAddr,
  i: token,
  k: list(option),
  l: digits,
  m: nameAddr,
  s: anything,
  t: nameAddr,
  v: via,
  x: seconds,
};
