import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { metricRows } from '../../src/telemetry/metric-catalogue.js';
import { complaints } from '../config/support.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const tableWords = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, word = '']) => word).sort();

describe('docs/dependencies.md', () => {
  it('has a reason for every dependency and names no other', () => {
    const manifest = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const [runtime = '', development = ''] =
      read('docs/dependencies.md').split('## For development');
    expect(tableWords(runtime)).toEqual(Object.keys(manifest.dependencies).sort());
    expect(tableWords(development)).toEqual(Object.keys(manifest.devDependencies).sort());
  });
});

describe('the documents for operators', () => {
  it('name only metrics that exist', () => {
    const known = new Set(metricRows().map(({ name }) => name));
    for (const path of ['docs/operations.md', 'docs/failure-modes.md', 'docs/metrics.md']) {
      for (const [name] of read(path).matchAll(/callveil_[a-z_]+[a-z]/g)) {
        expect(known, `${path} names ${name}`).toContain(name.replace(/_(sum|count)$/, ''));
      }
    }
  });
});

describe('docker', () => {
  interface Compose {
    readonly services: Record<string, { image: string; stop_grace_period?: string }>;
  }
  const compose = parse(read('docker/compose.yaml')) as Compose;

  it('pins every image by a tag that does not move by itself', () => {
    const images = Object.values(compose.services).map(({ image }) => image);
    const bases = [...read('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, image = '']) => image);
    for (const image of [...images, ...bases]) expect(image).toMatch(/^[\w/-]+:v?\d+\.\d+/);
  });

  it('waits longer for the daemon to stop than the daemon drains', () => {
    const drain = (parse(read('docker/config/callveil.yaml')) as { drain_seconds: number })
      .drain_seconds;
    expect(parseInt(compose.services.callveil?.stop_grace_period ?? '')).toBeGreaterThan(drain);
    const unit = read('docker/systemd/callveil.service');
    expect(Number(/TimeoutStopSec=(\d+)/.exec(unit)?.[1])).toBeGreaterThan(drain);
  });

  it('has a configuration in which only the mounted secret is missing here', () => {
    expect(complaints(() => loadConfig('docker/config/callveil.yaml', {}))).toEqual([
      expect.stringMatching(/^sip\.drachtio\.secret_file: names a file that does not exist/),
    ]);
  });
});

describe('docs/logging.md', () => {
  it('names every key that the mask treats on its own', () => {
    const source = read('src/telemetry/mask.ts');
    const sets = [...source.matchAll(/_KEYS: ReadonlySet<string> = new Set\(\[([^\]]+)\]/g)];
    const keys = sets.flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)]);
    expect(keys.length).toBeGreaterThan(5);
    for (const [, key = ''] of keys) expect(read('docs/logging.md')).toContain(`\`${key}\``);
  });
});
