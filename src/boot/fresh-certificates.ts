import { unwatchFile, watchFile } from 'node:fs';
import { checkCertificateFiles } from '../config/certificate-files.js';
import type { TlsConfig } from '../config/config.js';
import { issueText } from '../config/issues.js';
import type { Log } from '../flows/ports/telemetry.js';
import type { SipEngine } from './sip-engine.js';

/** Certificates live for months; a minute more with the old one does no harm. */
const LOOK_EVERY_MS = 60_000;

/**
 * Has the TLS files read again on SIGHUP, and within a minute of a change to one of them. Streams
 * that are open stay. Files that do not fit together, as between the writing of one and of the
 * other, are told in the log and left alone: the old ones stay in use.
 */
export function keepCertificatesFresh(
  tls: TlsConfig | undefined,
  engine: Pick<SipEngine, 'reloadTls'>,
  log: Log,
): { stop(): void } {
  // The engine takes one wish at a time.
  let queue = Promise.resolve();
  const renew = (why: string): void => {
    queue = queue.then(() => renewed(tls, engine, log, why));
  };
  const hangUp = (): void => renew('SIGHUP');
  const changed = (): void => renew('a file has changed');
  process.on('SIGHUP', hangUp);
  const files = tls === undefined ? [] : [tls.certificateFile, tls.keyFile, tls.caFile ?? ''];
  // One file may be two things: a self-signed certificate is its own authority.
  const watched = new Set(files.filter((file) => file !== ''));
  for (const file of watched)
    watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return {
    stop: () => {
      process.off('SIGHUP', hangUp);
      for (const file of watched) unwatchFile(file, changed);
    },
  };
}

async function renewed(
  tls: TlsConfig | undefined,
  engine: Pick<SipEngine, 'reloadTls'>,
  log: Log,
  why: string,
): Promise<void> {
  if (tls === undefined) {
    log.info('There is nothing to reload', { why });
    return;
  }
  const { issues, doubts } = checkCertificateFiles(tls);
  for (const one of doubts) log.warn('TLS certificates', { says: issueText(one) });
  if (issues.length > 0) {
    const says = issues.map(issueText).join('; ');
    log.error('TLS certificates not reloaded', { why, says });
    return;
  }
  try {
    await engine.reloadTls();
    log.info('TLS certificates reloaded', { why });
  } catch (error) {
    log.error('TLS certificates not reloaded', {
      why,
      err: error instanceof Error ? error : String(error),
    });
  }
}
