import { TestEngine, type App, type AppResponse } from '../embedded/sip-server/engine.js';
import { RawCall, RawUa, sdp } from '../embedded/sip-server/raw-ua.js';

const others = 'options register subscribe publish message refer info notify update'.split(' ');

/** An engine whose application accepts everything, and a phone that tries it with good calls. */
export class ServedEngine {
  readonly engine: TestEngine;
  readonly phone: RawUa;

  private constructor(engine: TestEngine, phone: RawUa) {
    this.engine = engine;
    this.phone = phone;
  }

  static async open(): Promise<ServedEngine> {
    const engine = await TestEngine.start({
      // The flood and the engine share a thread here: it would rightly hold calls back.
      more: { overload: { control: 'off' } },
    });
    const accept = (_: unknown, response: AppResponse): void => response.send(200);
    const app: App = await engine.app({
      invite: (request, response) => {
        app.createUAS(request, response, { localSdp: sdp }).catch(() => undefined);
      },
      ...Object.fromEntries(others.map((name) => [name, accept])),
    });
    return new ServedEngine(engine, await RawUa.open({ user: 'good' }));
  }

  /** Made and ended; throws when any of it fails. */
  async goodCall(): Promise<void> {
    const call = RawCall.to(this.phone, this.engine.sipPort);
    await call.establish();
    await call.request('BYE');
    await this.phone.expect(200);
  }

  async close(): Promise<void> {
    await this.phone.close();
    await this.engine.stop();
  }
}
