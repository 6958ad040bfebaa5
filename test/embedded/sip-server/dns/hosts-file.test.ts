import { mkdir, mkdtemp, rm, rmdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostsFile } from '../../../../src/embedded/sip-server/dns/hosts-file.js';

const then = new Date('2026-01-01T00:00:00Z');

describe('the hosts file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hosts-'));
    path = join(folder, 'hosts');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(): Promise<void> {
    await writeFile(path, '192.0.2.7 pbx.test\n');
    await utimes(path, then, then);
  }

  /** A directory in its place can be seen, but not read. */
  async function makeUnreadable(): Promise<void> {
    await rm(path, { force: true });
    await mkdir(path);
    await utimes(path, then, then);
  }

  it('that could not be read once is read again, changed or not', async () => {
    await makeUnreadable();
    const hosts = new HostsFile(path);
    expect(hosts.addresses('pbx.test', 0)).toEqual([]);
    await rmdir(path);
    await write();
    expect(hosts.addresses('pbx.test', 5_000)).toEqual(['192.0.2.7']);
  });

  it('that cannot be read for a moment still says what it said, until it is gone', async () => {
    await write();
    const hosts = new HostsFile(path);
    hosts.addresses('pbx.test', 0);
    await makeUnreadable();
    await utimes(path, then, new Date());
    expect(hosts.addresses('pbx.test', 5_000)).toEqual(['192.0.2.7']);
    await rmdir(path);
    expect(hosts.addresses('pbx.test', 10_000)).toEqual([]);
    await write();
    expect(hosts.addresses('pbx.test', 15_000)).toEqual(['192.0.2.7']);
  });
});
