import { Roll } from '../domain/roll.js';

/** Per connection: what drachtio-srf 5.0.29 waits for, by id; as far as every call comes by. */
const PENDING = [
  'pendingRequests',
  'pendingSipRequests',
  'pendingNetworkInvites',
  'pendingAckOrPrack',
] as const;

type Pending = Record<(typeof PENDING)[number], unknown>;

interface AgentClass {
  readonly prototype: { _initServer: (this: unknown, socket: unknown) => Pending };
}

interface Dialogs {
  _dialogs: unknown;
}

/**
 * Replaces the Maps of drachtio-srf in which the entries of every call come and go, for what they
 * leave behind; see Roll, which knows all that the library asks of them.
 * @throws TypeError when this drachtio-srf keeps them elsewhere.
 */
export function keepTablesLeanly(library: NodeJS.Require): void {
  const { prototype } = library('./drachtio-agent') as AgentClass;
  const { _initServer: init } = prototype;
  prototype._initServer = function (socket) {
    const tables = init.call(this, socket);
    for (const name of PENDING) tables[name] = rollFor(tables[name]);
    return tables;
  };
}

/** The same for the dialogs of one Srf that is new. */
export function keepDialogsLeanly(srf: object): void {
  const dialogs = srf as Dialogs;
  dialogs._dialogs = rollFor(dialogs._dialogs);
}

function rollFor(table: unknown): Roll<string, object> {
  if (!(table instanceof Map) || table.size > 0) {
    throw new TypeError('drachtio-srf keeps what is pending elsewhere');
  }
  return new Roll();
}
