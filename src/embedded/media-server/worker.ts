import { parentPort, workerData } from 'node:worker_threads';
import type { MediaServerOptions } from './options.js';
import { takePrecedence } from './precedence.js';
import { startMediaServer } from './server.js';
import type { FromWorker } from './worker-messages.js';

/** The thread that index.ts starts: one server, told to stop by message. */
const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

// A fault in one call, wherever it shows, must not end all others.
process.on('uncaughtException', (error) => process.emitWarning(error));

takePrecedence();

const tell = (message: FromWorker): void => port.postMessage(message);

try {
  const server = await startMediaServer(workerData as MediaServerOptions);
  port.once('message', () => {
    // Here exit ends the thread only; timers of calls that are over would keep it for long.
    void server.close().then(() => process.exit(0));
  });
  const { eslPort, sipPort } = server;
  tell({ started: { eslPort, sipPort } });
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
  port.close();
}
