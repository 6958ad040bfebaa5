import { randomUUID } from 'node:crypto';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Vitals } from './admission/vitals.js';
import type { SipServer, SipServerOptions } from './options.js';
import type { OfferedPort } from './wire/thread-port.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

export type { SipServer, SipServerLimits, SipServerOptions } from './options.js';

/** A server in a thread of its own, where no slow query can delay a SIP timer. */
export interface LaunchedSipServer extends Omit<SipServer, 'vitals'> {
  /** Told every second or so how the engine is, if anything has changed. */
  onVitals(listener: (vitals: Vitals) => void): void;
  /** The thread has ended without being asked to; calls of before are lost. */
  onExit(listener: (why: Error) => void): void;
  /**
   * A faster way into the server for an application of this process. Its connection shows the
   * token in the frame `port|TOKEN`; the answer is the last frame it hears there, and the frame the
   * last it may send there. From then on both sides post arrays of frames, and the application adds
   * to `taken` the characters of each frame as it begins to handle it: so the engine knows how late
   * it is, and holds new calls back before calls in progress suffer.
   */
  openPort(): OfferedPort;
}

/**
 * A message lives for milliseconds and a call brings some forty; with the default of a few MB most
 * would be copied around by the collector before they die.
 */
const youngGenerationMb = 96;

/** Starts the server; rejects with the reason if a port is taken or an address is not ours. */
export async function launchSipServer(options: SipServerOptions): Promise<LaunchedSipServer> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
  });
  const listeners = new Set<(why: Error) => void>();
  const watchers = new Set<(vitals: Vitals) => void>();
  worker.on('message', (message: FromWorker) => {
    if (!('vitals' in message)) return;
    for (const watcher of watchers) watcher(message.vitals);
    worker.postMessage('noted' satisfies ToWorker);
  });
  let closing = false;
  let failure: Error | undefined;
  worker.on('error', (error: Error) => {
    failure = error;
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      resolve();
      if (closing) return;
      const why = failure ?? new Error(`SIP server thread ended with code ${code}`);
      for (const listener of listeners) listener(why);
    });
  });
  const { adminPort, contacts } = await firstWords(worker).catch(async (error: unknown) => {
    // What it has opened already would keep the thread, and so the process, alive.
    await worker.terminate();
    throw error;
  });
  return {
    adminPort,
    contacts,
    reloadTls: () => reloadTls(worker),
    close: async () => {
      closing = true;
      worker.postMessage('close' satisfies ToWorker);
      await exited;
    },
    onExit: (listener) => void listeners.add(listener),
    openPort: () => openPort(worker),
    onVitals: (watcher) => void watchers.add(watcher),
  };
}

/** Reloads are asked for one at a time: the daemon waits for each before the next. */
function reloadTls(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = (message: FromWorker): void => {
      if (!('reloaded' in message)) return;
      worker.off('message', hear);
      if (message.reloaded === 'good') resolve();
      else reject(message.reloaded);
    };
    worker.on('message', hear);
    worker.postMessage('reload tls' satisfies ToWorker);
  });
}

function openPort(worker: Worker): OfferedPort {
  const { port1, port2 } = new MessageChannel();
  const shared = { token: randomUUID(), taken: new Int32Array(new SharedArrayBuffer(4)) };
  worker.postMessage({ ...shared, port: port2 } satisfies ToWorker, [port2]);
  return { ...shared, port: port1 };
}

/** Waits until the thread says how it went. */
function firstWords(worker: Worker): Promise<{ adminPort: number; contacts: string[] }> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromWorker) => {
      if ('started' in message) resolve(message.started);
      else if ('failed' in message) reject(new Error(message.failed));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`SIP server thread ended with code ${code} before it had started`));
    });
  });
}
