import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Config } from '../../src/config/config.js';
import { ConfigError, issueText } from '../../src/config/issues.js';
import { loadConfig } from '../../src/config/load.js';

/** A configuration that is right; tests change what they are about. */
export const example = () => ({
  sip: { listen: ['udp:127.0.0.1:5060'] } as Record<string, unknown>,
  http: {} as Record<string, unknown>,
  vault: {} as Record<string, unknown>,
  tenants: [
    {
      id: 'acme',
      dids: ['+14155550100', '+14155550101'],
      carrier_trunk: 'carrier',
      pbx_trunk: 'pbx',
    } as Record<string, unknown>,
  ],
  trunks: [
    {
      name: 'carrier',
      role: 'carrier',
      sources: ['203.0.113.0/24'],
      targets: ['sip:203.0.113.5'],
      media: 'direct',
    } as Record<string, unknown>,
    {
      name: 'pbx',
      role: 'pbx',
      tenant: 'acme',
      sources: ['198.51.100.7'],
      targets: ['sip:198.51.100.7'],
      media: 'direct',
    } as Record<string, unknown>,
  ],
});

type Example = ReturnType<typeof example>;

export class TestDir {
  readonly path = mkdtempSync(join(tmpdir(), 'callveil-config-'));

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  /** Loads YAML text as this directory's configuration file. */
  loadText(text: string, environment: Record<string, string> = {}): Config {
    return loadConfig(this.write('callveil.yaml', text), environment);
  }

  /** Loads the example after a change. */
  load(change: (file: Example) => void = () => undefined): Config {
    const file = example();
    change(file);
    return this.loadText(stringify(file));
  }
}

/** The lines a person would read; empty when nothing is wrong. */
export function complaints(load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(issueText);
    throw error;
  }
}

/** The lines without their line numbers. */
export const said = (load: () => unknown): string[] =>
  complaints(load).map((line) => line.replace(/ \(line \d+\)$/, ''));
