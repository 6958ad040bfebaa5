import type { Trunk } from '../domain/identity/trunk.js';
import type { Tenant } from '../domain/sessions/tenant.js';
import type { Directory } from '../flows/house.js';

/** Who owns what, looked up as often as calls come in: built once from the configuration. */
export function directoryOf(tenants: readonly Tenant[], trunks: readonly Trunk[]): Directory {
  const tenantById = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  const trunkByName = new Map(trunks.map((trunk) => [trunk.name, trunk]));
  const tenantByDid = new Map(
    tenants.flatMap((tenant) => tenant.dids.map((did) => [did, tenant] as const)),
  );
  return {
    tenant: (id) => tenantById.get(id),
    tenantOfDid: (did) => tenantByDid.get(did),
    trunk: (name) => trunkByName.get(name),
  };
}
