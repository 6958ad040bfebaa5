import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../support/lab.js';

const disk = mkdtempSync(join(tmpdir(), 'callveil-disk-'));

/** Only who may mount can have a small disk. */
function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    rmdirSync(disk);
    process.stderr.write(
      'disk-full.test.ts is skipped: no small disk can be mounted here. What a full store says is in sqlite-faults.test.ts.\n',
    );
    return false;
  }
}

describe.skipIf(!mounted())('a disk that is full while calls run', () => {
  const filler = join(disk, 'filler');
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({ dataDir: disk });
  });

  afterAll(async () => {
    await lab.close();
    execFileSync('umount', [disk]);
    rmdirSync(disk);
  });

  const fill = (): void => {
    const page = Buffer.alloc(4_096);
    for (let pages = 0; pages < 2_000; pages += 1) {
      try {
        appendFileSync(filler, page);
      } catch {
        return;
      }
    }
    throw new Error('the disk cannot be filled');
  };
  const storeIsUp = async (): Promise<boolean> => {
    const page = await lab.daemon.api.text('/metrics');
    return page.includes('callveil_dependency_up{dependency="store"} 1');
  };
  const endings = async (): Promise<unknown[]> => {
    const page = await lab.daemon.api.request('GET', '/v1/calls?limit=100');
    return (page as { data: { reason: unknown }[] }).data.map(({ reason }) => reason);
  };

  it('takes no new call and ends none, and all records are there once there is room', async () => {
    expect(await storeIsUp()).toBe(true);
    const { caller, callee } = await lab.talking();
    fill();
    await expect.poll(storeIsUp, { timeout: 10_000 }).toBe(false);

    const refused = await lab.customerCalls().invitation.final();
    expect(refused.status).toBe(503);
    const bye = caller.request('BYE');
    await callee.expect('BYE');
    expect((await bye.final()).status).toBe(200);

    rmSync(filler);
    await expect.poll(storeIsUp, { timeout: 10_000 }).toBe(true);
    await expect.poll(endings, { timeout: 10_000 }).toContain('caller-hung-up');
    const next = await lab.talking();
    const end = next.caller.request('BYE');
    await next.callee.expect('BYE');
    expect((await end.final()).status).toBe(200);
    await expect
      .poll(async () => (await endings()).filter((reason) => reason === 'caller-hung-up'))
      .toHaveLength(2);
  });
});
