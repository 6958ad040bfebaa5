import { OutboundConnections } from './outbound-connections.js';
import {
  defaultRequestHandlerLimits,
  type RequestHandler,
  type RequestHandlerLimits,
} from './request-handler-options.js';
import type { RequestHandlers } from './request-handlers.js';

/** What a server with request handlers has beside its applications. */
export interface RequestHandling {
  readonly handlers: Pick<RequestHandlers, 'covers' | 'full' | 'ask'>;
  readonly connections: Pick<OutboundConnections, 'dial'>;
  /** A fault of ours while an instruction was followed. */
  failed(error: unknown): void;
  close(): Promise<void>;
}

/** Without handlers there is nothing of it. Throws when one of them cannot be asked. */
export async function requestHandlingFor(
  options: {
    readonly requestHandlers?: readonly RequestHandler[];
    readonly requestHandlerLimits?: Partial<RequestHandlerLimits>;
  },
  welcome: ConstructorParameters<typeof OutboundConnections>[1],
  failed: (error: unknown) => void,
): Promise<RequestHandling | undefined> {
  const { requestHandlers = [], requestHandlerLimits } = options;
  if (requestHandlers.length === 0) return undefined;
  // Who has none does not even load what reads their answers.
  const { RequestHandlers } = await import('./request-handlers.js');
  const limits = { ...defaultRequestHandlerLimits, ...requestHandlerLimits };
  const handlers = new RequestHandlers(requestHandlers, limits);
  const connections = new OutboundConnections(limits, welcome);
  return {
    handlers,
    connections,
    failed,
    close: async () => {
      handlers.close();
      await connections.close();
    },
  };
}
