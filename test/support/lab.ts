import type { IncomingCall } from '../../src/phones/incoming-call.js';
import type { OutgoingCall } from '../../src/phones/outgoing-call.js';
import { Phone, type InviteOptions, type PhoneOptions } from '../../src/phones/phone.js';
import { secretNumber, secretText, scan, type Finding } from '../../src/phones/scan.js';
import { sdp } from '../../src/phones/sdp.js';
import { Daemon, type TestConfig } from './daemon.js';

/** Names and numbers of the parties; customers and DIDs differ in every seven-digit tail. */
export const PEOPLE = {
  customer: '+14155550142',
  agent: 'agent.7731',
  aorDomain: 'pbx.example',
  carrierHost: '127.0.1.1',
  pbxHost: '127.0.2.1',
  dids: Array.from({ length: 12 }, (_, i) => `+1202556${String(1000 + i)}`),
} as const;

export interface LabOptions {
  readonly carrier?: object;
  readonly pbx?: object;
  readonly tenant?: object;
  readonly sip?: object;
  readonly media?: object;
  readonly prompts?: object;
  readonly dataDir?: string;
  readonly carrierPhone?: Partial<PhoneOptions>;
  readonly pbxPhone?: Partial<PhoneOptions>;
}

export interface LabSession {
  readonly id: string;
  /** The DID that the customer dials and sees. */
  readonly customerDials: string;
  /** The DID that the agent dials and sees. */
  readonly agentDials: string;
}

/** A daemon between a carrier's phone and a PBX's phone, with one session open. */
export class Lab {
  readonly daemon: Daemon;
  readonly carrier: Phone;
  readonly pbx: Phone;
  session: LabSession = { id: '', customerDials: '', agentDials: '' };

  private constructor(daemon: Daemon, carrier: Phone, pbx: Phone) {
    this.daemon = daemon;
    this.carrier = carrier;
    this.pbx = pbx;
  }

  static async open(options: LabOptions = {}): Promise<Lab> {
    const carrier = await Phone.open({
      user: PEOPLE.customer,
      host: PEOPLE.carrierHost,
      ...options.carrierPhone,
    });
    const pbx = await Phone.open({ user: PEOPLE.agent, host: PEOPLE.pbxHost, ...options.pbxPhone });
    const daemon = await Daemon.start(labConfig(options, carrier, pbx));
    const lab = new Lab(daemon, carrier, pbx);
    lab.session = await lab.openSession();
    return lab;
  }

  async openSession(more: { reference?: string; ttl?: number } = {}): Promise<LabSession> {
    const { id, proxyNumbers } = await this.daemon.api.openSession({
      participants: [
        { number: PEOPLE.customer },
        { sip: `sip:${PEOPLE.agent}@${PEOPLE.aorDomain}` },
      ],
      ttl: 600,
      ...more,
    });
    return { id, customerDials: proxyNumbers[0], agentDials: proxyNumbers[1] };
  }

  /** The customer calls `dialed`; default: the session's proxy number. */
  customerCalls(
    more: Partial<InviteOptions> = {},
    dialed = this.session.customerDials,
  ): OutgoingCall {
    return this.carrier.call({
      uri: `sip:${dialed}@${this.#sip}`,
      peer: this.daemon.sip,
      from: `<sip:${PEOPLE.customer}@carrier.example>`,
      body: sdp({ address: '198.51.100.14' }),
      ...more,
    });
  }

  /** The agent dials `dialed`; default: its proxy number. */
  agentCalls(more: Partial<InviteOptions> = {}, dialed = this.session.agentDials): OutgoingCall {
    return this.pbx.call({
      uri: `sip:${dialed}@${this.#sip}`,
      peer: this.daemon.sip,
      from: `<sip:${PEOPLE.agent}@${PEOPLE.aorDomain}>`,
      body: sdp({ address: '203.0.113.77' }),
      ...more,
    });
  }

  /** A call of the customer that the agent has answered. */
  async talking(): Promise<{ caller: OutgoingCall; callee: IncomingCall }> {
    const caller = this.customerCalls();
    const callee = await this.pbx.nextCall();
    callee.ring();
    callee.answer();
    await caller.answered();
    await callee.acked();
    return { caller, callee };
  }

  get #sip(): string {
    return `${this.daemon.sip.host}:${this.daemon.sip.port}`;
  }

  /** What each phone received of the other side since the marks; empty when nothing crossed. */
  leaks(sinceCarrier = 0, sincePbx = 0): Finding[] {
    const ofAgent = [
      secretText('the agent’s extension', PEOPLE.agent),
      secretText('the agent’s domain', PEOPLE.aorDomain),
      secretText('the PBX’s address', PEOPLE.pbxHost),
    ];
    const ofCustomer = [
      secretNumber('the customer’s number', PEOPLE.customer),
      secretText('the carrier’s address', PEOPLE.carrierHost),
    ];
    return [
      ...scan(this.carrier.trace.receivedBytes(sinceCarrier), ofAgent),
      ...scan(this.pbx.trace.receivedBytes(sincePbx), ofCustomer),
    ];
  }

  async close(): Promise<void> {
    await this.daemon.stop();
    await this.carrier.close();
    await this.pbx.close();
  }
}

function labConfig(options: LabOptions, carrier: Phone, pbx: Phone): TestConfig {
  const target = (phone: Phone, transport?: string): string =>
    `sip:${phone.hostPort}${transport === 'tcp' ? ';transport=tcp' : ''}`;
  return {
    ...(options.sip === undefined ? {} : { sip: options.sip }),
    ...(options.media === undefined ? {} : { media: options.media }),
    ...(options.prompts === undefined ? {} : { prompts: options.prompts }),
    ...(options.dataDir === undefined ? {} : { data_dir: options.dataDir }),
    tenants: [
      {
        id: 'acme',
        dids: PEOPLE.dids,
        carrier_trunk: 'carrier',
        pbx_trunk: 'pbx',
        ...options.tenant,
      },
    ],
    trunks: [
      {
        name: 'carrier',
        role: 'carrier',
        sources: [PEOPLE.carrierHost],
        targets: [target(carrier, options.carrierPhone?.protocol)],
        media: 'direct',
        ...options.carrier,
      },
      {
        name: 'pbx',
        role: 'pbx',
        tenant: 'acme',
        sources: [PEOPLE.pbxHost],
        targets: [target(pbx, options.pbxPhone?.protocol)],
        aor_domain: PEOPLE.aorDomain,
        media: 'direct',
        ...options.pbx,
      },
    ],
  };
}
