import type { Config } from '../config/config.js';
import { loadApiTokens } from '../config/tokens.js';
import { Attempts } from '../domain/ivr/attempts.js';
import { seconds } from '../domain/time.js';
import { keepExpiring } from '../flows/expire-sessions.js';
import type { House } from '../flows/house.js';
import { LiveCalls } from '../flows/live-calls.js';
import { originateCall } from '../flows/originate-call.js';
import { patientRecords } from '../flows/patient-records.js';
import type { HttpDeps } from '../http/deps.js';
import { startHttp, type RunningHttp } from '../http/start-http.js';
import { OwnCalls } from '../sip/originated-call.js';
import { closeSip, connectSip } from './connect-sip.js';
import { directoryOf } from './directory.js';
import type { MediaServers } from '../flows/ports/media.js';
import type { SipOrigin } from '../flows/ports/sip.js';
import { layFoundations, type Foundations } from './foundations.js';
import { openKeeping, type Keeping } from './keeping.js';
import type { Daemon } from './lifecycle.js';
import { keepCertificatesFresh } from './fresh-certificates.js';
import { openRecordings, type Recordings } from './recordings.js';
import { quietProcess } from './quiet-process.js';
import { startMediaEngine } from './media-engine.js';
import { PromptFiles, promptDirectories } from './prompt-files.js';
import { talkSteps } from './talk-steps.js';
import { watchEngine } from './watch-engine.js';
import { VERSION } from './version.js';

const SWEEP_EVERY = seconds(5);

/**
 * The one place where the parts of the house are chosen and wired. Whatever may fail does so here,
 * before the first call: a daemon that starts is whole.
 */
export async function compose(config: Config): Promise<Daemon> {
  const base = layFoundations(config);
  quietProcess(base.log);
  const keeping = await openKeeping(config, base);
  const recordings = await openRecordings(config, base, keeping);
  const calls = new LiveCalls(config.sip.maxCalls);
  const media = await startMediaEngine(config, base, {
    sounds: promptDirectories(config.prompts),
    recordings: [config.recordings.mediaDirectory],
  });
  const house = buildHouse(config, base, keeping, {
    calls,
    media: media.servers,
    recordings,
  });
  const sip = await connectSip(config, house, calls, media).catch(async (error: unknown) => {
    await media.close();
    throw error;
  });
  sip.engine.onVitals(watchEngine({ ...base, log: base.log.child({ component: 'sip' }) }));
  const api = { calls, recordings, origin: new OwnCalls(sip.link, base.clock) };
  const http = await openApi(config, house, base, api, () => ({
    draining: calls.draining,
    // Without its key the daemon would not have started, and the key is in memory since.
    up: {
      sip_engine: sip.link.up,
      store: keeping.watch.up(),
      vault: true,
      media: media.up() ?? true,
    },
  })).catch(async (error: unknown) => {
    // Else the engine would go on and take calls in a daemon that did not start.
    await media.close();
    await closeSip(sip);
    throw error;
  });
  const certificates = keepCertificatesFresh(config.sip.tls, { ...base, engine: sip.engine });
  recordings.recover();
  const sweeper = keepExpiring(house, SWEEP_EVERY);
  house.log.info('Callveil is ready', {
    version: VERSION,
    api: `http://${config.http.host}:${http.port}`,
    sip: sip.contacts.join(' '),
  });
  return {
    clock: base.clock,
    log: base.log,
    calls,
    drainLimit: config.drainLimit,
    engine: sip.engine,
    stop: async () => {
      sweeper.stop();
      certificates.stop();
      keeping.watch.stop();
      await http.close();
      await media.close();
      await closeSip(sip);
      await recordings.close();
      keeping.store.close();
    },
  };
}

function buildHouse(
  config: Config,
  { clock, ids, log, metrics }: Foundations,
  { store, vault }: Keeping,
  {
    calls,
    media,
    recordings,
  }: {
    readonly calls: LiveCalls;
    readonly media: MediaServers;
    readonly recordings: Recordings;
  },
): House {
  const prompts = new PromptFiles(config.prompts);
  return {
    node: config.node,
    clock,
    ids,
    directory: directoryOf(config.tenants, config.trunks),
    admission: calls,
    sessions: store.sessions,
    vault,
    records: patientRecords(store.records, clock, log.child({ component: 'records' })),
    media,
    talkSteps: [...talkSteps(prompts, { clock, metrics }, { store }), recordings.step],
    prompts,
    attempts: new Attempts(),
    log,
    metrics,
    minSessionExpires: config.sip.minSessionExpires / 1000,
  };
}

interface Live {
  readonly calls: LiveCalls;
  readonly recordings: Recordings;
}

async function openApi(
  config: Config,
  house: House,
  { metrics }: Foundations,
  { calls, recordings: { house: kept, audit }, origin }: Live & { readonly origin: SipOrigin },
  state: Parameters<typeof startHttp>[0]['state'],
): Promise<RunningHttp> {
  const tokens = loadApiTokens(config);
  const recordings = { ...kept, audit };
  const originate: HttpDeps['originate'] = async (asked) =>
    (await originateCall(asked, house, origin)).id;
  const deps = { house, calls, originate, recordings, tokens, state, metrics, version: VERSION };
  return await startHttp(deps, config.http);
}
