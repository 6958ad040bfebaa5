import { readTable } from './torture-message.js';

/**
 * The twelve messages of RFC 5118, from its Appendix A. The archive has them with bare LF, without
 * the last empty line in §4.10 and with Content-Lengths that miss (§4.6, §4.8, §4.9); here the line
 * ends are those of SIP and the lengths are right, so that IPv6 is all that can be wrong.
 */
export const rfc5118 = readTable('rfc5118', [
  ['4.1', 'ipv6-good', 'a valid IPv6 reference', 'valid', 'handled', 405],
  ['4.2', 'ipv6-bad', 'an IPv6 address without brackets', 400, 400, 400, 'closed'],
  ['4.3', 'port-ambiguous', 'a port within the brackets', 'valid', 'handled', 405],
  ['4.4', 'port-unambiguous', 'a port behind the brackets', 'valid', 'handled', 405],
  ['4.5', 'via-received-param-with-delim', 'received in brackets', 'valid', 481, 481],
  ['4.5', 'via-received-param-no-delim', 'received without brackets', 'valid', 'handled', 200],
  ['4.6', 'ipv6-in-sdp', 'IPv6 in SDP', 'valid', 'handled', 404],
  ['4.7', 'mult-ip-in-header', 'IPv4 and IPv6 in Via', 'valid', 481, 481],
  ['4.8', 'mult-ip-in-sdp', 'IPv4 and IPv6 in SDP', 'valid', 'handled', 404],
  ['4.9', 'ipv4-mapped-ipv6', 'IPv4-mapped IPv6 addresses', 'valid', 'handled', 404],
  ['4.10', 'ipv6-bug-abnf-3-colons', 'three colons before IPv4', 'valid', 'handled', 200],
  ['4.10', 'ipv6-correct-abnf-2-colons', 'two colons before IPv4', 'valid', 'handled', 200],
]);
