import { describe, expect, it } from 'vitest';
import { scan, secretNumber, secretText } from '../../src/phones/scan.js';

const number = [secretNumber('the number', '+14155550142')];
const found = (text: string): boolean => scan(Buffer.from(text), number).length > 0;

describe('the scan of what a phone received', () => {
  it.each([
    '+14155550142',
    '0014155550142',
    '4155550142',
    '5550142',
    '(415) 555-0142',
    '415.555.0142',
    '+1 415 555 0142',
    '5 5 5 0 1 4 2',
    'tel:+1-415-555-0142',
    'sip:%2B1%34155550142@x',
    'sip:%34%31%35%35%35%35%30%31%34%32@x',
    Buffer.from('14155550142').toString('hex'),
    `eyJ${Buffer.from('{"tn":"14155550142"}').toString('base64url')}`,
    Buffer.from('x14155550142').toString('base64'),
    '4151550541f2',
    '24105555141',
  ])('finds the number as %s', (text) => {
    expect(found(`Header: before ${text} after`)).toBe(true);
  });

  it.each(['+12025550143', 'nothing', '+14155551142'])('does not find it in %s', (text) => {
    expect(found(text)).toBe(false);
  });

  it('finds text whatever its case, and shows where', () => {
    const [finding] = scan(Buffer.from('a\r\nX-Who: ERIKA M'), [secretText('the name', 'Erika')]);
    expect(finding).toMatchObject({ what: 'the name', spelling: 'Erika' });
    expect(finding?.around).toContain('X-Who: ERIKA');
  });
});
