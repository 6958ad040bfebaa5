import { afterEach, describe, expect, it } from 'vitest';
import { Phone } from '../../src/phones/phone.js';
import { onRealDrachtio } from '../support/engine.js';
import { Lab } from '../support/lab.js';

const STRANGER = '127.0.9.9';

describe.skipIf(onRealDrachtio)('who is kept out (a drachtio-server counts nobody)', () => {
  let lab: Lab;
  const phones: Phone[] = [];

  afterEach(async () => {
    for (const phone of phones.splice(0)) await phone.close();
    await lab.close();
  });

  async function ask(host: string, times: number, lines: string[] = []): Promise<Phone> {
    const phone = await Phone.open({ user: 'x', host });
    phones.push(phone);
    const { sip } = lab.daemon;
    const uri = `sip:callveil@${sip.host}:${sip.port}`;
    for (let i = 0; i < times; i += 1) phone.request('OPTIONS', { uri, peer: sip, lines });
    return phone;
  }

  /** Waits until /metrics shows that so many were dropped, and no other. */
  async function dropped(counts: Record<string, number>): Promise<void> {
    const shown = async (): Promise<Record<string, number>> => {
      const page = await lab.daemon.api.text('/metrics');
      const rows = page.matchAll(/^callveil_sip_engine_dropped_total\{reason="(\w+)"\} (\d+)$/gm);
      return Object.fromEntries(Array.from(rows, ([, reason, n]) => [String(reason), Number(n)]));
    };
    const messages = { stranger: 0, rate: 0, scanner: 0, noise: 0 };
    const none = { ...messages, full: 0, handshake: 0, origin: 0, silent: 0 };
    await expect.poll(shown, { timeout: 8_000 }).toEqual({ ...none, ...counts });
  }

  async function said(reason: string, source: string): Promise<void> {
    const texts = ['A source is kept out', reason, source].map((text) => `"${text}"`);
    const isLine = (line: string): boolean => texts.every((text) => line.includes(text));
    await expect.poll(() => lab.daemon.lines.some(isLine)).toBe(true);
  }

  it('is counted by reason at /metrics, and named in the log: a stranger', async () => {
    lab = await Lab.open();
    const stranger = await ask(STRANGER, 7);
    await dropped({ stranger: 7 });
    await said('stranger', STRANGER);
    expect(stranger.trace.received()).toEqual([]);
  });

  it('a scanner where strangers are answered, and what is no SIP', async () => {
    lab = await Lab.open({ sip: { admission: { strangers: 'answer' } } });
    const scanner = await ask(STRANGER, 3, ['User-Agent: friendly-scanner']);
    await dropped({ scanner: 3 });
    await said('scanner', STRANGER);
    for (let i = 0; i < 2; i += 1) scanner.send(Buffer.from('noise\r\n\r\n'), lab.daemon.sip);
    await dropped({ scanner: 3, noise: 2 });
    expect(scanner.trace.received()).toEqual([]);
  });

  it('a source that asks more often than it may', async () => {
    const admission = { strangers: 'answer', stranger_per_second: 1 };
    lab = await Lab.open({ sip: { admission } });
    const stranger = await ask(STRANGER, 100);
    await expect
      .poll(() => lab.daemon.metric('callveil_sip_engine_dropped_total'), { timeout: 8_000 })
      .toBeGreaterThan(0);
    await expect.poll(() => stranger.trace.received().length).toBeGreaterThan(0);
    await dropped({ rate: 100 - stranger.trace.received().length });
    await said('rate', STRANGER);
  });
});
