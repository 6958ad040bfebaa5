/**
 * The service that an emergency URN asks for, such as `sos.fire`: lower case, without what may
 * follow (RFC 8141 §2.3). Undefined for any other URI.
 */
export function emergencyServiceIn(uri: string): string | undefined {
  return /^urn:service:(sos(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,8})(?:$|[;?#])/i
    .exec(uri.trim())?.[1]
    ?.toLowerCase();
}

/** `urn:service:sos` and its subservices such as `urn:service:sos.fire` (RFC 5031 §4.2), in any case. */
export function isEmergencyService(uri: string): boolean {
  return /^urn:service:sos(?:$|[.;?#])/i.test(uri.trim());
}
