import { z } from 'zod';
import { bareHost, parseHostPort } from '../message/uri.js';

/** Where an application listens. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** `host:port` or `host:port;transport=tcp`; applications are not dialed by TLS. */
export function parseDestination(uri: string): Destination | undefined {
  const { host, port } = parseHostPort(uri.replace(/;transport=tcp$/, '')) ?? {};
  return host === undefined || port === undefined ? undefined : { host: bareHost(host), port };
}

/** What goes into a SIP message must not begin a line of its own. */
const withinLine = z.string().regex(/^[^\x00-\x1f\x7f]+$/);
const oneOrMore = z.union([withinLine.transform((only) => [only]), z.array(withinLine).min(1)]);

const destination = z.string().transform((uri, context): Destination => {
  const found = parseDestination(uri);
  if (found) return found;
  context.addIssue({ code: 'custom', message: 'not host:port;transport=tcp' });
  return z.NEVER;
});

/** What a handler may say, in the words and with the defaults of drachtio-server. */
const instruction = z.discriminatedUnion('action', [
  z.object({ action: z.literal('route'), data: z.object({ uri: destination }) }),
  z.object({
    action: z.literal('reject'),
    data: z.object({ status: z.int().min(300).max(699), reason: withinLine.optional() }),
  }),
  z.object({ action: z.literal('redirect'), data: z.object({ contact: oneOrMore }) }),
  z.object({
    action: z.literal('proxy'),
    data: z.object({
      destination: oneOrMore,
      recordRoute: z.boolean().default(false),
      followRedirects: z.boolean().default(true),
      simultaneous: z.boolean().default(false),
      provisionalTimeout: z.string().default('5s'),
      finalTimeout: z.string().default('60s'),
    }),
  }),
]);

export type Instruction = z.infer<typeof instruction>;

/** Undefined for whatever is not an instruction. */
export function parseInstruction(text: string): Instruction | undefined {
  try {
    return instruction.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
