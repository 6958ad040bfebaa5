/**
 * Descriptions as the server may offer them and as it is answered, line by line. Only what stands
 * between us and the server is handled here; what a party is told is read and written anew elsewhere.
 */

const linesOf = (sdp: string): string[] => sdp.split(/\r?\n/).filter((line) => line !== '');
const join = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`;

/** The session part, then one part for each m-line. */
function parts(sdp: string): { session: string[]; media: string[][] } {
  const session: string[] = [];
  const media: string[][] = [];
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) media.push([line]);
    else (media.at(-1) ?? session).push(line);
  }
  return { session, media };
}

const isPlainAudio = ([first = '']: readonly string[]): boolean =>
  /^m=audio \d+ RTP\/AVPF? /.test(first);
const isKey = (line: string): boolean => line.startsWith('a=crypto:');

/**
 * The offer without what would switch SRTP on: a stock FreeSWITCH offers RTP/SAVP with eleven keys,
 * and RTP/AVP beside it. Keys would go to the party in the clear, and the server would go on
 * encrypting whatever is answered later. Undefined when nothing plain is offered.
 */
export function plainOffer(sdp: string): string | undefined {
  const { session, media } = parts(sdp);
  const plain = media.find(isPlainAudio);
  return plain && join([...session, ...plain].filter((line) => !isKey(line)));
}

/**
 * The answer to such an offer while the party's own is still to come: the plain stream is taken, and
 * inactive. drachtio-srf would send the server's own words back as recvonly; it then sends its audio to
 * itself, joins no conference and switches SRTP on.
 */
export function waitingAnswer(sdp: string): string {
  const { session, media } = parts(sdp);
  const taken = media.find(isPlainAudio);
  const answered = media.flatMap((part) =>
    part === taken ? [...part.filter(isAnswerable), 'a=inactive'] : [refused(part)],
  );
  return join([...session.filter((line) => !isDirection(line)), ...answered]);
}

/**
 * A party's description as the server may have it: streams with SRTP refused, keys left out.
 * Undefined when nothing plain is left.
 */
export function plainForServer(sdp: string): string | undefined {
  const { session, media } = parts(sdp);
  if (!media.some(isPlainAudio)) return undefined;
  const kept = media.flatMap((part) => (isPlainAudio(part) ? part : [refused(part)]));
  return join([...session, ...kept].filter((line) => !isKey(line)));
}

const isDirection = (line: string): boolean =>
  /^a=(?:sendrecv|sendonly|recvonly|inactive)$/.test(line);
const isAnswerable = (line: string): boolean => !isKey(line) && !isDirection(line);

/** RFC 3264 §6: a stream that is not wanted keeps its place, with port 0. */
const refused = ([first = '']: readonly string[]): string => first.replace(/^(m=\S+) \d+/, '$1 0');
