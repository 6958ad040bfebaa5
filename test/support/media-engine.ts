import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The media server under test: our own, or the FreeSWITCH of CALLVEIL_TEST_FREESWITCH=host:port:password. */
export function chooseMedia(directory: string): { readonly media?: object } {
  const [host, port, password] = (process.env['CALLVEIL_TEST_FREESWITCH'] ?? '').split(':');
  if (!host || port === undefined || password === undefined) return {};
  const file = join(directory, 'freeswitch-password');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  const server = { name: 'under-test', host, port: Number(port), password_file: file };
  return { media: { engine: 'freeswitch', freeswitch: [server] } };
}
