import { parentPort, workerData } from 'node:worker_threads';
import { Faults } from './admission/faults.js';
import { VitalsReporter } from './admission/vitals.js';
import type { SipServer, SipServerOptions } from './options.js';
import { startSipServer } from './server.js';
import { realTiming } from './transaction/timing.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** The thread that index.ts starts: one server, told to stop by message. */
const port = parentPort;
if (port === null) throw new Error('worker.ts runs in a worker thread only');

// A fault in one call, wherever it shows, must not end all others.
const faults = new Faults(realTiming);
process.on('uncaughtException', faults.bug);

const tell = (message: FromWorker): void => port.postMessage(message);

try {
  const server = await startSipServer(workerData as SipServerOptions, faults);
  const reporter = new VitalsReporter(
    () => server.vitals(),
    (vitals) => tell({ vitals }),
  );
  reporter.start();
  port.on('message', (wish: ToWorker) => {
    // Here exit ends the thread only; without it the timers of calls that are over would keep it
    // for half a minute.
    if (wish === 'close') void server.close().then(() => process.exit(0));
    else if (wish === 'reload tls') void reload(server);
    else if (wish === 'noted') reporter.noted();
    else server.offer(wish);
  });
  tell({ started: { adminPort: server.adminPort, contacts: [...server.contacts] } });
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) });
  port.close();
}

async function reload(server: SipServer): Promise<void> {
  try {
    await server.reloadTls();
    tell({ reloaded: 'good' });
  } catch (error) {
    tell({ reloaded: error instanceof Error ? error : new Error(String(error)) });
  }
}
