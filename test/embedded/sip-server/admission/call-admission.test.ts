import { describe, expect, it } from 'vitest';
import { RefusedCalls } from '../../../../src/embedded/sip-server/admission/refused-calls.js';
import { urgencyTest } from '../../../../src/embedded/sip-server/admission/urgency.js';

const to = (uri: string) => ({
  kind: 'request' as const,
  method: 'INVITE',
  uri,
  headers: [],
  body: Buffer.alloc(0),
});

describe('what may be an emergency call', () => {
  const urgent = urgencyTest(['911', '91112', '112', '999', '+1911', '+1 202-555-0199']);

  it.each([
    'urn:service:sos',
    'URN:service:sos.fire',
    'sip:911@192.0.2.1',
    'sip:112;phone-context=+49@192.0.2.1',
    'sip:%39%31%31@192.0.2.1;user=phone',
    'sip:91112@192.0.2.1',
    'sip:+1911@192.0.2.1',
    'tel:999',
    'tel:1-1-2;phone-context=example.com',
    'sip:12025550199@192.0.2.1',
    'sip:2025550199@192.0.2.1',
    'sip:5550199@192.0.2.1',
  ])('%s is let in', (uri) => {
    expect(urgent(to(uri))).toBe(true);
  });

  it.each([
    'sip:+12025551000@192.0.2.1',
    'sip:911911911@192.0.2.1',
    'sip:agent.112@192.0.2.1',
    'sip:1001@192.0.2.1',
    'sip:44@192.0.2.1',
    'sip:1911@192.0.2.1',
    'sip:+49112@192.0.2.1',
    'sip:9113@192.0.2.1',
    'sip:0199@192.0.2.1',
    'sip:192.0.2.1',
    'urn:service:counseling',
  ])('%s has to wait like everybody', (uri) => {
    expect(urgent(to(uri))).toBe(false);
  });
});

describe('refused INVITEs', () => {
  it('are known again for 32 seconds at least, and not for ever', () => {
    const refused = new RefusedCalls(0);
    expect(refused.has('a', 0)).toBe(false);
    refused.add('a', 31_000);
    expect(refused.has('a', 33_000)).toBe(true);
    expect(refused.has('a', 62_999)).toBe(true);
    expect(refused.has('b', 40_000)).toBe(false);
    expect(refused.has('a', 200_000)).toBe(false);
  });

  it('are told apart', () => {
    const refused = new RefusedCalls(0);
    for (let i = 0; i < 50_000; i += 1) refused.add(`z9hG4bK-${i}-0 ${i}@host`, 0);
    const mistaken = Array.from({ length: 50_000 }, (_, i) => `z9hG4bK-${i}-1 ${i}@host`);
    expect(mistaken.filter((key) => refused.has(key, 0))).toEqual([]);
  });
});
