import { unwatchFile, watchFile } from 'node:fs';
import { checkCertificateFiles } from '../config/certificate-files.js';
import type { TlsConfig } from '../config/config.js';
import { issueText, type ConfigIssue } from '../config/issues.js';
import { minutes, type Clock } from '../domain/time.js';
import type { Log } from '../flows/ports/telemetry.js';
import type { PrometheusMetrics } from '../telemetry/metrics.js';
import type { SipEngine } from './sip-engine.js';

/** Certificates live for months; a minute more with the old one does no harm. */
const LOOK_EVERY_MS = 60_000;

/** Whoever overlooks a warning gets another one the next day. */
const WARN_EVERY = minutes(24 * 60);

interface Surroundings {
  readonly engine: Pick<SipEngine, 'reloadTls'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<PrometheusMetrics, 'certificateExpiry'>;
}

/**
 * Has the TLS files read again on SIGHUP, and within a minute of a change to one of them. Streams
 * that are open stay. Files that do not fit together, as between the writing of one and of the
 * other, are told in the log and left alone: the old ones stay in use. A certificate that expires
 * soon is told once a day.
 */
export function keepCertificatesFresh(
  tls: TlsConfig | undefined,
  around: Surroundings,
): { stop(): void } {
  // The engine takes one wish at a time.
  let queue = Promise.resolve();
  const renew = (why: string): void => {
    queue = queue.then(() => renewed(tls, around, why));
  };
  const hangUp = (): void => renew('SIGHUP');
  const changed = (): void => renew('a file has changed');
  process.on('SIGHUP', hangUp);
  const watching = tls === undefined ? [] : [watchFiles(tls, changed), watchExpiry(tls, around)];
  return {
    stop: () => {
      process.off('SIGHUP', hangUp);
      for (const stop of watching) stop();
    },
  };
}

function watchFiles(tls: TlsConfig, changed: () => void): () => void {
  // One file may be two things: a self-signed certificate is its own authority.
  const files = new Set([tls.certificateFile, tls.keyFile, tls.caFile ?? '']);
  files.delete('');
  for (const file of files)
    watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, changed);
  return () => {
    for (const file of files) unwatchFile(file, changed);
  };
}

/** The start has told of it already, as of everything doubtful in the configuration. */
function watchExpiry(tls: TlsConfig, { clock, log, metrics }: Surroundings): () => void {
  metrics.certificateExpiry(tls.certificateFile, checkCertificateFiles(tls).expiry);
  let timer = clock.after(WARN_EVERY, look);
  function look(): void {
    tellDoubts(log, checkCertificateFiles(tls, new Date(clock.now())).doubts);
    timer = clock.after(WARN_EVERY, look);
  }
  return () => timer.cancel();
}

function tellDoubts(log: Log, doubts: readonly ConfigIssue[]): void {
  for (const one of doubts) log.warn('TLS certificates', { says: issueText(one) });
}

async function renewed(
  tls: TlsConfig | undefined,
  { engine, log, metrics }: Surroundings,
  why: string,
): Promise<void> {
  if (tls === undefined) {
    log.info('There is nothing to reload', { why });
    return;
  }
  const { issues, doubts, expiry } = checkCertificateFiles(tls);
  tellDoubts(log, doubts);
  if (issues.length > 0) {
    const says = issues.map(issueText).join('; ');
    log.error('TLS certificates not reloaded', { why, says });
    return;
  }
  try {
    await engine.reloadTls();
    metrics.certificateExpiry(tls.certificateFile, expiry);
    log.info('TLS certificates reloaded', { why });
  } catch (error) {
    log.error('TLS certificates not reloaded', {
      why,
      err: error instanceof Error ? error : String(error),
    });
  }
}
