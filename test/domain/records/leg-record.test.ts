import { describe, expect, it } from 'vitest';
import { billableSeconds, shownCallId } from '../../../src/domain/records/leg-record.js';
import { SipAddress } from '../../../src/domain/numbers/party-address.js';
import { RealNumber } from '../../../src/domain/numbers/real-number.js';
import { instant } from '../../../src/domain/time.js';

describe('a Call-ID as records keep it', () => {
  it.each([
    ['+14155550123@10.0.0.5', '[masked]@10.0.0.5'],
    ['4155550123-17@pbx', '[masked]-17@pbx'],
    ['call.004415155501230', 'call.[masked]'],
  ])('loses the number that a phone made it of: %s', (callId, shown) => {
    expect(shownCallId(callId, [])).toBe(shown);
  });

  it.each(['a84b4c76e66710@pc33.example', '91ca9102181e82a9e5c81c60bb26cb59', '1-12775@127.0.0.1'])(
    'stays as it is otherwise: %s',
    (callId) => {
      expect(shownCallId(callId, [caller])).toBe(callId);
    },
  );
});

const caller = RealNumber.parse('+14155550123')!;

describe('a Call-ID that spells its caller', () => {
  it.each([
    '415-555-0123@x',
    'a4155550123b',
    'call.415.555.0123',
    'cid_14155550123_7',
    '5550123~1',
  ])('is kept as nothing: %s', (callId) => {
    expect(shownCallId(callId, [caller])).not.toContain('0123');
  });

  it('is kept as nothing when it is a SIP address', () => {
    const agent = SipAddress.parse('agent.7731@pbx.example')!;
    expect(shownCallId('77-agent.7731@pbx.example', [agent])).toBe('[masked]');
  });
});

describe('billable seconds', () => {
  it('counts a started second in full', () => {
    expect(billableSeconds({ answeredAt: instant(1000), endedAt: instant(3001) })).toBe(3);
  });

  it('is nothing for a leg that was never answered', () => {
    expect(billableSeconds({ answeredAt: undefined, endedAt: instant(3001) })).toBe(0);
  });
});
