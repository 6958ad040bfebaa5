import type { Config } from '../config/config.js';
import type { Audit } from '../flows/ports/audit.js';
import type { Log } from '../flows/ports/telemetry.js';
import { leftBehind, recoverRecordings } from '../flows/recordings/recover-recordings.js';
import { RecordStep } from '../flows/recordings/record-step.js';
import type { RecordingHouse } from '../flows/recordings/recording-house.js';
import { SealingQueue } from '../flows/recordings/sealing-queue.js';
import { rawDirectory } from '../store/files/raw-directory.js';
import { sealedDirectory } from '../store/files/sealed-directory.js';
import type { Foundations } from './foundations.js';
import type { Keeping } from './keeping.js';

/** Recordings as the rest of the house meets them. */
export interface Recordings {
  readonly house: RecordingHouse;
  readonly step: RecordStep;
  readonly audit: Audit;
  /** Finishes in the background what a crashed run left. */
  recover(): void;
  /** Resolves when no file is being sealed any more. */
  close(): Promise<void>;
}

/** Also looks at what a crashed run left, before the first call makes anything new. */
export async function openRecordings(
  config: Config,
  { clock, ids, log: base, metrics }: Foundations,
  { store, recordingSeals }: Keeping,
): Promise<Recordings> {
  const log = base.child({ component: 'recording' });
  const house: RecordingHouse = {
    store: store.recordings,
    raw: rawDirectory(config.recordings.mediaDirectory),
    sealed: sealedDirectory(config.recordings.directory),
    seals: recordingSeals,
    clock,
    ids,
    log,
    metrics,
    node: config.node,
  };
  const queue = new SealingQueue(house);
  const left = await leftBehind(house);
  return {
    house,
    step: new RecordStep(house, queue, store.sessions),
    audit: logAudit(log),
    recover: () =>
      void recoverRecordings(left, queue, house).catch((error: unknown) => {
        log.error('Recordings of a crashed run wait for the next start', {
          err: error instanceof Error ? error : undefined,
        });
      }),
    close: () => queue.close(),
  };
}

/** Who heard or removed what, as log lines. */
const logAudit = (log: Log): Audit => ({
  note: ({ action, ...fields }) =>
    log.info(action === 'recording-deleted' ? 'Recording deleted' : 'Recording downloaded', fields),
});
