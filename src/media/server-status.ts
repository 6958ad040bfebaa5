/** What `api status` tells, of FreeSWITCH 1.10; a figure it does not tell is undefined. */
export interface ServerStatus {
  /** Not while it shuts down, or was told `fsctl pause`. */
  readonly ready: boolean;
  readonly sessions: number | undefined;
  readonly mostSessions: number | undefined;
  readonly sessionsPerSecond: number | undefined;
}

export function readStatus(text: string): ServerStatus {
  const figure = (pattern: RegExp): number | undefined => {
    const [, digits] = pattern.exec(text) ?? [];
    return digits === undefined ? undefined : Number(digits);
  };
  return {
    ready: !text.includes('is not ready'),
    sessions: figure(/^(\d+) session\(s\) - peak/m),
    mostSessions: figure(/^(\d+) session\(s\) max/m),
    sessionsPerSecond: figure(/out of max (\d+)/),
  };
}
