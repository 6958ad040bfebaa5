import { consentChecks } from './consent-checks.js';
import { ivrChecks } from './ivr-policy.js';
import { recordingChecks } from './recording-policy.js';
import type { ConfigIssue } from './issues.js';
import type { ConfigFile } from './schema.js';
import { mediaChecks } from './media-checks.js';
import { sipChecks } from './sip-checks.js';
import { parseSource } from '../domain/source-address.js';

type Check = (file: ConfigFile) => ConfigIssue[];

/** What no single field can tell: each check reads the whole file and answers what does not fit. */
export function crossCheck(file: ConfigFile): ConfigIssue[] {
  return CHECKS.flatMap((check) => check(file));
}

const issue = (path: ConfigIssue['path'], message: string): ConfigIssue => ({ path, message });

const uniqueNames: Check = (file) => [
  ...repeated(file.tenants.map((tenant) => tenant.id)).map(({ at, first }) =>
    issue(['tenants', at, 'id'], `is already the id of tenants[${first}]`),
  ),
  ...repeated(file.trunks.map((trunk) => trunk.name)).map(({ at, first }) =>
    issue(['trunks', at, 'name'], `is already the name of trunks[${first}]`),
  ),
];

const uniqueDids: Check = (file) => {
  const owners = new Map<string, string>();
  return file.tenants.flatMap((tenant, t) =>
    tenant.dids.flatMap((did, d) => {
      const owner = owners.get(did);
      owners.set(did, owner ?? tenant.id);
      if (owner === undefined) return [];
      return [issue(['tenants', t, 'dids', d], `is already a DID of tenant ${owner}`)];
    }),
  );
};

const pbxTenants: Check = (file) =>
  file.trunks.flatMap((trunk, at) => {
    if (trunk.tenant === undefined) {
      return trunk.role === 'pbx'
        ? [issue(['trunks', at, 'tenant'], 'is required for role pbx')]
        : [];
    }
    if (file.tenants.some((tenant) => tenant.id === trunk.tenant)) return [];
    return [issue(['trunks', at, 'tenant'], `names no tenant; tenants: ${ids(file)}`)];
  });

const tenantTrunks: Check = (file) =>
  file.tenants.flatMap((tenant, at) => {
    const carrier = trunkIssue(file, tenant.carrier_trunk, 'carrier');
    const pbx = trunkIssue(file, tenant.pbx_trunk, 'pbx');
    const owner = file.trunks.find((trunk) => trunk.name === tenant.pbx_trunk)?.tenant;
    const foreign =
      owner !== undefined && owner !== tenant.id ? `is the PBX of tenant ${owner}` : undefined;
    return [
      ...(carrier === undefined ? [] : [issue(['tenants', at, 'carrier_trunk'], carrier)]),
      ...(pbx === undefined ? [] : [issue(['tenants', at, 'pbx_trunk'], pbx)]),
      ...(foreign === undefined ? [] : [issue(['tenants', at, 'pbx_trunk'], foreign)]),
    ];
  });

const businessNumbers: Check = (file) =>
  file.tenants.flatMap((tenant, at) => {
    const own = tenant.business_number;
    if (own === undefined) {
      return tenant.raw_dialing === 'allow'
        ? [issue(['tenants', at, 'business_number'], 'is required by raw_dialing allow')]
        : [];
    }
    return tenant.dids.includes(own)
      ? []
      : [issue(['tenants', at, 'business_number'], 'is not one of the DIDs of this tenant')];
  });

const emergencyRoutes: Check = (file) =>
  file.tenants.flatMap((tenant, at) => {
    const { action, trunk } = tenant.emergency;
    const path = ['tenants', at, 'emergency', 'trunk'];
    if (trunk === undefined) {
      return action === 'route' ? [issue(path, 'is required by action route')] : [];
    }
    const problem = trunkIssue(file, trunk, 'carrier');
    return problem === undefined ? [] : [issue(path, problem)];
  });

const sources: Check = (file) =>
  file.trunks.flatMap((trunk, at) =>
    trunk.sources.flatMap((source, s) => {
      const parsed = parseSource(source);
      return 'problem' in parsed ? [issue(['trunks', at, 'sources', s], parsed.problem)] : [];
    }),
  );

/**
 * Two trunks may share a source (one SBC, two customers) only if something else names the peer:
 * the port it arrives on, or who it says it is. Otherwise a call would get the wrong trunk's tenant.
 */
const ambiguousSources: Check = (file) => {
  const claims = file.trunks.flatMap((trunk, at) =>
    trunk.sources.flatMap((source, s) => {
      const parsed = parseSource(source);
      if ('problem' in parsed) return [];
      return [{ at, s, trunk, key: `${parsed.key} on ${trunk.listen_port ?? 'any'}` }];
    }),
  );
  return claims.flatMap((claim, i) => {
    const rival = claims.slice(0, i).find((other) => other.key === claim.key);
    if (rival === undefined) return [];
    const path = ['trunks', claim.at, 'sources', claim.s];
    if (rival.at === claim.at) return [issue(path, 'is given twice')];
    const mine = claim.trunk.inbound_credentials?.username;
    const theirs = rival.trunk.inbound_credentials?.username;
    if (mine !== undefined && theirs !== undefined && mine !== theirs) return [];
    return [
      issue(
        path,
        `is also a source of trunk ${rival.trunk.name}: give each its own listen_port or inbound_credentials`,
      ),
    ];
  });
};

const CHECKS: readonly Check[] = [
  uniqueNames,
  uniqueDids,
  pbxTenants,
  tenantTrunks,
  businessNumbers,
  emergencyRoutes,
  sources,
  ambiguousSources,
  mediaChecks,
  ...sipChecks,
  consentChecks,
  recordingChecks,
  ivrChecks,
];

function trunkIssue(file: ConfigFile, name: string, role: 'carrier' | 'pbx'): string | undefined {
  const trunk = file.trunks.find((candidate) => candidate.name === name);
  if (trunk === undefined) {
    return `names no trunk; trunks: ${file.trunks.map((known) => known.name).join(', ')}`;
  }
  return trunk.role === role ? undefined : `is a trunk of role ${trunk.role}, not ${role}`;
}

const ids = (file: ConfigFile): string => file.tenants.map((tenant) => tenant.id).join(', ');

/** Every text that stands earlier in the list already. */
function repeated(texts: readonly string[]): { at: number; first: number }[] {
  return texts.flatMap((text, at) => {
    const first = texts.indexOf(text);
    return first < at ? [{ at, first }] : [];
  });
}
