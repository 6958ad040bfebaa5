import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNeedles, inspectMessage } from '../../../src/domain/identity/leak-guard.js';
import { did } from '../../../src/domain/numbers/did.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import { spellingsOf } from '../../../src/domain/numbers/spellings.js';
import { aBye, anAnswer, anInvite, anSdp, type MessageParts } from './guard-messages.js';
import { number, secretsWith } from './support.js';

const CALLEE = '+12025550111';
const DID = '+12125550123';

/** Real parties of countries with long and short plans, whose tail is not that of the leg's own numbers. */
const others = fc
  .tuple(
    fc.constantFrom(
      '+1415',
      '+4420',
      '+49301',
      '+336',
      '+479',
      '+659',
      '+54911',
      '+91981',
      '+86138',
    ),
    fc.integer({ min: 2_000_000, max: 9_999_999 }),
    fc.integer({ min: 10, max: 999 }),
  )
  .map(([area, line, more]) => `${area}${line}${area.length > 4 ? more : ''}`)
  .filter((text) => RealNumber.parse(text) !== undefined);

const DISGUISES: readonly ((digits: string) => string)[] = [
  (d) => d,
  (d) => `+${d}`,
  (d) => `tel:${d}`,
  (d) => `<sip:${d}@x>`,
  (d) => d.replace(/(\d{3})(?=\d)/g, '$1-'),
  (d) => d.replace(/(\d{2})(?=\d)/g, '$1 '),
  (d) => d.replace(/(\d{3})(?=\d{4})/g, '($1) '),
  (d) => d.replace(/(\d{4})(?=\d)/g, '$1.'),
  (d) => d.replace(/\d/g, '%3$&'),
  (d) => d.replace(/^\d/, '%3$&'),
  (d) => d.replace(/(\d{3})(?=\d)/g, '$1%20'),
  (d) => d.replace(/\d/g, '=3$&'),
  (d) => `"${Buffer.from(`caller ${d}.`).toString('base64')}"`,
  (d) => `"${Buffer.from(`{"tn":"${d}"}`).toString('base64url')}"`,
];

const LETTERS = fc.stringMatching(/^[g-z]{0,8}$/);

function partsOf(random: (limit: number) => number): MessageParts {
  return {
    below: random,
    hex: (bytes) => Array.from({ length: bytes * 2 }, () => random(16).toString(16)).join(''),
    callee: CALLEE,
    did: DID,
    own: `198.51.${random(256)}.${random(256)}`,
    peer: `203.0.${random(256)}.${random(256)}`,
  };
}

/** A small generator of our own (xorshift), because fast-check's would make these runs slow. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const permitted = { parties: [number(CALLEE)], dids: [did(DID)] };

describe('wherever a number of the other party stands', () => {
  const places = fc.constantFrom<(parts: MessageParts, text: string) => string>(
    (parts, text) => anInvite(parts, [`X-Note: ${text}`]),
    (parts, text) => anInvite(parts, [`Subject: about ${text} please`]),
    (parts, text) => anInvite(parts, [`Diversion: ${text};reason=user-busy`]),
    (parts, text) => anInvite(parts, [`Call-Info: <http://x/?n=${text}>`]),
    (parts, text) => anInvite(parts, [`P-Charge-Info: a`, `X: b`, `\t;c=${text}`]),
    (parts, text) => anInvite(parts, [], anSdp(parts, [`i=${text}`])),
    (parts, text) => anInvite(parts, [], anSdp(parts, [`a=X-caller:${text}`])),
    (parts, text) => anInvite(parts, [], `please call ${text}\r\nthank you`),
    (parts, text) => anInvite(parts).replace('SIP/2.0', `;x=${text} SIP/2.0`),
    (parts, text) => anAnswer(parts).replace('200 OK', `404 ${text} not here`),
  );

  it('the guard finds it, in every spelling and disguise', () => {
    fc.assert(
      fc.property(
        others,
        fc.nat(),
        fc.constantFrom(...DISGUISES),
        places,
        LETTERS,
        fc.integer(),
        (other, pick, disguise, place, letters, seed) => {
          const spellings = spellingsOf(other).whole;
          const spelling = spellings[pick % spellings.length] ?? other;
          const needles = compileNeedles(secretsWith({ parties: [number(other)] }, permitted));
          // A short tail is looked for as a word of its own, a long spelling even inside a token.
          const glued = spelling.length >= 11 && disguise === DISGUISES[0] ? letters : '';
          const text = glued + disguise(spelling);
          const message = place(partsOf(randomFrom(seed)), text);
          expect(inspectMessage(needles, message)).toMatchObject({ kind: 'number' });
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('this very assertion fails for a guard that does not know the number', () => {
    const blind = compileNeedles(secretsWith({ parties: [number('+14155550100')] }, permitted));
    const message = anInvite(partsOf(randomFrom(7)), ['X-Note: +442079460123']);
    expect(inspectMessage(blind, message)).toBeUndefined();
  });
});

describe('an ordinary message', () => {
  it('never trips the guard, whatever its random ids, ports and addresses are', () => {
    const random = randomFrom(20_261_122);
    let read = 0;
    for (let round = 0; round < 40; round += 1) {
      // Sixty secret numbers at once: a false hit is sixty times as likely as in a real call.
      const parties = Array.from({ length: 60 }, () =>
        number(`+1${2 + random(8)}${10 + random(90)}${2 + random(8)}${100_000 + random(899_999)}`),
      );
      const needles = compileNeedles(
        secretsWith(
          {
            parties,
            names: [
              'Ann Lee',
              'Max',
              'May',
              'Sun Info',
              'Allow',
              'Contact',
              'User',
              'Timer',
              'Opus',
            ],
            addresses: ['192.0.2.7', 'pbx.corp.example', '2001:db8::7', '0.0.0.0'],
            callIds: ['a84b4c76e66710@pc33.corp.example', '1-2@192.0.2.7'],
            tags: ['1928301774', '1', 'as6f4b1c2d'],
          },
          permitted,
        ),
      );
      for (let i = 0; i < 50; i += 1) {
        const parts = partsOf(random);
        for (const message of [anInvite(parts), aBye(parts), anAnswer(parts)]) {
          expect(inspectMessage(needles, message)).toBeUndefined();
          read += 1;
        }
      }
    }
    expect(read).toBe(6000);
  });
});

describe('wherever a name, an address, a Call-ID or a tag of the other party stands', () => {
  const secrets = secretsWith(
    {
      names: ['Zoë Quist'],
      addresses: ['192.0.2.7', 'phone7.corp.example', '2001:db8::7'],
      callIds: ['a84b4c76e66710@pc33.corp.example'],
      tags: ['1928301774', 'kx6f4b'],
    },
    permitted,
  );
  const needles = compileNeedles(secrets);
  const finds = fc.constantFrom(
    ['name', 'Zoë Quist'],
    ['name', 'ZOË QUIST'],
    ['name', encodeURIComponent('zoë quist')],
    ['name', '"Zoë  Quist"'],
    ['address', '192.0.2.7'],
    ['address', 'ip-192-0-2-7'],
    ['address', 'PHONE7.corp.example'],
    ['address', '2001:DB8::7'],
    ['call-id', 'a84b4c76e66710@pc33.corp.example'],
    ['call-id', 'a84b4c76e66710'],
    ['tag', '1928301774'],
    ['tag', 'kx6f4b'],
  );
  const frames = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => `<sip:x@y;p=${text}>`,
    (text) => `a, "${text}"`,
    (text) => `x=${text};y=1`,
    (text) => `(${text})`,
  );

  it('the guard finds it in a header field', () => {
    fc.assert(
      fc.property(
        finds,
        frames,
        fc.stringMatching(/^X-[A-Z][a-z]{2,9}$/),
        fc.integer(),
        (find, frame, name, seed) => {
          const [kind = '', text = ''] = find;
          const message = anInvite(partsOf(randomFrom(seed)), [`${name}: ${frame(text)}`]);
          expect(inspectMessage(needles, message)).toEqual({
            field: 'header',
            headerName: name,
            kind,
          });
        },
      ),
      { numRuns: 1500 },
    );
  });
});
