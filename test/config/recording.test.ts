import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { complaints, example, TestDir } from './support.js';

/** The example with this `recording` section of its tenant, and this one of the whole. */
function written(recording: object, recordings: object = {}): string {
  const file = example();
  const [tenant, ...others] = file.tenants;
  return stringify({ ...file, recordings, tenants: [{ ...tenant, recording }, ...others] });
}

describe('recording in the configuration', () => {
  it('is off unless a tenant says otherwise, with its files in data_dir', () => {
    const config = new TestDir().loadText(written({}));
    expect(config.tenants[0]?.recording).toMatchObject({ mode: 'off', mustRecord: false });
    const { directory, mediaDirectory } = config.recordings;
    expect([directory, mediaDirectory]).toEqual([
      `${config.dataDir}/recordings`,
      `${config.dataDir}/recordings-in-progress`,
    ]);
  });

  it('takes what a tenant wants', () => {
    const config = new TestDir().loadText(
      written({
        mode: 'always',
        must_record: true,
        max_seconds: 600,
        tags: ['support', 'queue:9'],
        start_code: '*1',
        pause_code: '*2',
      }),
    );
    expect(config.tenants[0]?.recording).toEqual({
      mode: 'always',
      mustRecord: true,
      maxDuration: 600_000,
      tags: ['support', 'queue:9'],
      digits: { start: '*1', pause: '*2', stop: undefined },
    });
    expect(config.warnings.filter(({ path }) => path.includes('recording'))).toEqual([]);
  });

  it.each([
    ['a tag that could be a number', { tags: ['order-4155550142'] }],
    ['a code of one key', { start_code: '*' }],
    ['a code that ends with another', { start_code: '1*2', pause_code: '*2' }],
    ['two codes that are the same', { start_code: '*1', stop_code: '*1' }],
  ])('refuses %s', (_, recording) => {
    expect(complaints(() => new TestDir().loadText(written(recording))).join()).toMatch(
      /recording/,
    );
  });

  it('refuses one directory for plain and sealed files', () => {
    const one = { directory: '/srv/rec', media_directory: '/srv/rec' };
    expect(complaints(() => new TestDir().loadText(written({}, one))).join()).toMatch(
      /recordings.media_directory/,
    );
  });

  it('doubts settings of what is off', () => {
    const config = new TestDir().loadText(written({ must_record: true }));
    expect(config.warnings.map(({ path }) => path.join('.'))).toContain('tenants.0.recording.mode');
  });
});
