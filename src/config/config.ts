import type { Trunk } from '../domain/identity/trunk.js';
import type { Tenant } from '../domain/sessions/tenant.js';
import type { Millis } from '../domain/time.js';
import type { ConfigIssue } from './issues.js';
import type { SipAdmission, SipLimits, SipOverload } from './schema-sip-limits.js';

export interface ListenAddress {
  readonly protocol: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  /** Without brackets, also for IPv6. */
  readonly address: string;
  readonly port: number;
}

/** Certificates for TLS and WSS; the files have been read once and fit together. */
export interface TlsConfig {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string | undefined;
  readonly clientCertificates: 'none' | 'request' | 'require';
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly wildcardNames: boolean;
}

interface DrachtioServer {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface SipConfig {
  readonly engine: 'embedded' | 'drachtio';
  readonly listen: readonly ListenAddress[];
  readonly externalAddress: string | undefined;
  readonly tls: TlsConfig | undefined;
  /** Origins whose pages may open a WebSocket; undefined: any. */
  readonly allowedOrigins: readonly string[] | undefined;
  /** `address` or `address:port`; none: the system's. */
  readonly dnsServers: readonly string[];
  /** How requests too large for a datagram go to targets of datagrams. */
  readonly largeRequests: 'tcp' | 'udp';
  /** Set exactly when `engine` is `drachtio`. */
  readonly drachtio: DrachtioServer | undefined;
  readonly maxCalls: number;
  readonly minSessionExpires: Millis;
  /** These three as the file has them: they are the embedded engine's alone. */
  readonly admission: SipAdmission;
  readonly overload: SipOverload;
  readonly limits: SipLimits;
}

/** Where the operator's own prompts are, and under which path media servers see all of them. */
export interface PromptsConfig {
  readonly dir: string | undefined;
  /** Undefined: at the same path as we do. */
  readonly servedFrom: string | undefined;
}

/** A FreeSWITCH as it is reached. */
export interface FreeSwitchConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
  readonly profile: string;
  /** Of ours, for the connections of its channels; 0: any. */
  readonly channelPort: number;
}

export interface MediaConfig {
  readonly engine: 'embedded' | 'freeswitch' | 'none';
  readonly threads: number;
  readonly rtp: {
    readonly address: string;
    /** Undefined: what SIP tells of this host. */
    readonly advertisedAddress: string | undefined;
    readonly lowestPort: number;
    readonly highestPort: number;
  };
  /** 0: for ever. */
  readonly deadMedia: Millis;
  readonly maxEndpoints: number;
  readonly channels: { readonly address: string; readonly advertisedAddress: string | undefined };
  readonly conferenceProfile: string;
  /** None unless `engine` is `freeswitch`. */
  readonly freeswitch: readonly FreeSwitchConfig[];
}

/** A secret file that is made on the first start, unless the operator named it: then it must be there. */
export interface OwnFile {
  readonly path: string;
  readonly createIfMissing: boolean;
}

/** Where the files of recordings lie: sealed ones, and plain ones while their calls last. */
export interface RecordingsConfig {
  readonly directory: string;
  readonly mediaDirectory: string;
}

/** The configuration as the house uses it: checked, with secrets read and every path absolute. */
export interface Config {
  /** The file it came from. */
  readonly file: string;
  readonly node: string;
  readonly dataDir: string;
  readonly sip: SipConfig;
  readonly http: { readonly host: string; readonly port: number; readonly tokenFile: OwnFile };
  readonly vault: { readonly keyFile: OwnFile };
  readonly recordings: RecordingsConfig;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** How long calls may go on after SIGTERM. */
  readonly drainLimit: Millis;
  readonly prompts: PromptsConfig;
  readonly media: MediaConfig;
  readonly tenants: readonly Tenant[];
  readonly trunks: readonly Trunk[];
  /** What is allowed but probably not meant; for the log and for check-config. */
  readonly warnings: readonly ConfigIssue[];
}
