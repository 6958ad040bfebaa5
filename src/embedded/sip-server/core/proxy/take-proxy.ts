import { serialize } from '../../message/serialize.js';
import type { HeaderField } from '../../message/sip-message.js';
import type { App } from '../../wire/app.js';
import type { ProxyCommand } from '../../wire/proxy-command.js';
import { proxiedResponseOutcome } from '../../wire/meta.js';
import { plainAppHeaders } from '../app-headers.js';
import { recordAnswer, recordAttempt } from '../call-records.js';
import { settle } from '../inbound.js';
import { destinationOf } from '../next-hop.js';
import { answerByOurselves } from '../refuse.js';
import type { CoreState, Inbound } from '../state.js';
import { ProxiedRequest, type ProxyWitness } from './proxied-request.js';
import type { Target } from './target.js';

/** An application hands a request back, to be sent on to where it says. */
export function takeProxy(state: CoreState, app: App, command: ProxyCommand): void {
  const { id, transactionId } = command;
  const inbound = state.unanswered.get(transactionId);
  if (inbound?.app !== app || inbound.within !== undefined || inbound.transaction.answered) {
    app.reply(id, `NOK|Unknown transaction id: ${transactionId}`);
    return;
  }
  settle(state, inbound);
  if (inbound.formed) state.dialogs.remove(inbound.formed);
  const challenger = state.challenges.take(inbound.received.message, command.destinations);
  const targets = challenger ? [challenger] : command.destinations.flatMap(targetOf);
  if (targets.length === 0) {
    const answer = answerByOurselves(inbound.transaction, inbound.received.message, 500);
    if (inbound.transaction.method === 'INVITE') recordAnswer(state, 'application', answer, 'uas');
    app.reply(id, `NOK|error proxying request to ${command.destinations.join(', ')}`);
    return;
  }
  const { simultaneous, followRedirects, recordRoute, provisionalMs, finalMs } = command;
  const timeouts = { provisionalMs, finalMs };
  const headers = addedHeaders(inbound, command);
  const plan = { targets, simultaneous, followRedirects, recordRoute, ...timeouts, headers };
  const { transaction, received } = inbound;
  const isInvite = transaction.method === 'INVITE';
  if (!command.fullResponse) app.reply(id, 'OK|done');
  new ProxiedRequest(
    state,
    transaction,
    received,
    plan,
    witnessFor(state, app, command, isInvite),
  ).start();
}

function targetOf(uri: string): Target[] {
  const destination = destinationOf(uri);
  return typeof destination === 'string' ? [] : [{ uri, destination, named: uri }];
}

function addedHeaders({ received }: Inbound, { headers }: ProxyCommand): HeaderField[] {
  const sketch = { ...received.message, headers: [...headers] };
  return plainAppHeaders(sketch, received.listener, 'Max-Forwards');
}

/** drachtio-srf gathers the final responses until it hears that there are no more. */
function witnessFor(
  state: CoreState,
  app: App,
  { id, fullResponse }: ProxyCommand,
  isInvite: boolean,
): ProxyWitness {
  return {
    asked: (request) => {
      if (isInvite) recordAttempt(state, 'application', request);
    },
    final: (response, { from }) => {
      if (isInvite) recordAnswer(state, 'network', response, 'proxy-uac');
      if (!fullResponse) return;
      const sip = serialize(response);
      app.reply(id, proxiedResponseOutcome(sip.length, from), sip);
    },
    done: (answer) => {
      if (isInvite) recordAnswer(state, 'application', answer, 'proxy-uas');
      if (fullResponse) app.reply(id, 'OK|done');
    },
  };
}
