import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/phones/free-port.js';
import { ownVersion } from '../measure/machine.js';
import { startBareApp } from './bare-app.js';
import { plainCallers, type Place, type System, type SystemKind } from './system.js';

const ENGINE = join(import.meta.dirname, '../../dist/embedded/sip-server/index.js');

/** Callveil's SIP engine without Callveil: what any drachtio app would get. */
export const engine: SystemKind = {
  name: 'engine',
  about: 'Callveil’s embedded engine in its worker, under the bare createB2BUA app; no masking',
  version: ownVersion,
  missing: () => (existsSync(ENGINE) ? undefined : 'dist/ is missing: npm run build'),
  start: startEngine,
};

async function startEngine(place: Place): Promise<System> {
  const sip = { host: '127.0.0.1', port: await freePort() };
  const app = await startBareApp(place, ['embed', sip.host, String(sip.port)]);
  return {
    sip,
    callers: plainCallers(),
    parts: [{ name: 'engine+app', pid: app.pid }],
    stop: () => app.stop(),
  };
}
