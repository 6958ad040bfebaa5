// The application that both SIP engines are compared under: drachtio-srf's createB2BUA as its
// documentation shows it, no masking, nothing kept. Plain JavaScript, so that no loader is in the
// process that is measured.
//
//   node bare-b2bua.js CALLEE connect HOST PORT SECRET   on a SIP engine in another process
//   node bare-b2bua.js CALLEE embed   HOST PORT          on Callveil's engine, in a thread of this one
import { randomBytes } from 'node:crypto';
import Srf from 'drachtio-srf';

const [callee, how, host, port, secret] = process.argv.slice(2);

/** Callveil's engine as src/boot/sip-engine.ts starts it and src/sip/engine-link.ts speaks to it. */
async function embed() {
  const { launchSipServer } = await import('../../dist/embedded/sip-server/index.js');
  const { linkThreads } = await import('../../dist/sip/thread-link.js');
  const own = randomBytes(24).toString('hex');
  const listeners = [{ protocol: 'udp', address: host, port: Number(port) }];
  const server = await launchSipServer({
    listeners,
    secret: own,
    adminHost: '127.0.0.1',
    adminPort: 0,
  });
  srf.connect({ host: '127.0.0.1', port: server.adminPort, secret: own });
  linkThreads(srf.app.client.wp, () => server.openPort());
}

const srf = new Srf();
srf.invite(async (req, res) => {
  try {
    const uri = `sip:${req.calledNumber}@${callee}`;
    const { uas, uac } = await srf.createB2BUA(req, res, uri);
    uas.on('destroy', () => uac.destroy());
    uac.on('destroy', () => uas.destroy());
  } catch {
    // createB2BUA has passed the callee's refusal on to the caller by itself.
  }
});
srf.on('connect', (error) => console.log(error ? `refused: ${error.message}` : 'ready'));
srf.on('error', (error) => console.log(`error: ${error.message}`));
if (how === 'embed') await embed();
else srf.connect({ host, port: Number(port), secret });
