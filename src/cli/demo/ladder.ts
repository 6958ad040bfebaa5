import { SipText } from '../../phones/message.js';
import type { TraceEntry } from '../../phones/trace.js';
import { center, fit, type Paint } from './paint.js';

/** Columns between two life lines. */
const SPAN = 32;
const TIME = 9;
/** No message for so long: both are talking, or listening to Callveil. */
const TALK_MS = 2000;

interface Arrow {
  readonly at: number;
  readonly side: 'customer' | 'agent';
  readonly toCallveil: boolean;
  readonly message: SipText;
}

function arrows(side: Arrow['side'], entries: readonly TraceEntry[]): Arrow[] {
  return entries.map((entry) => ({
    at: entry.at,
    side,
    toCallveil: entry.direction === 'sent',
    message: new SipText(entry.bytes),
  }));
}

/** `── INVITE ──────►` across one span, pointing right or left. */
function line(label: string, right: boolean): string {
  const body = center(`─ ${label} ─`, SPAN - 1).replaceAll(' ─', ' ─');
  const dashed = body
    .replace(/^ +/, (s) => '─'.repeat(s.length))
    .replace(/ +$/, (s) => '─'.repeat(s.length));
  return right ? `${dashed}►` : `◄${dashed}`;
}

function row(arrow: Arrow, start: number, paint: Paint): string {
  const time = fit(`${(arrow.at - start).toFixed(0)} ms`.padStart(TIME - 2), TIME);
  const left = arrow.side === 'customer';
  const right = left === arrow.toCallveil;
  const { message } = arrow;
  const colour = !message.isResponse
    ? paint.cyan
    : message.status >= 300
      ? paint.yellow
      : paint.green;
  const drawn = colour(line(fit(message.summary, SPAN - 8).trimEnd(), right));
  const empty = ' '.repeat(SPAN);
  return `${paint.dim(time)}│${left ? drawn : empty}│${left ? empty : drawn}│`;
}

/** Audio has a picture of its own. */
const talkRow = (paint: Paint): string => {
  const talk = center('· · · RTP · · ·', SPAN).trimEnd().padEnd(SPAN);
  return paint.dim(`${' '.repeat(TIME)}│${talk}│${talk}│`);
};

/** Both phones' messages on one time line: customer left, Callveil in the middle, agent right. */
export function ladder(
  customer: readonly TraceEntry[],
  agent: readonly TraceEntry[],
  paint: Paint,
): string[] {
  const all = [...arrows('customer', customer), ...arrows('agent', agent)];
  all.sort((a, b) => a.at - b.at);
  const start = all[0]?.at ?? 0;
  const gap = ' '.repeat(SPAN - 12);
  const heads = `${' '.repeat(TIME - 4)}customer${gap.slice(2)}   Callveil ${gap}   agent`;
  const rows = all.flatMap((arrow, index) => {
    const pause = arrow.at - (all[index - 1]?.at ?? arrow.at);
    return [...(pause > TALK_MS ? [talkRow(paint)] : []), row(arrow, start, paint)];
  });
  return [paint.bold(heads), ...rows];
}
