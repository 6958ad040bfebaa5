import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSipEngine } from '../../src/boot/sip-engine.js';
import type { SipServerOptions } from '../../src/embedded/sip-server/options.js';
import { TestDir } from '../config/support.js';

const launched: SipServerOptions[] = [];

vi.mock('../../src/embedded/sip-server/index.js', () => ({
  launchSipServer: (options: SipServerOptions) => {
    launched.push(options);
    return Promise.resolve({ adminPort: 1 });
  },
}));
afterEach(() => void launched.splice(0));

describe('the configuration of the embedded engine', () => {
  it('says which name servers are asked, and how large requests go', async () => {
    const config = new TestDir().load((file) => {
      file.sip['dns'] = { servers: ['10.0.0.2', '[2001:db8::53]:5353'] };
      file.sip['large_requests'] = 'udp';
    });
    await startSipEngine(config);
    expect(launched).toMatchObject([
      { dnsServers: ['10.0.0.2', '[2001:db8::53]:5353'], largeRequests: 'udp' },
    ]);
  });

  it('takes a wide block of a trunk with a password for guests, and no other for any', async () => {
    const dir = new TestDir();
    dir.write('pass', 'secret-of-the-trunk');
    const config = dir.load((file) => {
      const trunk = file.trunks[0]!;
      trunk['sources'] = ['0.0.0.0/0', '203.0.113.0/24', '2001:db8::/32'];
      trunk['inbound_credentials'] = { username: 'a', password_file: 'pass' };
    });
    expect(config.warnings.map(({ path }) => path.join('.'))).toEqual([
      'trunks.0.sources.0',
      'trunks.0.sources.2',
    ]);
    await startSipEngine(config);
    const admission = launched[0]?.admission;
    expect(admission?.guests).toEqual(['0.0.0.0/0', '2001:db8::/32']);
    expect(admission?.peers).toContain('203.0.113.0/24');
    expect(admission?.peers).not.toContain('0.0.0.0/0');
  });

  it('names the emergency numbers of all countries it knows of, and those that a tenant adds', async () => {
    const config = new TestDir().load((file) => {
      file.tenants[0]!['emergency'] = { action: 'refuse', numbers: ['5550199'] };
      file.trunks[0]!['country'] = 'FR';
    });
    await startSipEngine(config);
    const numbers = launched[0]?.emergencyNumbers;
    expect(numbers).toEqual(expect.arrayContaining(['911', '112', '15', '5550199']));
    expect(numbers).not.toContain('1001');
  });

  it('leaves both to the engine when it says nothing', async () => {
    await startSipEngine(new TestDir().load());
    expect(launched).toMatchObject([{ dnsServers: [], largeRequests: 'tcp' }]);
  });
});
