/**
 * Words that name nobody: what phones and gateways write where a name should stand, and the words
 * of the protocol itself. A party called `UDP` or `Busy` would otherwise block its own calls.
 */
const WORDS = `
  anonymous unknown unavailable restricted private withheld blocked hidden caller calling called
  callee party user number name phone mobile home work office guest test none null undefined
  extension asterisk freeswitch kamailio opensips callveil localhost localdomain invalid
  sip sips tel urn udp tcp tls ws wss sctp lr transport maddr ttl rport received branch tag
  invite ack bye cancel options info update prack refer notify subscribe message register publish
  via from to contact call-id cseq max-forwards allow supported require route record-route event
  content type length user-agent server expires min-se session session-expires reason date warning
  timer replaces 100rel path outbound gruu precondition norefersub refresher uac uas early late
  only text active terminated pending noresource application sdp dtmf relay audio video image
  telephone-event sendrecv sendonly recvonly inactive opus pcmu pcma rtp avp savp inline
  digest realm nonce cnonce opaque stale algorithm md5 sha sha-256 qop auth username uri response
  proxy authorization authenticate privacy identity asserted preferred remote-party-id screen full
  off yes no id header critical cause q.850 trying ringing forwarded queued progress accepted
  moved found gone bad request unauthorized forbidden not method acceptable timeout conflict
  unsupported media scheme extension interval too small large temporarily available loop detected many
  hops address incomplete ambiguous busy here terminated pending internal error implemented
  gateway service time-out version everywhere decline declined does exist anywhere unwanted
  rejected dial directly emergency the and for authentication required allowed call dialog
  transaction placeholder time out retry after retry-after agent remote
  p-asserted-identity p-preferred-identity content-type accept signal duration ip4 ip6
  avpf savpf rtpmap fmtp ptime maxptime crypto rtcp-mux dtmf-relay hmac sha1
  mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec gmt utc
`;

const TRIVIAL = new Set(WORDS.trim().split(/\s+/));
const ONE_WORD = /^[a-z0-9.-]+$/;

/** Whether every word of a text (lower case) is trivial. */
export function isTrivial(text: string): boolean {
  if (ONE_WORD.test(text)) return TRIVIAL.has(text);
  return text.split(/[^\p{L}\p{N}.-]+/u).every((word) => word === '' || TRIVIAL.has(word));
}
