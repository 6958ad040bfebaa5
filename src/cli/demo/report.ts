import type { Cdr } from './api.js';
import { ladder } from './ladder.js';
import { scan } from '../../phones/scan.js';
import type { Keepsakes } from './keepsakes.js';
import type { Leak, Scanned } from './leaks.js';
import { fit, type Paint } from './paint.js';
import { AGENT, CUSTOMER, secretsOf, type Person } from './people.js';
import { sidesOf, type Played } from './play.js';
import { tapeReport } from './tape-report.js';
import { IDENTITY_FIELDS, calleeSaw, callerSaw, callerSent, type Saw } from './saw.js';

const FIELD_WIDTH = 8;
const CELL_WIDTH = 29;
const WIDTH = 100;

const SHORT: Readonly<Record<string, string>> = {
  'P-Asserted-Identity': 'PAI',
  'Remote-Party-ID': 'RPID',
};

export function heading(paint: Paint): string[] {
  return [
    '',
    paint.bold('Callveil: phone calls between two people who never see each other’s number'),
    paint.dim('The real daemon on loopback, two scripted SIP phones that share no code with it.'),
    '',
    `  customer  ${CUSTOMER.name}, ${CUSTOMER.number}, on the carrier trunk`,
    `  agent     ${AGENT.name}, sip:${AGENT.user}@${AGENT.domain}, on the PBX trunk`,
    paint.dim(
      '  Both write their name and number into every field that real devices use, also of RTCP.',
    ),
  ];
}

/** Green for what may be seen, red for what gives `owner` away. */
const judged = (paint: Paint, owner: Person) => {
  const secrets = secretsOf(owner);
  return (cell: string): string =>
    scan(Buffer.from(cell), secrets).length === 0 ? paint.green(cell) : paint.red(cell);
};

/** What each side wrote and saw, field by field. */
function identityTable(played: Played, paint: Paint): string[] {
  const sides = sidesOf(played);
  const [caller, callee] =
    played.scene.caller === 'customer' ? [CUSTOMER, AGENT] : [AGENT, CUSTOMER];
  const seen = calleeSaw(sides.callee);
  const columns: [string, Saw | null, (text: string) => string][] = [
    [`${caller.who} sent`, callerSent(sides.caller), paint.dim],
    [`${callee.who} saw`, seen, judged(paint, caller)],
    [`${caller.who} saw back`, callerSaw(sides.caller), judged(paint, callee)],
  ];
  const head = columns.map(([title]) => fit(title, CELL_WIDTH)).join('  ');
  const rows = IDENTITY_FIELDS.map((field) => {
    const cells = columns.map(([, saw, colour]) => {
      const value = saw === null ? '' : (saw[field] ?? '–');
      return colour(fit(value, CELL_WIDTH));
    });
    return `${fit(SHORT[field] ?? field, FIELD_WIDTH)} ${cells.join('  ')}`.trimEnd();
  });
  const silent = seen === null ? [paint.dim(`  The ${callee.who}’s phone received nothing.`)] : [];
  return [paint.bold(`${' '.repeat(FIELD_WIDTH + 1)}${head}`.trimEnd()), ...rows, ...silent];
}

export function callReport(played: Played, index: number, paint: Paint): string[] {
  const mark = played.ok ? paint.green('✓') : paint.red('✗');
  const table = played.scene.consent === undefined ? [] : ['', ...identityTable(played, paint)];
  return [
    '',
    paint.bold(`${index}. ${played.scene.title}`),
    '',
    ...ladder(played.customer, played.agent, paint),
    ...table,
    '',
    ...(played.tape === undefined ? [] : [...tapeReport(played.tape, paint), '']),
    `${mark} ${played.result}`,
  ];
}

const CDR_COLUMNS: readonly [string, string, number][] = [
  ['leg', 'leg', 3],
  ['direction', 'direction', 12],
  ['proxy_number', 'DID', 12],
  ['status', 'status', 9],
  ['sip_status', 'SIP', 3],
  ['q850_cause', 'Q.850', 5],
  ['billable_seconds', 'secs', 4],
  ['reason', 'reason', 17],
  ['consent_outcome', 'consent', 9],
  ['recording_id', 'recording', 12],
];

/** Ids differ in their ends. */
const shortId = (key: string, value: unknown): unknown =>
  key === 'recording_id' && typeof value === 'string' ? `…${value.slice(-8)}` : value;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '–';

export function cdrReport(all: readonly Played[], paint: Paint): string[] {
  const head = CDR_COLUMNS.map(([, title, width]) => fit(title, width)).join(' ');
  const row = (leg: Cdr): string =>
    CDR_COLUMNS.map(([key, , width]) => fit(text(shortId(key, leg[key])), width))
      .join(' ')
      .trimEnd();
  return [
    '',
    paint.bold('Call records, one per leg, as GET /v1/calls shows them'),
    '',
    paint.bold(`   ${head}`.trimEnd()),
    ...all.flatMap(({ legs }, index) => legs.map((leg) => `${index + 1}. ${row(leg)}`)),
  ];
}

const leakLine = (leak: Leak): string =>
  `  ${leak.what} reached the ${leak.seen_by} as ${leak.spelling}: ${leak.around}`;

export function leakReport({ leaks, read }: Scanned, paint: Paint): string[] {
  const line = (side: Person['who'], other: string): string => {
    const { sip, rtp, rtcp, spellings } = read[side];
    const found = leaks.filter((leak) => leak.seen_by === side).length;
    const mark = found === 0 ? paint.green('✓ nothing found') : paint.red(`✗ ${found} leaks`);
    const looked = `SIP ${sip}, RTP ${rtp}, RTCP ${rtcp} bytes`;
    return `  ${fit(side, 9)} ${fit(looked, 39)} ${spellings} spellings of the ${fit(other, 9)} ${mark}`;
  };
  return [
    '',
    paint.bold(
      'Every byte that each phone received, searched for the other side’s number, name, domain,',
    ),
    paint.bold('addresses, ports, Call-IDs, tags, SDP session, codec order, SSRC and CNAME'),
    '',
    line('customer', 'agent'),
    line('agent', 'customer'),
    ...leaks.map((leak) => paint.red(leakLine(leak).slice(0, WIDTH))),
  ];
}

/** Where to find what stays. */
export function keepsakeReport({ wav, png }: Keepsakes, paint: Paint): string[] {
  return [
    '',
    paint.bold('Listen to the recording (left: the customer; right: what the customer hears)'),
    '',
    `  ${wav}`,
    `  ${png}`,
  ];
}

export function closing(ok: boolean, seconds: number, paint: Paint): string[] {
  const verdict = ok
    ? paint.green(`All calls went as told and nothing leaked (${seconds.toFixed(1)} s).`)
    : paint.red(`Something did not go as told, see ✗ above (${seconds.toFixed(1)} s).`);
  return [
    '',
    paint.bold(verdict),
    '',
    'What to do next',
    '  npm start                        run the daemon with config/callveil.example.yaml',
    '  config/callveil.example.yaml     your trunks, tenants and DIDs; docs/configuration.md explains',
    '  docs/architecture.md             how a call walks through the house',
    '  npm test                         the same on SIPp, with hostile messages and races',
    '',
  ];
}
