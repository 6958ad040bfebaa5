import { z } from 'zod';

/** How much of anything the embedded SIP engine takes, and from whom. */

const count = z.int().min(1);
const wholeSeconds = z.int().min(1).max(86_400);

export const sipAdmission = z
  .strictObject({
    strangers: z
      .enum(['drop', 'answer'])
      .default('drop')
      .describe(
        'What becomes of packets and connections from addresses that are in no trunk’s sources or targets. drop: let go before a byte is parsed, without an answer; the log and a metric tell. answer: refused as RFC 3261 asks (OPTIONS 200, INVITE 403), which shows everybody that a SIP server is here.',
      ),
    stranger_per_second: count
      .default(20)
      .describe(
        'Requests a second that one stranger is answered; the addresses of one IPv6 /64 count as one. Twice as many may come at once.',
      ),
    strangers_per_second: count
      .default(500)
      .describe('Requests a second that all strangers together are answered.'),
    trunk_per_second: count
      .optional()
      .describe(
        'Messages a second taken from one address of a trunk, retransmissions included; default: no limit but overload control. A call brings some eight.',
      ),
    sources: count
      .default(65_536)
      .describe('Addresses whose rates are remembered at once; the longest silent one goes first.'),
    scanner_agents: z
      .array(z.string().min(3))
      .default([])
      .describe(
        'Texts in User-Agent by which a scanner is known, in any case, beside those that the engine knows (friendly-scanner, sipvicious, sipcli and kin). Such a stranger gets no answer; a trunk is never taken for a scanner.',
      ),
  })
  .prefault({})
  .describe('Who is heard by the embedded engine. A drachtio-server has settings of its own.');

export const sipOverload = z
  .strictObject({
    control: z
      .enum(['on', 'off'])
      .default('on')
      .describe(
        'on: new calls are answered 503 with Retry-After while messages wait too long to be handled. off: every call is let in, and under too many none succeeds.',
      ),
    target_delay_ms: z
      .int()
      .min(10)
      .max(400)
      .default(100)
      .describe(
        'How long a message may wait to be handled before new calls are held back. Callers repeat what is not answered within 500 ms.',
      ),
    retry_after_seconds: z
      .int()
      .min(1)
      .max(300)
      .default(5)
      .describe('Retry-After of those 503s; a carrier may send nothing at all for so long.'),
  })
  .prefault({})
  .describe(
    'Overload control of the embedded engine. Calls in progress are always served first, and what may be an emergency call is never refused.',
  );

export const sipLimits = z
  .strictObject({
    message_bytes: z
      .int()
      .min(8_192)
      .max(1_048_576)
      .default(65_535)
      .describe('Largest message, headers and body; a larger one is answered 513.'),
    start_line_bytes: z
      .int()
      .min(256)
      .max(1_048_576)
      .default(4_096)
      .describe('Longest first line; a longer Request-URI is answered 414.'),
    header_fields: z
      .int()
      .min(32)
      .max(4_096)
      .default(256)
      .describe('Most header fields of one message; more are answered 400.'),
    header_line_bytes: z
      .int()
      .min(1_024)
      .max(1_048_576)
      .default(8_192)
      .describe('Longest header field; a longer one is answered 400.'),
    connections: count
      .default(4_096)
      .describe(
        'Connections open at once on one listener. Beyond it, one that has not brought a message yet goes first.',
      ),
    connections_per_source: count
      .default(512)
      .describe('Connections of one address open at once on one listener.'),
    handshakes: count
      .default(256)
      .describe('Callers on one listener that have not finished their TLS or WebSocket handshake.'),
    handshake_seconds: wholeSeconds
      .default(5)
      .describe('How long a TLS or WebSocket handshake may take.'),
    connect_seconds: wholeSeconds
      .default(4)
      .describe('How long a connection of ours may take to open.'),
    first_message_seconds: wholeSeconds
      .default(30)
      .describe('How long a caller may take until the first whole message on a connection.'),
    message_seconds: wholeSeconds
      .default(10)
      .describe('How long the rest of a message that has begun may take.'),
    half_open_seconds: wholeSeconds
      .default(32)
      .describe('How long a connection stays for our answers when its caller has closed his side.'),
    idle_seconds: wholeSeconds
      .default(600)
      .describe('How long a connection may be silent in both directions.'),
    unsent_bytes: count
      .default(1_048_576)
      .describe('What may wait for a peer that does not read; beyond it the connection is closed.'),
    unsent_seconds: wholeSeconds
      .default(20)
      .describe('How long anything may wait for a peer that does not read.'),
    transactions: count
      .default(400_000)
      .describe(
        'Transactions kept at once; beyond it new requests are answered 503. Each lives 32 s after its answer, and a call has four: 400000 are some 3000 calls a second.',
      ),
    pending: count
      .default(10_000)
      .describe('Requests that wait for their final answer at once, calls that ring among them.'),
    dialogs: count
      .default(100_000)
      .describe('Dialogs at once, two a call; beyond it new calls are answered 503.'),
    no_answer_seconds: wholeSeconds
      .default(64)
      .describe('How long the daemon itself may leave a call without any sign; then 504.'),
  })
  .prefault({})
  .describe('Bounds of the embedded engine. A drachtio-server has settings of its own.');

export type SipAdmission = z.infer<typeof sipAdmission>;
export type SipOverload = z.infer<typeof sipOverload>;
export type SipLimits = z.infer<typeof sipLimits>;
