import { z } from 'zod';
import { isNameServer } from './listen-address.js';
import { consent, prompts } from './schema-consent.js';
import { media } from './schema-media.js';
import { recordings, tenantRecording } from './schema-recording.js';
import { ivr } from './schema-ivr.js';
import { sipTls, sipWebSocket } from './schema-sip-tls.js';
import { sipAdmission, sipLimits, sipOverload } from './schema-sip-limits.js';

/**
 * The configuration file. Every field has a description: docs/configuration.md and
 * config/schema.json are generated from here (`npm run docs`), and a test keeps them in step.
 */

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 alpha-2 country code in capitals, such as US');
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, up to 63');
const e164 = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164, such as +14155550100');
const wholeSeconds = z.int().min(1);

const listener = z
  .string()
  .regex(
    /^(udp|tcp|tls|ws|wss):(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d{1,5}$/,
    'must be transport:address:port, such as udp:0.0.0.0:5060, tls:[::1]:5061 or wss:0.0.0.0:443',
  );

const nameServer = z
  .string()
  .refine(isNameServer, 'must be address or address:port, such as 10.0.0.2 or [2001:db8::53]:53');

const credentials = z.strictObject({
  username: z.string().min(1).describe('User name of the digest credentials.'),
  password_file: z.string().min(1).describe('File whose first line is the password.'),
});

const identity = z.strictObject({
  headers: z
    .array(z.enum(['from', 'pai', 'ppi', 'rpid']))
    .default(['from', 'pai'])
    .describe(
      'Header fields that carry the caller identity towards this peer: From, P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID. The value is always the DID. Without `from`, From is anonymous.',
    ),
  number_format: z
    .enum(['e164', 'e164-no-plus', 'national'])
    .default('e164')
    .describe('How this peer writes numbers, in the user part of every URI.'),
  privacy: z
    .enum(['none', 'id', 'header', 'user'])
    .default('none')
    .describe('Privacy header (RFC 3323) to send; `none` sends no header.'),
  domain: z
    .string()
    .optional()
    .describe('Host part of the identity URIs; default: our own address towards the peer.'),
  display_name: z
    .string()
    .max(64)
    .optional()
    .describe('Display name beside the DID, such as the brand; default: none.'),
});

const trunk = z.strictObject({
  name: name.describe('How logs, metrics and records call this trunk.'),
  role: z.enum(['carrier', 'pbx']).describe('Which side of Callveil the peer stands on.'),
  tenant: name.optional().describe('The tenant a PBX belongs to; required for role pbx.'),
  sources: z
    .array(z.string())
    .min(1)
    .describe(
      'Where requests of this peer come from: addresses or CIDR blocks with an optional port, such as 203.0.113.0/24 or 198.51.100.7:5060 or [2001:db8::/32]:5060. The longest match wins. A port holds for every transport, and over tcp and tls a peer calls from any port: leave it out there.',
    ),
  listen_port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe('Local SIP port on which this peer must arrive; default: any.'),
  inbound_credentials: credentials
    .optional()
    .describe('Digest credentials that this peer must show when it calls us (RFC 8760).'),
  outbound_credentials: credentials
    .optional()
    .describe('Digest credentials that we show when this peer challenges us.'),
  targets: z
    .array(
      z
        .string()
        .regex(
          /^sips?:[^@\s]+$/,
          'must be a SIP URI without a user part, such as sip:192.0.2.1:5060',
        ),
    )
    .min(1)
    .describe(
      'Where calls to this peer go, tried in order: sip:host[:port], with ;transport=tcp or ;transport=tls, or sips:host[:port]. Over TLS the certificate of the peer must speak for host.',
    ),
  identity: identity.prefault({}).describe('What this peer wants to see as the caller identity.'),
  caller_id_from: z
    .array(z.enum(['pai', 'ppi', 'rpid', 'from']))
    .min(1)
    .default(['pai', 'from'])
    .describe('Where the caller of this peer is read, first present wins.'),
  aor_domain: z
    .string()
    .optional()
    .describe(
      'For a PBX: host of the agents’ addresses, so that a caller 1007 is the participant sip:1007@aor_domain.',
    ),
  country: country
    .optional()
    .describe('How national numbers of this peer are read; default: the tenant’s country, or US.'),
  media: z
    .enum(['direct', 'anchored'])
    .default('anchored')
    .describe(
      'direct: media flows between the parties and their media addresses pass in SDP. anchored: media passes through a media server (`media`) and no address crosses. That of an emergency call is always direct.',
    ),
  no_answer_seconds: wholeSeconds
    .max(600)
    .default(60)
    .describe('How long the callee may ring before the call ends (verdict no-answer).'),
  progress_seconds: wholeSeconds
    .max(180)
    .default(20)
    .describe(
      'How long a target may show no progress (no 18x, no answer) before it is given up and the next one is tried (verdict trunk-silent).',
    ),
  session_expires_seconds: z
    .int()
    .min(90)
    .optional()
    .describe('Session timer offered on legs to this peer (RFC 4028); default: none is offered.'),
});

const tenant = z.strictObject({
  id: name.describe('How the API, records and metrics call this tenant.'),
  country: country
    .default('US')
    .describe('How national numbers given by this tenant are read; its emergency numbers count.'),
  dids: z.array(e164).min(1).describe('The proxy numbers that this tenant owns.'),
  business_number: e164
    .optional()
    .describe(
      'One of `dids`: shown when an agent dials a raw number without a session. Required by raw_dialing allow.',
    ),
  raw_dialing: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe(
      'Whether the PBX may dial a raw customer number: the session of the two is used, else the business number is shown; never the agent’s own.',
    ),
  emergency: z
    .strictObject({
      action: z
        .enum(['refuse', 'route'])
        .default('refuse')
        .describe('refuse: answered 403. route: sent unmasked to `trunk`.'),
      trunk: name.optional().describe('The trunk for emergency calls; required by route.'),
      numbers: z
        .array(z.string().regex(/^\+?\d{2,15}$/, 'must be digits as dialed'))
        .default([])
        .describe(
          'Numbers that count as emergency numbers beside those of the countries involved.',
        ),
    })
    .prefault({})
    .describe('Emergency calls are never masked.'),
  carrier_trunk: name.describe('The trunk on which calls to phone numbers leave.'),
  pbx_trunk: name.describe('The trunk on which calls to agents leave.'),
  default_ttl_seconds: z
    .strictObject({
      session: wholeSeconds.optional().describe('Default: 3600.'),
      case: wholeSeconds.optional().describe('Default: until closed.'),
      customer: wholeSeconds.optional().describe('Default: until closed.'),
      agent: wholeSeconds.optional().describe('Default: until closed.'),
      static: wholeSeconds.optional().describe('Default: until closed.'),
    })
    .prefault({})
    .describe('Lifetime of a session by kind when the API call gives no ttl.'),
  consent,
  recording: tenantRecording,
  ivr,
});

export const configSchema = z.strictObject({
  node: name.default('callveil').describe('Name of this node in records and metrics.'),
  data_dir: z
    .string()
    .default('./data')
    .describe('Directory for the database and for files created on first start.'),
  sip: z
    .strictObject({
      engine: z
        .enum(['embedded', 'drachtio'])
        .default('embedded')
        .describe('embedded: our own SIP engine in a worker thread. drachtio: a drachtio-server.'),
      listen: z
        .array(listener)
        .min(1)
        .default(['udp:0.0.0.0:5060', 'tcp:0.0.0.0:5060'])
        .describe(
          'Where the embedded engine listens for SIP: udp, tcp, tls, ws or wss, then address and port. It calls over the transports it listens on; tls and wss need `sip.tls`.',
        ),
      tls: sipTls.optional().describe('Certificates for SIP over TLS and secure WebSocket.'),
      websocket: sipWebSocket.prefault({}).describe('SIP over WebSocket (RFC 7118).'),
      external_address: z
        .string()
        .optional()
        .describe('Address that peers reach us at when it differs from the bound one (NAT).'),
      drachtio: z
        .strictObject({
          host: z.string().default('127.0.0.1').describe('Host of the drachtio-server.'),
          port: z.int().min(1).max(65535).default(9022).describe('Its application port.'),
          secret_file: z.string().describe('File whose first line is its secret.'),
        })
        .optional()
        .describe('The drachtio-server to use; required by engine drachtio.'),
      dns: z
        .strictObject({
          servers: z
            .array(nameServer)
            .max(8)
            .default([])
            .describe(
              'Name servers of the embedded engine, tried in order, such as 10.0.0.2 or [2001:db8::53]:53; default: those of the system, and its own look-up for names they do not know.',
            ),
        })
        .prefault({})
        .describe('How the embedded engine finds the hosts of targets that are names (RFC 3263).'),
      large_requests: z
        .enum(['tcp', 'udp'])
        .default('tcp')
        .describe(
          'How the embedded engine sends a request of more than 1300 bytes to a UDP target. tcp: by TCP (RFC 3261 §18.1.1), and by UDP where the peer takes none, which is remembered for an hour. udp: by UDP whatever its size.',
        ),
      max_calls: z
        .int()
        .min(1)
        .default(2000)
        .describe('Calls at once; further ones are answered 503 with Retry-After.'),
      min_session_expires_seconds: z
        .int()
        .min(90)
        .default(90)
        .describe('Smallest session interval accepted (RFC 4028); smaller ones are answered 422.'),
      admission: sipAdmission,
      overload: sipOverload,
      limits: sipLimits,
    })
    .prefault({})
    .describe('SIP signalling.'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address the API listens on.'),
      port: z
        .int()
        .min(0)
        .max(65535)
        .default(8080)
        .describe('Port of the API; 0 picks a free one.'),
      token_file: z
        .string()
        .optional()
        .describe(
          'File of bearer tokens, one `tenant:token` a line; default: api-tokens in data_dir, created on first start with mode 0600.',
        ),
    })
    .prefault({})
    .describe('HTTP API, health and metrics.'),
  vault: z
    .strictObject({
      key_file: z
        .string()
        .optional()
        .describe(
          'File of the vault key; default: vault.key in data_dir, created on first start with mode 0600. Without this file no real number can be read again.',
        ),
    })
    .prefault({})
    .describe('The vault of real numbers.'),
  log: z
    .strictObject({
      level: z
        .enum(['debug', 'info', 'warn', 'error'])
        .default('info')
        .describe('Least level written.'),
    })
    .prefault({})
    .describe('Log lines are JSON on standard output; no number is ever in them.'),
  prompts,
  media,
  drain_seconds: wholeSeconds
    .default(60)
    .describe('How long calls may go on after SIGTERM before they are ended.'),
  recordings,
  tenants: z.array(tenant).min(1).describe('Brands or business units.'),
  trunks: z.array(trunk).min(1).describe('Carriers and PBXs.'),
});

/** The file as parsed: defaults filled in, secrets still in their files. */
export type ConfigFile = z.infer<typeof configSchema>;
