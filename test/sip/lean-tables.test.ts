import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Roll } from '../../src/domain/roll.js';
import { newDrachtio } from '../../src/sip/drachtio.js';
import { keepTablesLeanly } from '../../src/sip/lean-tables.js';

const inside = createRequire(createRequire(import.meta.url).resolve('drachtio-srf'));

/** A library whose agent keeps `tables` for each connection. */
const libraryWith = (tables: () => object): NodeJS.Require => {
  const prototype = { _initServer: tables };
  return Object.assign(() => ({ prototype }), {}) as unknown as NodeJS.Require;
};

describe('the tables of drachtio-srf', () => {
  it('are rolls where the entries of every call come and go', () => {
    const srf = newDrachtio() as unknown as { _dialogs: unknown };
    const { prototype } = inside('./drachtio-agent') as {
      prototype: { _initServer: (this: unknown, socket: object) => Record<string, unknown> };
    };
    const agent = { mapServer: new Map<object, object>(), _initServer: prototype._initServer };
    const tables = agent._initServer(new Socket());
    expect(srf._dialogs).toBeInstanceOf(Roll);
    expect(Object.keys(tables).filter((name) => tables[name] instanceof Roll)).toEqual([
      'pendingRequests',
      'pendingSipRequests',
      'pendingNetworkInvites',
      'pendingAckOrPrack',
    ]);
    expect([...agent.mapServer.values()]).toEqual([tables]);
  });

  it('are looked for in vain in a version that keeps them otherwise', () => {
    const library = libraryWith(() => ({ pendingRequests: {} }));
    keepTablesLeanly(library);
    const { prototype } = library('./drachtio-agent') as { prototype: { _initServer(): object } };
    expect(() => prototype._initServer()).toThrow('keeps what is pending elsewhere');
  });
});
