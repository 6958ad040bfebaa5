import { Worker } from 'node:worker_threads';
import type { MediaServerOptions, MediaServerPorts } from './options.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

export type { MediaServerLimits, MediaServerOptions } from './options.js';

/** A media server in a thread of its own, where nothing else delays a packet. */
export interface LaunchedMediaServer extends MediaServerPorts {
  /** Ends every call and waits until the thread has ended. */
  close(): Promise<void>;
  /** The thread has ended without being asked to; its calls are lost. */
  onExit(listener: (why: Error) => void): void;
}

/**
 * Starts a server that drachtio-fsmrf takes for a FreeSWITCH; several can run at once. Rejects with
 * the reason if a port is taken or an address is not ours.
 */
export async function launchMediaServer(options: MediaServerOptions): Promise<LaunchedMediaServer> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options });
  const listeners = new Set<(why: Error) => void>();
  let closing = false;
  let failure: Error | undefined;
  worker.on('error', (error: Error) => {
    failure = error;
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      resolve();
      if (closing) return;
      const why = failure ?? new Error(`media server thread ended with code ${String(code)}`);
      for (const listener of listeners) listener(why);
    });
  });
  const ports = await firstWords(worker).catch(async (error: unknown) => {
    // What it has opened already would keep the thread, and so the process, alive.
    await worker.terminate();
    throw error;
  });
  return {
    ...ports,
    close: async () => {
      closing = true;
      worker.postMessage('close' satisfies ToWorker);
      await exited;
    },
    onExit: (listener) => void listeners.add(listener),
  };
}

/** Waits until the thread says how it went. */
function firstWords(worker: Worker): Promise<MediaServerPorts> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: FromWorker) => {
      if ('started' in message) resolve(message.started);
      else reject(new Error(message.failed));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(
        new Error(`media server thread ended with code ${String(code)} before it had started`),
      );
    });
  });
}
