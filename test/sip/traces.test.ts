import { describe, expect, it } from 'vitest';
import { tracesOf, type Traces } from '../../src/sip/traces.js';
import { audio } from '../support/fake-sip-call.js';
import { invite, messageOf } from '../support/sip-side.js';

const plain = ({ names, addresses, callIds, tags }: Traces) => ({
  names: [...names],
  addresses: [...addresses],
  callIds: [...callIds],
  tags: [...tags],
});

describe('what a party gives away of itself', () => {
  it('in a request: name, tag, Call-ID and every host it speaks of', () => {
    const raw = invite({
      body: audio('10.0.0.9'),
      lines: [
        'Via: SIP/2.0/UDP proxy.carrier.example:5060;branch=z9hG4bK1, SIP / 2.0 / TCP [2001:db8::9];branch=z',
        'Contact: "Desk 7" <sip:c@10.0.0.8:5070>',
        'P-Asserted-Identity: "Carla C." <sip:+14155550142@ims.example>, <tel:+14155550142>',
        'Remote-Party-ID: "C. Customer" <sip:x@rpid.example>',
      ],
    });
    expect(plain(tracesOf(messageOf(raw), 'from', '203.0.113.5'))).toEqual({
      names: ['Carla Customer', 'Desk 7', 'Carla C.', 'C. Customer'],
      addresses: [
        '203.0.113.5',
        'carrier.example',
        '10.0.0.8',
        'ims.example',
        'rpid.example',
        '10.0.0.9',
        'proxy.carrier.example',
        '2001:db8::9',
      ],
      callIds: ['call-of-carrier@203.0.113.5'],
      tags: ['carriertag'],
    });
  });

  it('in a response: nothing of From, To or Via, which are ours, but the tag', () => {
    const raw = [
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
      'From: "Brand" <sip:+14155550002@192.0.2.1>;tag=ours',
      'To: "Who" <sip:agent.7731@pbx.example>;tag=theirs',
      'Call-ID: ours-too',
      'CSeq: 1 INVITE',
      'm: "Ann Agent" <sip:agent.7731@198.51.100.7:5060;transport=tcp>',
      '',
      audio('198.51.100.77'),
    ].join('\r\n');
    expect(plain(tracesOf(messageOf(raw), 'to', '198.51.100.7'))).toEqual({
      names: ['Ann Agent'],
      addresses: ['198.51.100.7', '198.51.100.77'],
      callIds: ['ours-too'],
      tags: ['theirs'],
    });
  });

  it('is nothing where nothing can be read', () => {
    const raw = 'BYE sip:x@y SIP/2.0\r\nFrom: garbage\r\nContact: *\r\nVia: noise\r\n\r\n';
    expect(plain(tracesOf(messageOf(raw), 'from', ''))).toEqual({
      names: [],
      addresses: [''],
      callIds: [],
      tags: [],
    });
  });
});
