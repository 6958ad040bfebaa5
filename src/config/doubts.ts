import type { ConfigIssue } from './issues.js';
import type { ConfigFile } from './schema.js';

/** What is allowed but hardly meant: told at start-up and by check-config, never an error. */
export function doubts(file: ConfigFile): ConfigIssue[] {
  return [...anchoredMedia(file), ...unreachableTargets(file), ...unusedSections(file)];
}

function anchoredMedia(file: ConfigFile): ConfigIssue[] {
  return file.trunks.flatMap((trunk, at) =>
    trunk.media === 'anchored'
      ? [
          {
            path: ['trunks', at, 'media'],
            message:
              'is anchored, and this version has no media server: calls over this trunk are refused (verdict media-unavailable)',
          },
        ]
      : [],
  );
}

/** The embedded engine sends over the protocols it listens on. */
function unreachableTargets(file: ConfigFile): ConfigIssue[] {
  if (file.sip.engine !== 'embedded') return [];
  const spoken = file.sip.listen.map((text) => text.slice(0, text.indexOf(':')));
  return file.trunks.flatMap((trunk, at) =>
    trunk.targets.flatMap((target, t) => {
      const wanted = transportOf(target);
      if (spoken.includes(wanted)) return [];
      return [
        {
          path: ['trunks', at, 'targets', t],
          message: `wants ${wanted}, and sip.listen has no ${wanted} listener: the target cannot be reached`,
        },
      ];
    }),
  );
}

/** As a SIP URI says it (RFC 3261 §26.2.2: over `sips:` every transport is a secure one). */
function transportOf(target: string): string {
  const named = /;transport=(\w+)/i.exec(target)?.[1]?.toLowerCase();
  if (!target.startsWith('sips:')) return named ?? 'udp';
  return named === 'ws' || named === 'wss' ? 'wss' : 'tls';
}

function unusedSections(file: ConfigFile): ConfigIssue[] {
  return file.sip.engine === 'embedded' && file.sip.drachtio !== undefined
    ? [{ path: ['sip', 'drachtio'], message: 'is not used: sip.engine is embedded' }]
    : [];
}
