import type { ConfigIssue } from './issues.js';
import { clash, parseListen } from './listen-address.js';
import type { ConfigFile } from './schema.js';
import { namedTransport, TRANSPORTS } from './target-transport.js';

type Check = (file: ConfigFile) => ConfigIssue[];

const issue = (path: ConfigIssue['path'], message: string): ConfigIssue => ({ path, message });

const listeners: Check = ({ sip }) =>
  sip.listen.flatMap((text, at) => {
    const path = ['sip', 'listen', at];
    const own = parseListen(text);
    if (own === undefined) return [issue(path, 'is no address and port that can exist')];
    const rival = sip.listen.slice(0, at).findIndex((earlier) => {
      const other = parseListen(earlier);
      return other !== undefined && clash(own, other);
    });
    if (rival < 0) return [];
    return sip.listen[rival] === text
      ? [issue(path, `is already sip.listen[${rival}]`)]
      : [issue(path, `wants the port of sip.listen[${rival}] (tcp, tls, ws and wss are all TCP)`)];
  });

/** TLS needs a certificate, and whoever asks for one must know whose to believe. */
const tls: Check = ({ sip }) => {
  const secure = sip.listen.flatMap((text, at) =>
    /^(tls|wss):/.test(text) && sip.tls === undefined
      ? [issue(['sip', 'listen', at], 'needs sip.tls with certificate_file and key_file')]
      : [],
  );
  const asks = sip.tls?.client_certificates ?? 'none';
  if (asks === 'none' || sip.tls?.ca_file !== undefined) return secure;
  return [
    ...secure,
    issue(['sip', 'tls', 'ca_file'], `is required by client_certificates ${asks}`),
  ];
};

const listenPorts: Check = (file) => {
  // A drachtio-server has its own listeners, which are not in this file.
  if (file.sip.engine === 'drachtio') return [];
  const ports = file.sip.listen.map((text) => parseListen(text)?.port);
  return file.trunks.flatMap((trunk, at) =>
    trunk.listen_port === undefined || ports.includes(trunk.listen_port)
      ? []
      : [
          issue(
            ['trunks', at, 'listen_port'],
            'is no port of sip.listen, so nothing can arrive on it',
          ),
        ],
  );
};

const engine: Check = (file) =>
  file.sip.engine === 'drachtio' && file.sip.drachtio === undefined
    ? [issue(['sip', 'drachtio'], 'is required by engine drachtio')]
    : [];

/** No listener can exist for another one, so that nothing could ever be sent there. */
const targetTransports: Check = (file) =>
  file.trunks.flatMap((trunk, at) =>
    trunk.targets.flatMap((target, t) => {
      const named = namedTransport(target);
      if (named === undefined || TRANSPORTS.has(named)) return [];
      const known = [...TRANSPORTS].join(', ');
      return [
        issue(['trunks', at, 'targets', t], `names transport ${named}; transports: ${known}`),
      ];
    }),
  );

/** What does not fit together within `sip`, or between a trunk and the SIP it is to speak. */
export const sipChecks: readonly Check[] = [listeners, tls, listenPorts, engine, targetTransports];
