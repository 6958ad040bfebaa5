import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig, readConfig } from '../../src/config/load.js';
import { example, TestDir } from './support.js';

const dir = new TestDir();
dir.write('pass', 'cArrier-s3cret\n');

function effective(environment: Record<string, string> = {}) {
  const file = example();
  file.trunks[0]!['no_answer_seconds'] = 45;
  file.trunks[0]!['outbound_credentials'] = { username: 'u', password_file: 'pass' };
  file.tenants[0]!['country'] = 'DE';
  return readConfig(dir.write('callveil.yaml', stringify(file)), environment);
}

describe('the configuration as check-config prints it', () => {
  it('speaks the words and units of the file, defaults filled in', () => {
    expect(effective().effective).toMatchObject({
      data_dir: expect.stringMatching(/^\//) as string,
      drain_seconds: 60,
      http: { token_file: expect.stringMatching(/\/api-tokens$/) as string },
      vault: { key_file: expect.stringMatching(/\/vault\.key$/) as string },
      sip: { listen: ['udp:127.0.0.1:5060'], max_calls: expect.any(Number) as number },
      tenants: [{ default_ttl_seconds: { session: 3600 } }],
      trunks: [
        { name: 'carrier', no_answer_seconds: 45 },
        { name: 'pbx', country: 'DE' },
      ],
    });
  });

  it('shows what the environment has overridden', () => {
    const overrides = { CALLVEIL_DATA_DIR: '/srv/callveil', CALLVEIL_LOG_LEVEL: 'debug' };
    expect(effective(overrides).effective).toMatchObject({
      data_dir: '/srv/callveil',
      log: { level: 'debug' },
    });
  });

  it('names where secrets are, and holds none', () => {
    const { config, effective: printed } = effective();
    expect(JSON.stringify(config), 'the configuration itself does').toContain('s3cret');
    expect(JSON.stringify(printed)).not.toContain('s3cret');
    expect(JSON.stringify(printed)).toContain(join(dir.path, 'pass'));
  });

  it('is a file that means the same', () => {
    const { config, effective: printed } = effective();
    const data = printed as { http: object; vault: object };
    // These two are made at the first start; a file that names them wants them to be there.
    const again = stringify({ ...data, http: {}, vault: {} });
    const file = dir.write('again.yaml', again);
    expect({ ...loadConfig(file, {}), file: config.file, warnings: [] }).toEqual({
      ...config,
      warnings: [],
    });
  });
});
