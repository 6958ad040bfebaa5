/** `urn:service:sos` and its subservices such as `urn:service:sos.fire` (RFC 5031 §4.2), in any case. */
export function isEmergencyService(uri: string): boolean {
  return /^urn:service:sos(?:$|[.;?#])/i.test(uri.trim());
}
