import { join } from 'node:path';
import { did } from '../domain/numbers/did.js';
import type { DigestCredentials, Trunk } from '../domain/identity/trunk.js';
import type { TenantId } from '../domain/sessions/session.js';
import type { EmergencyPolicy, Tenant } from '../domain/sessions/tenant.js';
import { seconds, type Millis } from '../domain/time.js';
import { checkCertificateFiles } from './certificate-files.js';
import type { Config, PromptsConfig, SipConfig, TlsConfig } from './config.js';
import { consentPolicy } from './consent-policy.js';
import { ivrPolicy } from './ivr-policy.js';
import { recordingPlaces, recordingPolicy } from './recording-policy.js';
import { parseListen } from './listen-address.js';
import type { ConfigPath } from './issues.js';
import { checkPromptDirectory } from './prompt-directory.js';
import { mediaConfig } from './media-config.js';
import type { ConfigFile } from './schema.js';
import type { NamedFiles } from './secrets.js';

type FileTrunk = ConfigFile['trunks'][number];
type FileTenant = ConfigFile['tenants'][number];

/** How long a session of kind `session` lives when neither the API call nor the file says. */
const SESSION_TTL = seconds(3600);

/** Turns a checked file into domain types; what is wrong with the files it names stays in `files`. */
export function resolveConfig(
  file: ConfigFile,
  files: NamedFiles,
  place: { readonly file: string; readonly dataDir: string },
): Omit<Config, 'warnings'> {
  return {
    file: place.file,
    node: file.node,
    dataDir: place.dataDir,
    sip: sip(file, files),
    http: {
      host: file.http.host,
      port: file.http.port,
      tokenFile: files.own(file.http.token_file, join(place.dataDir, 'api-tokens'), [
        'http',
        'token_file',
      ]),
    },
    vault: {
      keyFile: files.own(file.vault.key_file, join(place.dataDir, 'vault.key'), [
        'vault',
        'key_file',
      ]),
    },
    recordings: recordingPlaces(file, files, place.dataDir),
    log: { level: file.log.level },
    drainLimit: seconds(file.drain_seconds),
    prompts: prompts(file, files),
    media: mediaConfig(file, files),
    tenants: file.tenants.map(tenant),
    trunks: file.trunks.map((entry, at) => trunk(entry, ['trunks', at], file, files)),
  };
}

function sip({ sip: section }: ConfigFile, files: NamedFiles): SipConfig {
  const server = section.engine === 'drachtio' ? section.drachtio : undefined;
  return {
    engine: section.engine,
    listen: section.listen.flatMap((text) => parseListen(text) ?? []),
    externalAddress: section.external_address,
    tls: section.engine === 'embedded' ? tls(section.tls, files) : undefined,
    allowedOrigins: section.websocket.allowed_origins,
    dnsServers: section.dns.servers,
    largeRequests: section.large_requests,
    drachtio: server && {
      host: server.host,
      port: server.port,
      secret: files.secret(server.secret_file, ['sip', 'drachtio', 'secret_file']),
    },
    maxCalls: section.max_calls,
    minSessionExpires: seconds(section.min_session_expires_seconds),
    admission: section.admission,
    overload: section.overload,
    limits: section.limits,
  };
}

function tls(section: ConfigFile['sip']['tls'], files: NamedFiles): TlsConfig | undefined {
  if (section === undefined) return undefined;
  const resolved: TlsConfig = {
    certificateFile: files.absolute(section.certificate_file),
    keyFile: files.absolute(section.key_file),
    caFile: section.ca_file === undefined ? undefined : files.absolute(section.ca_file),
    clientCertificates: section.client_certificates,
    minVersion: String(section.min_version) === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    wildcardNames: section.wildcard_names,
  };
  const { issues, doubts } = checkCertificateFiles(resolved);
  files.issues.push(...issues);
  files.doubts.push(...doubts);
  return resolved;
}

function prompts({ prompts: section }: ConfigFile, files: NamedFiles): PromptsConfig {
  const dir = section.dir === undefined ? undefined : files.absolute(section.dir);
  if (dir !== undefined) {
    const { issues, doubts } = checkPromptDirectory(dir);
    files.issues.push(...issues);
    files.doubts.push(...doubts);
  }
  return { dir, servedFrom: section.served_from };
}

function tenant(entry: FileTenant): Tenant {
  const ttl = entry.default_ttl_seconds;
  return {
    id: entry.id as TenantId,
    country: entry.country,
    dids: entry.dids.map(did),
    businessNumber: entry.business_number === undefined ? undefined : did(entry.business_number),
    rawDialing: entry.raw_dialing,
    emergency: emergency(entry.emergency),
    emergencyNumbers: entry.emergency.numbers,
    carrierTrunk: entry.carrier_trunk,
    pbxTrunk: entry.pbx_trunk,
    defaultTtl: {
      session: optionalSeconds(ttl.session) ?? SESSION_TTL,
      case: optionalSeconds(ttl.case),
      customer: optionalSeconds(ttl.customer),
      agent: optionalSeconds(ttl.agent),
      static: optionalSeconds(ttl.static),
    },
    consent: consentPolicy(entry.consent, entry.country),
    recording: recordingPolicy(entry.recording),
    ivr: ivrPolicy(entry.ivr),
  };
}

function emergency({ action, trunk: name }: FileTenant['emergency']): EmergencyPolicy {
  return action === 'route' && name !== undefined ? { action, trunk: name } : { action: 'refuse' };
}

function trunk(entry: FileTrunk, path: ConfigPath, file: ConfigFile, files: NamedFiles): Trunk {
  const owner = file.tenants.find((candidate) => candidate.id === entry.tenant);
  const credentials = (
    key: 'inbound_credentials' | 'outbound_credentials',
  ): DigestCredentials | undefined => {
    const given = entry[key];
    return (
      given && {
        username: given.username,
        password: files.secret(given.password_file, [...path, key, 'password_file']),
      }
    );
  };
  return {
    name: entry.name,
    role: entry.role,
    tenant: entry.tenant as TenantId | undefined,
    sources: entry.sources,
    listenPort: entry.listen_port,
    inboundCredentials: credentials('inbound_credentials'),
    outboundCredentials: credentials('outbound_credentials'),
    targets: entry.targets,
    identity: {
      headers: entry.identity.headers,
      numberFormat: entry.identity.number_format,
      privacy: entry.identity.privacy === 'none' ? undefined : entry.identity.privacy,
      domain: entry.identity.domain,
      displayName: entry.identity.display_name,
    },
    callerIdFrom: entry.caller_id_from,
    aorDomain: entry.aor_domain,
    country: entry.country ?? owner?.country ?? 'US',
    media: entry.media,
    noAnswerAfter: seconds(entry.no_answer_seconds),
    progressWithin: seconds(entry.progress_seconds),
    sessionExpires: optionalSeconds(entry.session_expires_seconds),
  };
}

const optionalSeconds = (n: number | undefined): Millis | undefined =>
  n === undefined ? undefined : seconds(n);
