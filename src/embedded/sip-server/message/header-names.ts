/**
 * Header names as the RFCs write them. Names compare without case (RFC 3261 §7.3.1), but many
 * stacks in the field do not, so what we send is spelled the way everyone's examples are.
 */

const spelling = `
Accept Accept-Contact Accept-Encoding Accept-Language Accept-Resource-Priority Alert-Info Allow
Allow-Events Answer-Mode Authentication-Info Authorization Call-ID Call-Info Contact
Content-Disposition Content-Encoding Content-ID Content-Language Content-Length Content-Type CSeq
Date Diversion Error-Info Event Expires Feature-Caps Flow-Timer From Geolocation Geolocation-Error
Geolocation-Routing History-Info Identity Identity-Info In-Reply-To Info-Package Join Max-Breadth
Max-Forwards MIME-Version Min-Expires Min-SE Organization P-Access-Network-Info P-Answer-State
P-Asserted-Identity P-Asserted-Service P-Associated-URI P-Called-Party-ID P-Charging-Function-Addresses
P-Charging-Vector P-DCS-Billing-Info P-DCS-LAES P-DCS-OSPS P-DCS-Redirect P-DCS-Trace-Party-ID
P-Early-Media P-Media-Authorization P-Preferred-Identity P-Preferred-Service P-Profile-Key
P-Refused-URI-List P-Served-User P-User-Database P-Visited-Network-ID Path Permission-Missing
Policy-Contact Policy-ID Priority Priv-Answer-Mode Privacy Proxy-Authenticate Proxy-Authorization
Proxy-Require RAck Reason Reason-Phrase Record-Route Recv-Info Refer-Events-At Refer-Sub Refer-To
Referred-By Reject-Contact Remote-Party-ID Replaces Reply-To Request-Disposition Require
Resource-Priority Retry-After Route RSeq Security-Client Security-Server Security-Verify Server
Service-Route Session-Expires Session-ID SIP-ETag SIP-If-Match Subject Subscription-State
Supported Suppress-If-Match Target-Dialog Timestamp To Trigger-Consent Unsupported User-Agent
User-to-User Via Warning WWW-Authenticate`;

/** RFC 3261 §7.3.3 and the later registrations: RFC 3515, 3841, 3892, 4028, 6665, 8224. */
const compact = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
} as const;

const known = new Map<string, string>(Object.entries(compact));
for (const name of spelling.trim().split(/\s+/)) {
  known.set(name, name);
  known.set(name.toLowerCase(), name);
}

/** `Call-ID` for `i`, `call-id` and `CALL-ID`; a name we do not know comes back as it is. */
export function canonicalName(name: string): string {
  return known.get(name) ?? known.get(name.toLowerCase()) ?? name;
}
