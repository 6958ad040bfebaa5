import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDialed, type Dialed } from '../../../src/domain/numbers/dialed.js';
import { unmask } from '../../../src/domain/numbers/real-number.js';

const digitsOf = (dialed: Dialed): string =>
  dialed.kind === 'number' ? unmask(dialed.number) : dialed.kind;

describe('a Request-URI that names a number', () => {
  it.each([
    'sip:+14155550100@sbc.example',
    'SIP:+14155550100@sbc.example:5060;transport=tcp',
    'sips:+14155550100@[2001:db8::1]:5061',
    'sip:4155550100@sbc.example',
    'sip:14155550100@sbc.example;user=phone',
    'sip:01114155550100@sbc.example',
    'sip:+1(415)555-0100@sbc.example',
    'sip:+1.415.555.0100@sbc.example',
    'sip:%2B1%34155550100@sbc.example',
    'sip:+1415%2D555%2d0100@sbc.example',
    'sip:+14155550100;npdi;rn=+12125550000@sbc.example',
    'sip:+14155550100;cpc=ordinary:secret@sbc.example',
    'sip:+14155550100:pass%40word@sbc.example',
    'tel:+1-415-555-0100',
    'tel:+14155550100;ext=12;isub=99',
    'tel:4155550100',
    'tel:5550100;phone-context=+1415',
    'tel:415-555-0100;phone-context=example.com',
  ])('is read: %s', (uri) => expect(digitsOf(readDialed(uri, 'US'))).toBe('+14155550100'));

  it('reads national forms by the country of the peer', () => {
    expect(digitsOf(readDialed('sip:02079460000@sbc.example', 'GB'))).toBe('+442079460000');
    expect(digitsOf(readDialed('sip:00442079460000@sbc.example', 'DE'))).toBe('+442079460000');
  });

  it('reads bare digits as E.164 only where the peer writes them so', () => {
    const uri = 'sip:442079460000@sbc.example';
    expect(digitsOf(readDialed(uri, 'US', 'e164-no-plus'))).toBe('+442079460000');
    expect(readDialed(uri, 'US').kind).toBe('text');
  });

  it('never shows the number by printing', () => {
    expect(JSON.stringify(readDialed('tel:+14155550100', 'US'))).not.toContain('4155550100');
  });
});

describe('a Request-URI that names something else', () => {
  it('is a short code or an extension, whatever plan would allow it as a number', () => {
    expect(readDialed('sip:1007@PBX.example:5060', 'DE')).toEqual({
      kind: 'text',
      user: '1007',
      host: 'pbx.example',
    });
    expect(readDialed('sip:9-1-1@sbc.example', 'US')).toMatchObject({ kind: 'text', user: '911' });
  });

  it.each([
    ['sess_01JD', 'sip:sess_01JD@pbx.example'],
    ['alice smith', 'sip:alice%20smith@pbx.example'],
    ['__proto__', 'sip:__proto__@pbx.example'],
    ["1' OR '1'='1", "sip:1'%20OR%20'1'='1@pbx.example"],
    ['FLUSHALL*?[a]', 'sip:FLUSHALL*%3F%5Ba%5D@pbx.example'],
    ['*67', 'sip:*67@pbx.example'],
  ])('is the text %s', (user, uri) =>
    expect(readDialed(uri, 'US')).toMatchObject({ kind: 'text', user }),
  );

  it.each([
    ['urn:service:sos', 'sos'],
    ['URN:Service:SOS.Ambulance', 'sos.ambulance'],
    ['urn:service:sos.fire;x=y', 'sos.fire'],
    // Ill formed, and none the less a call for help.
    ['urn:service:sos.<evil>', 'sos'],
    ['urn:service:sos.', 'sos'],
  ])('is an emergency service: %s is %s', (uri, service) =>
    expect(readDialed(uri, 'US')).toEqual({ kind: 'emergency-service', service }),
  );

  it.each([
    'http://example.com',
    'mailto:a@b',
    'urn:isbn:1',
    'nothing',
    '',
    ':',
    '::',
    '+14155550100',
  ])('has a scheme that is not ours: "%s"', (uri) =>
    expect(readDialed(uri, 'US').kind).toBe('bad-scheme'),
  );

  it.each([
    'sip:sbc.example',
    'sip:@sbc.example',
    'sip::secret@sbc.example',
    'sip:a@b@c',
    'sip:4155550100%0d%0aX-Evil:%201@sbc.example',
    'sip:a%00b@sbc.example',
    'sip:a%zz@sbc.example',
    'sip:a%ff@sbc.example',
    'sip:%@sbc.example',
    `sip:${'a'.repeat(8000)}@sbc.example`,
    `sip:${'1'.repeat(200)}@sbc.example`,
    'tel:',
    'sip:()@sbc.example',
  ])('is unreadable: %.60s', (uri) => expect(readDialed(uri, 'US').kind).toBe('unreadable'));

  it('does not call sixteen digits or a full-width number a number', () => {
    expect(readDialed('sip:+1415555010012345@sbc.example', 'US').kind).toBe('text');
    expect(readDialed(`sip:${encodeURIComponent('４１５５５５０１００')}@h`, 'US').kind).toBe(
      'text',
    );
  });
});

describe('readDialed', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ maxLength: 200 }).map((text) => `sip:${text}@h`),
    fc.stringMatching(/^(sip|tel|urn|sips):[%@;:+0-9a-f=()-]{0,60}$/),
  );

  it('never throws, and never lets a control character through', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('US', 'DE', 'ZZ', ''), (uri, country) => {
        const dialed = readDialed(uri, country);
        if (dialed.kind === 'text') expect(dialed.user).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: 3000 },
    );
  });

  it('answers hostile lengths at once', () => {
    const started = performance.now();
    for (const unit of ['(', '%', '1', ';', ':', '1-', ';phone-context=+', '@'])
      for (const scheme of ['sip:', 'tel:']) readDialed(scheme + unit.repeat(100_000), 'US');
    for (const unit of ['(', '1', ';', '1-', ';phone-context=+1'])
      for (const scheme of ['sip:', 'tel:']) readDialed(`${scheme}${unit.repeat(100)}@h`, 'US');
    expect(performance.now() - started).toBeLessThan(200);
  });
});
