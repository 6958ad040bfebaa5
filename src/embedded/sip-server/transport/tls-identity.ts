import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

export interface TlsOptions {
  /** PEM: our certificate, then those between it and its root. */
  readonly certificateFile: string;
  /** PEM, unencrypted. */
  readonly keyFile: string;
  /** PEM: whom we trust, instead of the authorities that Node brings along. */
  readonly caFile?: string | undefined;
  /** Whether callers must show a certificate; `request`: only a good one is accepted. */
  readonly clientCertificates: 'none' | 'request' | 'require';
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** Whether `*.example.com` stands for hosts of example.com, which RFC 5922 §7.2 forbids. */
  readonly wildcardNames: boolean;
}

/**
 * Our certificate, its key, and whom we trust. Read from files at start and again on `reload`; what
 * is open keeps the certificate it was opened with.
 */
export class TlsIdentity {
  readonly options: TlsOptions;
  readonly #followers: ((context: SecureContextOptions) => void)[] = [];
  #context: SecureContextOptions;
  #client: SecureContext;

  /** @throws Error when a file cannot be read or does not fit the others. */
  constructor(options: TlsOptions) {
    this.options = options;
    this.#context = read(options);
    this.#client = createSecureContext(this.#context);
  }

  /** For listeners; `follow` brings what it will be after a reload. */
  get context(): SecureContextOptions {
    return this.#context;
  }

  /** For the streams that we open: the same certificate, if the peer asks for one. */
  get client(): SecureContext {
    return this.#client;
  }

  follow(changed: (context: SecureContextOptions) => void): void {
    this.#followers.push(changed);
  }

  /** Takes the files as they are now. @throws as the constructor does; the old ones then stay. */
  reload(): void {
    const context = read(this.options);
    this.#client = createSecureContext(context);
    this.#context = context;
    for (const changed of this.#followers) changed(context);
  }
}

function read(options: TlsOptions): SecureContextOptions {
  const { certificateFile, keyFile, caFile, minVersion } = options;
  const cert = readFileSync(certificateFile);
  const key = readFileSync(keyFile);
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the TLS key does not belong to the certificate');
  }
  return {
    cert,
    key,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    minVersion,
    // A peer could otherwise have us negotiate again and again, at our expense.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
