import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { configPath } from '../../src/config/environment.js';
import { complaints, said, TestDir } from './support.js';

const dir = new TestDir();

describe('loadConfig', () => {
  it('turns the committed example into domain types without a warning', () => {
    const config = loadConfig('config/callveil.example.yaml', {});
    expect(config.warnings).toEqual([]);
    expect(config.sip.listen).toContainEqual({ protocol: 'udp', address: '127.0.0.1', port: 5060 });
    expect(config.tenants[0]).toMatchObject({ id: 'acme', businessNumber: '+14155550102' });
    expect(config.trunks.map((trunk) => [trunk.name, trunk.role])).toEqual([
      ['carrier', 'carrier'],
      ['pbx', 'pbx'],
    ]);
  });

  it('gives durations in milliseconds and fills in every default', () => {
    const config = dir.load();
    expect(config.drainLimit).toBe(60_000);
    expect(config.trunks[0]).toMatchObject({ noAnswerAfter: 60_000, sessionExpires: undefined });
    expect(config.tenants[0]?.defaultTtl).toEqual({
      session: 3_600_000,
      case: undefined,
      customer: undefined,
      agent: undefined,
      static: undefined,
    });
  });

  it('gives a PBX trunk the country of its tenant', () => {
    const config = dir.load((file) => {
      file.tenants[0]!.country = 'DE';
    });
    expect(config.trunks.map((trunk) => trunk.country)).toEqual(['US', 'DE']);
  });

  it('reads relative names from the directory of the file', () => {
    expect(dir.load().dataDir).toBe(join(dir.path, 'data'));
    expect(dir.load().vault.keyFile).toEqual({
      path: join(dir.path, 'data', 'vault.key'),
      createIfMissing: true,
    });
  });

  it('names an unknown key by path and line, with the key that was probably meant', () => {
    const text = ['trunks:', '  - name: pbx', '    soruces: []', 'tenants: []'].join('\n');
    expect(complaints(() => dir.loadText(text))).toContain(
      'trunks[0].soruces: is not a known key; did you mean "sources"? (line 3)',
    );
  });

  it('lists the known keys when an unknown key is near none', () => {
    const lines = said(() => dir.load((file) => (file.sip.banana = 1)));
    expect(lines).toEqual([expect.stringMatching(/^sip\.banana: .*known here: engine, listen/)]);
  });

  it('tells every error at once, in the order of the file', () => {
    const text = 'sip:\n  engine: kamailio\ndrain_seconds: 0\ntenants: []\ntrunks: none\n';
    expect(complaints(() => dir.loadText(text))).toEqual([
      'sip.engine: must be one of embedded, drachtio (line 2)',
      'drain_seconds: must be at least 1 (line 3)',
      'tenants: must have at least 1 entry (line 4)',
      'trunks: must be a list (line 5)',
    ]);
  });

  it('says what to do about a number that YAML has swallowed', () => {
    const lines = said(() => dir.load((file) => (file.tenants[0]!.dids = [14155550100])));
    expect(lines).toEqual([
      'tenants[0].dids[0]: must be text: put it in quotes, or YAML reads it as a number',
    ]);
  });

  it('tells a missing key by the line of its section', () => {
    const text = 'tenants:\n  - id: acme\n    dids: ["+14155550100"]\ntrunks: []\n';
    expect(complaints(() => dir.loadText(text))).toContain(
      'tenants[0].carrier_trunk: is required (line 2)',
    );
  });

  it('tells a syntax error by its line and does not quote the line', () => {
    const lines = complaints(() => dir.loadText('node: a\nsecret: "open\n'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^config: is not valid YAML: .*\(line \d\)$/);
    expect(lines[0]).not.toContain('open');
  });

  it('tells of an alias without its anchor, without a stack', () => {
    expect(complaints(() => dir.loadText('node: *nowhere\n'))).toEqual([
      'config: is not valid YAML: an alias cannot be resolved',
    ]);
  });

  it('says that a file is missing, without a stack', () => {
    const lines = complaints(() => loadConfig(join(dir.path, 'absent.yaml'), {}));
    expect(lines).toEqual([`config: ${join(dir.path, 'absent.yaml')} does not exist`]);
  });

  it('takes an empty file as a file in which everything is missing', () => {
    expect(said(() => dir.loadText(''))).toEqual(['tenants: is required', 'trunks: is required']);
  });
});

describe('the environment', () => {
  const yaml = () => dir.load().file;

  it('overrides the data directory and the log level', () => {
    const config = loadConfig(yaml(), {
      CALLVEIL_DATA_DIR: '/srv/callveil',
      CALLVEIL_LOG_LEVEL: 'debug',
    });
    expect(config.dataDir).toBe('/srv/callveil');
    expect(config.vault.keyFile.path).toBe('/srv/callveil/vault.key');
    expect(config.log.level).toBe('debug');
  });

  it('is refused when the log level is none', () => {
    expect(said(() => loadConfig(yaml(), { CALLVEIL_LOG_LEVEL: 'loud' }))).toEqual([
      'CALLVEIL_LOG_LEVEL: must be one of debug, info, warn, error',
    ]);
  });

  it('names the file, unless the command line does; empty means unset', () => {
    expect(configPath('a.yaml', { CALLVEIL_CONFIG: 'b.yaml' })).toBe('a.yaml');
    expect(configPath(undefined, { CALLVEIL_CONFIG: 'b.yaml' })).toBe('b.yaml');
    expect(configPath(undefined, { CALLVEIL_CONFIG: '' })).toBe('callveil.yaml');
  });
});
