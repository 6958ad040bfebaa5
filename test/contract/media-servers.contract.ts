import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventSocketAddress } from '../support/media-side.js';
import { MediaLegs, sleep } from '../support/media-legs.js';
import { describeEndpoints } from './media-endpoints.contract.js';
import { describeJoined } from './media-joined.contract.js';

/** What every media server keeps to, whoever stands behind its event socket. */
export function describeMediaServers(
  name: string,
  start: () => Promise<EventSocketAddress & { stop(): Promise<void> }>,
): void {
  describe(`MediaServers over ${name}`, () => {
    const legs = new MediaLegs();
    let server: Awaited<ReturnType<typeof start>>;

    beforeAll(async () => {
      server = await start();
      await legs.open(server);
    });

    afterAll(async () => {
      await legs.close();
      await server.stop();
    });

    afterEach(() => legs.hangUp());

    describeEndpoints(legs);
    describeJoined(legs);

    it('opens as many endpoints as are asked for, each with ports of its own', async () => {
      // The server's own bound on sessions a second counts those of before.
      await sleep(1100);
      const opened = await Promise.all(Array.from({ length: 60 }, () => legs.caller()));
      const ports = opened.map(({ endpoint }) => /m=audio (\d+)/.exec(endpoint.localSdp)?.[1]);
      expect(new Set(ports).size).toBe(60);
    });
  });
}
