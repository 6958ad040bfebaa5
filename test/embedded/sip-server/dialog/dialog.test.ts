import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../../src/embedded/sip-server/dns/server-locator.js';
import { dialogHop } from '../../../../src/embedded/sip-server/core/dialog-hop.js';
import { Dialog, type DialogSeed } from '../../../../src/embedded/sip-server/dialog/dialog.js';
import { DialogTable } from '../../../../src/embedded/sip-server/dialog/dialog-table.js';
import { inDialogRequest } from '../../../../src/embedded/sip-server/message/in-dialog-request.js';
import { parseMessage } from '../../../../src/embedded/sip-server/message/parse.js';
import type {
  Hop,
  SipRequest,
  SipResponse,
} from '../../../../src/embedded/sip-server/message/sip-message.js';
import type { App } from '../../../../src/embedded/sip-server/wire/app.js';
import { FakeTiming } from '../fake-timing.js';

const app: App = { connected: true, deliver: () => undefined, reply: () => undefined };
const source: Hop = { protocol: 'udp', address: '203.0.113.5', port: 5062 };

function message(start: string, extra: readonly string[] = [], tags = ['theirs', '']): Buffer {
  const [from = '', to = ''] = tags;
  return Buffer.from(
    [
      start,
      'Via: SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1',
      `From: "A" <sip:a@a>;tag=${from}`,
      `To: <sip:b@b>${to === '' ? '' : `;tag=${to}`}`,
      'Call-ID: c1',
      `CSeq: 10 ${start.startsWith('SIP') ? 'INVITE' : (start.split(' ')[0] ?? '')}`,
      ...extra,
      '',
      '',
    ].join('\r\n'),
  );
}

const request = (method: string, extra?: readonly string[], tags?: string[]): SipRequest =>
  parseMessage(message(`${method} sip:b@b SIP/2.0`, extra, tags)) as SipRequest;
const response = (status: number, extra: readonly string[], tag: string): SipResponse =>
  parseMessage(message(`SIP/2.0 ${status} X`, extra, ['ours', tag])) as SipResponse;

const contact = 'Contact: <sip:a@203.0.113.5:5062>';
const recorded = 'Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>';

function seed(role: 'uas' | 'uac', more: Partial<DialogSeed> = {}): DialogSeed {
  const base = { opener: 'INVITE' as const, app, callId: 'c1', localSequence: 100, source };
  const own = { contact: '<sip:me@10.0.0.1>', localTag: 'ours' };
  return role === 'uas'
    ? {
        ...base,
        ...own,
        role,
        fromTag: 'theirs',
        localAddress: '<sip:b@b>;tag=ours',
        remoteAddress: '"A" <sip:a@a>;tag=theirs',
        ...more,
      }
    : {
        ...base,
        ...own,
        role,
        fromTag: 'ours',
        localAddress: '<sip:a@a>;tag=ours',
        remoteAddress: '<sip:b@b>',
        ...more,
      };
}

function callee(extra: readonly string[] = [contact]): Dialog {
  const dialog = new Dialog(seed('uas'), new FakeTiming());
  dialog.learnFromRequest(request('INVITE', extra));
  dialog.state = 'confirmed';
  return dialog;
}

const caller = (more: Partial<DialogSeed> = {}): Dialog =>
  new Dialog(seed('uac', more), new FakeTiming());

function build(dialog: Dialog, method = 'BYE'): SipRequest {
  const sequence = dialog.nextSequence();
  return inDialogRequest(dialog, {
    method,
    sequence,
    via: 'V',
    headers: [],
    body: Buffer.alloc(0),
  });
}

const values = (built: SipRequest, name: string): string[] =>
  built.headers.filter((field) => field.name === name).map((field) => field.value);

describe('a dialog', () => {
  it('is called by Call-ID and the tag of whoever sent the INVITE, on both sides', () => {
    expect(callee().id).toBe('c1;from-tag=theirs');
    expect(caller().id).toBe('c1;from-tag=ours');
  });

  it('builds requests with the addresses turned round and a rising CSeq', () => {
    const dialog = callee();
    const bye = build(dialog);
    expect(bye.uri).toBe('sip:a@203.0.113.5:5062');
    expect(values(bye, 'From')).toEqual(['<sip:b@b>;tag=ours']);
    expect(values(bye, 'To')).toEqual(['"A" <sip:a@a>;tag=theirs']);
    expect(values(bye, 'CSeq')).toEqual(['101 BYE']);
    expect(values(build(dialog, 'INFO'), 'CSeq')).toEqual(['102 INFO']);
    expect(dialog.nextSequence(500)).toBe(500);
    expect(dialog.nextSequence()).toBe(501);
  });

  it('takes the route in order as callee and reversed as caller', () => {
    const asCallee = callee([contact, recorded]);
    expect(values(build(asCallee), 'Route')).toEqual([
      '<sip:p1.example;lr>',
      '<sip:p2.example;lr>',
    ]);
    const asCaller = caller();
    asCaller.learnFromResponse(response(200, [contact, recorded], 'theirs'), source);
    expect(values(build(asCaller), 'Route')).toEqual([
      '<sip:p2.example;lr>',
      '<sip:p1.example;lr>',
    ]);
  });

  it('gives a strict router the request URI it wants', () => {
    const dialog = callee([contact, 'Record-Route: <sip:old.example>, <sip:p2.example;lr>']);
    const bye = build(dialog);
    expect(bye.uri).toBe('sip:old.example');
    expect(values(bye, 'Route')).toEqual(['<sip:p2.example;lr>', '<sip:a@203.0.113.5:5062>']);
  });

  it('follows a new Contact and ignores an unreadable one', () => {
    const dialog = callee();
    dialog.refreshTarget(request('UPDATE', ['Contact: <sip:new@203.0.113.5>']));
    expect(dialog.remoteTarget).toBe('sip:new@203.0.113.5');
    dialog.refreshTarget(request('UPDATE'));
    expect(dialog.remoteTarget).toBe('sip:new@203.0.113.5');
  });

  it('refuses a CSeq that goes back and takes one that skips', () => {
    const dialog = callee();
    expect(dialog.acceptSequence(9)).toBe(false);
    expect(dialog.acceptSequence(11)).toBe(true);
    expect(dialog.acceptSequence(20)).toBe(true);
    expect(dialog.acceptSequence(19)).toBe(false);
  });

  it('knows every early callee of a fork, and only the answering one afterwards', () => {
    const dialog = caller();
    expect(dialog.knows('anyone')).toBe(true);
    dialog.learnFromResponse(response(180, [], 't1'), source);
    dialog.learnFromResponse(response(180, [], 't2'), source);
    expect([dialog.knows('t1'), dialog.knows('t2'), dialog.knows('t3')]).toEqual([
      true,
      true,
      false,
    ]);
    dialog.learnFromResponse(response(200, [contact], 't1'), source);
    dialog.state = 'confirmed';
    expect([dialog.knows('t1'), dialog.knows('t2')]).toEqual([true, false]);
  });

  it('has a sibling for another answer, with the same identity on our side', () => {
    const dialog = caller();
    dialog.learnFromResponse(response(200, [contact], 't1'), source);
    const other = dialog.sibling(response(200, [contact], 't2'), source, new FakeTiming());
    expect(values(build(other), 'To')).toEqual(['<sip:b@b>;tag=t2']);
    expect(values(build(other), 'From')).toEqual(['<sip:a@a>;tag=ours']);
  });
});

describe('the dialog table', () => {
  it('finds a dialog by both tags and nothing less', () => {
    const table = new DialogTable();
    const asCallee = callee();
    table.add(asCallee);
    expect(table.of(request('BYE', [], ['theirs', 'ours']))).toBe(asCallee);
    expect(table.of(request('BYE', [], ['theirs', 'wrong']))).toBeUndefined();
    expect(table.of(request('BYE', [], ['wrong', 'ours']))).toBeUndefined();
    table.remove(asCallee);
    expect(table.of(request('BYE', [], ['theirs', 'ours']))).toBeUndefined();
    expect(asCallee.state).toBe('ended');
  });

  it('finds a dialog of ours when the callee asks', () => {
    const table = new DialogTable();
    const asCaller = caller();
    asCaller.learnFromResponse(response(200, [contact], 'theirs'), source);
    asCaller.state = 'confirmed';
    table.add(asCaller);
    expect(table.of(request('BYE', [], ['theirs', 'ours']))).toBe(asCaller);
    expect(table.of(request('BYE', [], ['other', 'ours']))).toBeUndefined();
  });

  it('tells where the party of a dialog is, wherever it moves, and that it has gone, once', () => {
    const told: string[] = [];
    const table = new DialogTable({
      came: (host) => told.push(`+${host}`),
      went: (host) => told.push(`-${host}`),
    });
    const dialog = caller();
    dialog.remoteTarget = 'sip:b@sbc.example';
    table.add(dialog);
    dialog.learnFromResponse(response(200, [contact], 'theirs'), source);
    dialog.refreshTarget(request('UPDATE', ['Contact: <sip:a@203.0.113.5:5080>']));
    dialog.refreshTarget(request('UPDATE', ['Contact: <sip:a@[2001:db8::1]>']));
    table.remove(dialog);
    table.remove(dialog);
    dialog.refreshTarget(request('UPDATE', [contact]));
    expect(told.join(' ')).toBe(
      '+sbc.example +203.0.113.5 -sbc.example +2001:db8::1 -203.0.113.5 -2001:db8::1',
    );
  });
});

/** Without the port that is left to the transport's own. */
function defined(destination: Destination): Destination {
  return JSON.parse(JSON.stringify(destination)) as Destination;
}

describe('the next hop of a dialog', () => {
  const hopOf = (dialog: Dialog): Destination => dialogHop(dialog, () => true);

  it('is the Contact when it names the host the packets come from', () => {
    expect(hopOf(callee(['Contact: <sip:a@203.0.113.5:7000>']))).toMatchObject({ port: 7000 });
  });

  it('is where the packets come from when the Contact names someone else', () => {
    for (const elsewhere of ['192.168.1.2', '198.51.100.9', 'victim.example']) {
      expect(hopOf(callee([`Contact: <sip:a@${elsewhere}>`]))).toEqual(source);
    }
  });

  it('is the recorded route, unless that is private and the peer is not', () => {
    const route = (host: string) => callee([contact, `Record-Route: <sip:${host};lr>`]);
    expect(hopOf(route('198.51.100.7:5070'))).toMatchObject({ address: '198.51.100.7' });
    expect(hopOf(route('10.0.0.7'))).toEqual(source);
  });

  it('stays with the hop that the application chose', () => {
    const stickyHop: Hop = { protocol: 'udp', address: '198.51.100.20', port: 5060 };
    const dialog = caller({ stickyHop });
    dialog.learnFromResponse(response(200, [contact], 't'), source);
    expect(hopOf(dialog)).toEqual(stickyHop);
  });

  it('over TCP is the connection that is open', () => {
    const stream: Hop = { ...source, protocol: 'tcp', port: 40_001 };
    const dialog = new Dialog({ ...seed('uas'), source: stream }, new FakeTiming());
    dialog.learnFromRequest(request('INVITE', ['Contact: <sip:a@203.0.113.5;transport=tcp>']));
    expect(hopOf(dialog)).toEqual(stream);
  });

  it.each([
    ['203.0.113.5', '203.0.113.5', { protocol: 'tcp', address: '203.0.113.5', port: 5060 }],
    // Behind a NAT only the stream leads to the peer, and a name would have to be asked for.
    ['203.0.113.5', '192.168.1.2', { protocol: 'tcp', address: '203.0.113.5', port: 40_001 }],
    ['10.0.0.1', '192.168.1.2', { protocol: 'tcp', address: '192.168.1.2', port: 5060 }],
    ['203.0.113.5', 'pbx.example', { protocol: 'tcp', address: '203.0.113.5', port: 40_001 }],
  ])('from %s over TCP that has closed, with %s as Contact', (from, contactHost, expected) => {
    const stream: Hop = { protocol: 'tcp', address: from, port: 40_001 };
    const dialog = new Dialog({ ...seed('uas'), source: stream }, new FakeTiming());
    dialog.learnFromRequest(request('INVITE', [`Contact: <sip:a@${contactHost};transport=tcp>`]));
    expect({ port: 5060, ...defined(dialogHop(dialog, () => false)) }).toMatchObject(expected);
  });
});
