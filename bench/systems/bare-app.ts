import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostPort } from '../../src/phones/address.js';
import { Child } from '../measure/child.js';
import type { Place } from './system.js';

const APP = join(import.meta.dirname, '../apps/bare-b2bua.js');

/** The app that both SIP engines are compared under; resolves once its engine has let it in. */
export async function startBareApp(place: Place, how: readonly string[]): Promise<Child> {
  const child = new Child({
    name: 'bare-app',
    command: process.execPath,
    args: [APP, hostPort(place.pbx), ...how],
    directory: place.directory,
  });
  try {
    await child.until(() => readFileSync(child.stdoutFile, 'latin1').includes('ready'));
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}
