/** Shows where a number is from and how it ends, never enough to call it: `+1•••••••234`. */
export function partialMask(e164: string, countryCallingCode: string): string {
  const prefix = `+${countryCallingCode}`;
  const rest = e164.slice(prefix.length);
  // A short national number would give itself away by its last three digits.
  const shown = rest.length >= 7 ? 3 : rest.length >= 5 ? 1 : 0;
  return prefix + '•'.repeat(rest.length - shown) + rest.slice(rest.length - shown);
}

/** `sip:a•••@•••`: that it is a SIP address and its first letter, no more. */
export function partialMaskSip(user: string): string {
  return `sip:${user.slice(0, 1)}•••@•••`;
}
