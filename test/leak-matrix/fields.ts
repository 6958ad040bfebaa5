/** How a canary is written so that it is a believable value of a header field. */
export interface FieldContext {
  /** host:port of the phone that sends it. */
  readonly own: string;
}

export interface FieldSpec {
  readonly name: string;
  readonly value: (canary: string, context: FieldContext) => string;
  readonly compact?: string;
  /** Twice in one message would be refused, so it is not repeated. */
  readonly once?: true;
  /** A message with it may be refused for it, so it travels alone. */
  readonly refusable?: true;
}

type More = Omit<FieldSpec, 'name' | 'value'>;

const field = (name: string, value: FieldSpec['value'], more: More = {}): FieldSpec => ({
  name,
  value,
  ...more,
});

const text = (c: string): string => c;
const address = (c: string): string => `"${c}" <sip:${c}@${c}.example;p=${c}>;x=${c}`;
const url = (c: string): string => `<https://${c}.example/${c}>;purpose=info`;
const tag = (c: string): string => `token, ${c}`;
const jwt = (c: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { orig: { tn: c }, dest: { tn: [c] }, rcd: { nam: c } };
  return `${part({ alg: 'ES256', typ: 'passport' })}.${part(claims)}.c2ln;info=<https://x.example/c>`;
};
const hex = (c: string): string => `${Buffer.from(c).toString('hex')};encoding=hex`;

const named = (write: FieldSpec['value'], ...names: string[]): FieldSpec[] =>
  names.map((name) => field(name, write));

/** Fields that name a party. */
const IDENTITIES: FieldSpec[] = [
  ...named(
    address,
    'P-Asserted-Identity',
    'P-Preferred-Identity',
    'Remote-Party-ID',
    'Remote-Party',
    'Diversion',
    'History-Info',
    'Reply-To',
    'P-Called-Party-ID',
    'P-Associated-URI',
    'P-Served-User',
    'P-Profile-Key',
    'P-User-Database',
    'P-Charge-Info',
    'P-DCS-Trace-Party-ID',
    'P-DCS-Redirect',
    'P-Refused-URI-List',
    'Additional-Identity',
    'Policy-Contact',
    'Trigger-Consent',
    'Permission-Missing',
    'Service-Route',
    'Path',
  ),
  field('Referred-By', address, { compact: 'b' }),
  field('Refer-To', address, { compact: 'r' }),
  field('Identity', jwt, { compact: 'y' }),
  field('Identity-Info', url, { compact: 'n' }),
  field('Record-Route', (c, { own }) => `<sip:${c}@${own};lr;x=${c}>`),
  field('User-to-User', hex),
];

/** Fields of free text, parameters, places and charging. */
const TEXTS: FieldSpec[] = [
  ...named(
    text,
    'Organization',
    'Priority',
    'Accept-Language',
    'Content-Language',
    'User-Agent',
    'Server',
    'Date',
    'In-Reply-To',
    'Session-ID',
    'Attestation-Info',
    'Origination-Id',
    'Priority-Verstat',
    'P-Asserted-Service',
    'P-Preferred-Service',
    'P-Access-Network-Info',
    'P-Visited-Network-ID',
    'P-Charging-Vector',
    'P-Charging-Function-Addresses',
    'P-DCS-OSPS',
    'P-DCS-Billing-Info',
    'P-DCS-LAES',
    'P-Media-Authorization',
    'P-Answer-State',
    'P-Early-Media',
    'P-Private-Network-Indication',
    'P-Unheard-Of',
    'Cellular-Network-Info',
    'Relayed-Charge',
    'Geolocation-Routing',
    'Geolocation-Error',
    'Refer-Sub',
    'Refer-Events-At',
    'Resource-Priority',
    'Accept-Resource-Priority',
    'Resource-Share',
    'Service-Interact-Info',
    'Restoration-Info',
    'Response-Source',
    'DC-Info',
    'Policy-ID',
    'Answer-Mode',
    'Priv-Answer-Mode',
    'Feature-Caps',
    'Recv-Info',
    'Flow-Timer',
    'SIP-ETag',
    'SIP-If-Match',
    'Suppress-If-Match',
    'Subscription-State',
    'Content-ID',
    'Unsupported',
    'Min-Expires',
    'AlertMsg-Error',
    'Wholly-Unknown-Header',
  ),
  ...named(url, 'Call-Info', 'Alert-Info', 'Error-Info', 'Geolocation'),
  field('Subject', text, { compact: 's' }),
  field('Privacy', (c) => `user;${c}`),
  field('Warning', (c) => `399 ${c}.example "call ${c}"`),
  field('Retry-After', (c) => `7 (call me at ${c})`, { once: true }),
  field('Reason', (c) => `Q.850;cause=16;text="${c}";location=${c}`),
  field('MIME-Version', (c) => `1.0 (${c})`, { once: true }),
  field('Content-Disposition', (c) => `session;x=${c}`, { once: true }),
];

/** Fields about what a device can do, and about credentials. */
const CAPABILITIES: FieldSpec[] = [
  field('Supported', tag, { compact: 'k' }),
  field('Allow', (c) => `INVITE, ACK, BYE, CANCEL, INFO, UPDATE, PRACK, ${c}`),
  field('Allow-Events', tag, { compact: 'u' }),
  field('Event', text, { compact: 'o' }),
  field('Accept', (c) => `application/sdp, text/${c}`),
  field('Accept-Encoding', (c) => `identity, ${c}`),
  field('Accept-Contact', (c) => `*;audio;x="${c}"`, { compact: 'a' }),
  field('Reject-Contact', (c) => `*;video;x="${c}"`, { compact: 'j' }),
  field('Request-Disposition', (c) => `queue, ${c}`, { compact: 'd' }),
  field('Session-Expires', (c) => `1800;refresher=uac;x=${c}`, { compact: 'x', once: true }),
  field('Min-SE', (c) => `90;x=${c}`, { once: true }),
  ...named(
    (c) => `Digest username="${c}", realm="${c}", nonce="${c}", uri="sip:${c}", response="${c}"`,
    'Authorization',
    'Proxy-Authorization',
  ),
  ...named(
    (c) => `Digest realm="${c}", nonce="${c}", opaque="${c}"`,
    'WWW-Authenticate',
    'Proxy-Authenticate',
  ),
  field('Authentication-Info', (c) => `nextnonce="${c}"`),
  ...named(
    (c) => `ipsec-ike;q=0.1;x=${c}`,
    'Security-Client',
    'Security-Server',
    'Security-Verify',
  ),
];

const VENDORS: FieldSpec[] = named(
  text,
  'X-CID',
  'X-Canary',
  'X-Real-Number',
  'X-Forwarded-For',
  'X-FS-Support',
  'X-FS-Display-Number',
  'X-Cisco-Caller',
  'X-Asterisk-HangupCause',
  'X-Account-Sid',
  'X-Twilio-CallSid',
  'X-Reason',
);

const alone: More = { refusable: true, once: true };

/** A message may rightly be refused for these. */
const REFUSABLE: FieldSpec[] = [
  field('Require', text, alone),
  field('Proxy-Require', text, alone),
  field('Content-Encoding', text, { ...alone, compact: 'e' }),
  field('Replaces', (c) => `${c};to-tag=${c};from-tag=${c}`, alone),
  field('Join', (c) => `${c};to-tag=${c};from-tag=${c}`, alone),
  field('Target-Dialog', (c) => `${c};local-tag=${c};remote-tag=${c}`, alone),
  field('Info-Package', text, alone),
  field('Expires', (c) => `60 ${c}`, alone),
  field('Timestamp', (c) => `54 ${c}`, alone),
  field('Max-Breadth', (c) => `60 ${c}`, alone),
  field('RSeq', (c) => `1 ${c}`, alone),
  field('RAck', (c) => `1 1 ${c}`, alone),
];

/** Every header field in which a sender can name itself or its way. */
export const FIELDS: readonly FieldSpec[] = [
  ...IDENTITIES,
  ...TEXTS,
  ...CAPABILITIES,
  ...VENDORS,
  ...REFUSABLE,
];
