import type { LocationByValue } from '../domain/identity/emergency-plan.js';
import { headerOf, type DrachtioMessage } from './drachtio.js';
import { readMultipart, type BodyPart } from './multipart.js';

/** What the body of an INVITE brings; everything else in it stays behind. */
export interface InviteBody {
  readonly sdp: string | undefined;
  /** PIDF-LO (RFC 4119), for the emergency trunk only. */
  readonly location: LocationByValue | undefined;
  /** Something that we do not read and that the caller does not call optional. */
  readonly foreign: boolean;
}

const EMPTY: InviteBody = { sdp: undefined, location: undefined, foreign: false };
const SDP = 'application/sdp';
const PIDF = 'application/pidf+xml';

/** Carriers wrap SDP with ISUP, emergency callers with their location (RFC 5621). */
export function inviteBody(msg: DrachtioMessage): InviteBody {
  const { body } = msg;
  if (body === undefined || body === '') return EMPTY;
  const encoding = headerOf(msg, 'content-encoding', 'e')?.trim().toLowerCase() ?? 'identity';
  // A body without Content-Type is taken for SDP, as every INVITE's body was before MIME.
  const contentType = headerOf(msg, 'content-type', 'c') ?? SDP;
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (encoding !== 'identity') return { ...EMPTY, foreign: true };
  if (type === SDP) return { ...EMPTY, sdp: body };
  const parts = readMultipart(contentType, body);
  return parts === undefined ? { ...EMPTY, foreign: true } : fromParts(parts);
}

function fromParts(parts: readonly BodyPart[]): InviteBody {
  const sdp = parts.find(({ type }) => type === SDP)?.content;
  const pidf = parts.find(({ type }) => type === PIDF);
  const unread = parts.filter(({ type }) => type !== SDP && type !== PIDF);
  return {
    sdp: sdp === '' ? undefined : sdp,
    location: pidf && { contentId: pidf.contentId, pidf: pidf.content },
    foreign: unread.some(({ optional }) => !optional),
  };
}
