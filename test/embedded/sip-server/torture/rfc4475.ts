import { readTable } from './torture-message.js';

/**
 * The 49 messages of RFC 4475. `rfc4475/*.dat` are the files of its Appendix A, bit by bit: the
 * base64 between the archive markers, decoded, is a tar of them. Only baddn got the empty line that
 * it lacks there, so that its display names are all that is wrong.
 *
 * Where the RFC leaves a choice we take the strict one: what two elements could read differently is
 * refused. Callveil is no registrar and no proxy, so a well-formed REGISTER is refused by the daemon.
 */
export const rfc4475 = readTable('rfc4475', [
  // It has a To tag, and there is no such dialog.
  ['3.1.1.1', 'wsinv', 'a short tortuous INVITE', 'valid', 481, 481],
  ['3.1.1.2', 'intmeth', 'a wide range of valid characters', 'valid', 501, 501],
  ['3.1.1.3', 'esc01', 'valid use of the % escaping mechanism', 'valid', 'handled', 404],
  ['3.1.1.4', 'escnull', 'escaped nulls in URIs', 'valid', 'handled', 405],
  ['3.1.1.5', 'esc02', 'use of % when it is not an escape', 'valid', 501, 501],
  ['3.1.1.6', 'lwsdisp', 'no LWS between display name and <', 'valid', 'handled', 200],
  ['3.1.1.7', 'longreq', 'long values in header fields', 'valid', 'handled', 404],
  ['3.1.1.8', 'dblreq', 'extra trailing octets in a datagram', 'valid', 'handled', 405, 'closed'],
  ['3.1.1.9', 'semiuri', 'semicolons in a user part', 'valid', 'handled', 200],
  ['3.1.1.10', 'transports', 'varied and unknown transports', 'valid', 'handled', 200],
  ['3.1.1.11', 'mpart01', 'multipart MIME with a binary part', 'valid', 'handled', 405],
  ['3.1.1.12', 'unreason', 'an unusual reason phrase', 'valid', 'silence', 'silence'],
  ['3.1.1.13', 'noreason', 'an empty reason phrase', 'valid', 'silence', 'silence'],

  ['3.1.2.1', 'badinv01', 'extraneous header field separators', 400, 400, 400],
  ['3.1.2.2', 'clerr', 'Content-Length larger than the message', 400, 400, 400, 'waits'],
  ['3.1.2.3', 'ncl', 'negative Content-Length', 400, 400, 400, 'closed'],
  ['3.1.2.4', 'scalar02', 'request scalars beyond their range', 400, 400, 400],
  ['3.1.2.5', 'scalarlg', 'response scalars beyond their range', 'dropped', 'silence', 'silence'],
  ['3.1.2.6', 'quotbal', 'an unterminated quoted string', 400, 400, 400],
  ['3.1.2.7', 'ltgtruri', '<> around the Request-URI', 400, 400, 400, 'closed'],
  ['3.1.2.8', 'lwsruri', 'LWS within the Request-URI', 400, 400, 400, 'closed'],
  ['3.1.2.9', 'lwsstart', 'several SP between start-line elements', 400, 400, 400, 'closed'],
  ['3.1.2.10', 'trws', 'SP at the end of the Request-Line', 400, 400, 400, 'closed'],
  ['3.1.2.11', 'escruri', 'escaped headers in the Request-URI', 'valid', 400, 400],
  ['3.1.2.12', 'baddate', 'an invalid time zone in Date', 'valid', 'handled', 404],
  ['3.1.2.13', 'regbadct', 'a Contact not enclosed in <>', 400, 400, 400],
  ['3.1.2.14', 'badaspec', 'spaces within an addr-spec', 400, 400, 400],
  ['3.1.2.15', 'baddn', 'non-token characters in a display name', 400, 400, 400],
  ['3.1.2.16', 'badvers', 'an unknown protocol version', 505, 505, 505, 'closed'],
  ['3.1.2.17', 'mismatch01', 'start line and CSeq differ in method', 400, 400, 400],
  ['3.1.2.18', 'mismatch02', 'unknown method, another in CSeq', 400, 400, 400],
  ['3.1.2.19', 'bigcode', 'an overlarge response code', 'dropped', 'silence', 'silence', 'closed'],

  ['3.2.1', 'badbranch', 'a branch that is only the cookie', 'valid', 'handled', 200],

  ['3.3.1', 'insuf', 'required header fields missing', 400, 400, 400],
  ['3.3.2', 'unkscm', 'an unknown scheme in the Request-URI', 'valid', 416, 416],
  ['3.3.3', 'novelsc', 'an atypical scheme in the Request-URI', 'valid', 416, 416],
  ['3.3.4', 'unksm2', 'unknown schemes in header fields', 'valid', 'handled', 405],
  ['3.3.5', 'bext01', 'Require and Proxy-Require', 'valid', 'handled', 420],
  ['3.3.6', 'invut', 'an unknown Content-Type', 'valid', 'handled', 415],
  ['3.3.7', 'regaut01', 'an unknown authorization scheme', 'valid', 'handled', 405],
  ['3.3.8', 'multi01', 'several values where one belongs', 400, 400, 400],
  ['3.3.9', 'mcl01', 'several Content-Lengths', 400, 400, 400, 'closed'],
  ['3.3.10', 'bcast', 'a response with a broadcast Via', 'valid', 'silence', 'silence'],
  ['3.3.11', 'zeromf', 'Max-Forwards of zero', 'valid', 483, 483],
  ['3.3.12', 'cparam01', 'REGISTER, Contact with a parameter', 'valid', 'handled', 405],
  ['3.3.13', 'cparam02', 'REGISTER, Contact URI with a parameter', 'valid', 'handled', 405],
  ['3.3.14', 'regescrt', 'REGISTER, an escaped header in Contact', 'valid', 'handled', 405],
  ['3.3.15', 'sdp01', 'an Accept that no answer can meet', 'valid', 'handled', 404],

  // Not served: an RFC 2543 caller gives no Contact to continue the dialog at.
  ['3.4.1', 'inv2543', 'an INVITE of RFC 2543', 400, 400, 400, 'closed'],
]);
