import { describe, expect, it } from 'vitest';
import { parseSource } from '../../src/domain/source-address.js';

describe('parseSource', () => {
  const key = (text: string) => {
    const source = parseSource(text);
    return 'key' in source ? source.key : source.problem;
  };

  it.each([
    ['203.0.113.5', '203.0.113.5/32'],
    ['2001:db8::1', '[2001:DB8:0:0::0001]'],
    ['2001:db8::/32', '[2001:db8::/32]'],
    ['::ffff:192.0.2.1', '[::ffff:c000:201/128]'],
  ])('reads %s and %s as one block', (a, b) => {
    expect(key(a)).toMatch(/^[01]+\//);
    expect(key(a)).toBe(key(b));
  });

  it('keeps a port, another length and the other address family apart', () => {
    const keys = ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.0.0.0/9', '10.0.0.0/8:5060'].map(key);
    expect(new Set(keys).size).toBe(5);
  });

  it.each([
    'carrier.example',
    '203.0.113.300',
    '203.0.113.0/33',
    '203.0.113.5/24',
    '203.0.113.5:70000',
    '203.0.113.5:0',
    '2001:db8::/129',
    '2001:db8:::1',
    '10.0.0.0/8/8',
    '[::1',
    '',
  ])('refuses %j', (text) => {
    expect(parseSource(text)).toHaveProperty('problem');
  });
});
