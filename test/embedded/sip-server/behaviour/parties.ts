import { pause, type App, type AppDialog, type AppRequest, type TestEngine } from '../engine.js';
import { RawCall, sdp, type RawMessage, type RawUa } from '../raw-ua.js';

/** An application that answers every call, and the dialog of the first. */
export async function answering(engine: TestEngine): Promise<{ dialog: Promise<AppDialog> }> {
  let app: App | undefined;
  const dialog = new Promise<AppDialog>((resolve, reject) => {
    void engine
      .app({
        invite: (request, response) =>
          app?.createUAS(request, response, { localSdp: sdp }).then(resolve, reject),
      })
      .then((connected) => (app = connected), reject);
  });
  // A test that never has its call answered does not wait for the dialog either.
  dialog.catch(() => undefined);
  while (app === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  return { dialog };
}

export interface Called {
  readonly dialing: Promise<AppDialog>;
  readonly invite: RawMessage;
  readonly call: RawCall;
}

/** An application that calls the phone, and the callee's side of that call. */
export async function calling(
  engine: TestEngine,
  phone: RawUa,
  options: object = {},
): Promise<Called> {
  const app = await engine.app();
  const dialing = app.createUAC(phone.uri, { localSdp: sdp, ...options });
  dialing.catch(() => undefined);
  const invite = await phone.expect('INVITE');
  return { dialing, invite, call: RawCall.from(phone, engine.sipPort, invite) };
}

/** The same, answered and acknowledged. */
export async function called(
  engine: TestEngine,
  phone: RawUa,
): Promise<{ dialog: AppDialog; call: RawCall }> {
  const { dialing, invite, call } = await calling(engine, phone);
  await call.respond(invite, '200 OK', { body: sdp });
  await phone.expect('ACK');
  return { dialog: await dialing, call };
}

/** An application that calls the phone, which rings, and gives up; `failed` is what it is told. */
export async function givenUp(
  engine: TestEngine,
  phone: RawUa,
): Promise<Pick<Called, 'invite' | 'call'> & { failed: Promise<unknown> }> {
  let invited: AppRequest | undefined;
  const app = await engine.app();
  const failed = app
    .createUAC(phone.uri, { localSdp: sdp }, { cbRequest: (_, request) => (invited = request) })
    .catch((error: unknown) => error);
  const invite = await phone.expect('INVITE');
  const call = RawCall.from(phone, engine.sipPort, invite);
  await call.respond(invite, '180 Ringing');
  await pause(30);
  invited?.cancel();
  return { failed, invite, call };
}
