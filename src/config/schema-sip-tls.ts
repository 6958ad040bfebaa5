import { z } from 'zod';

/** `sip.tls` of the configuration file. */
export const sipTls = z.strictObject({
  certificate_file: z
    .string()
    .min(1)
    .describe('PEM file of our certificate, followed by those between it and its root.'),
  key_file: z.string().min(1).describe('PEM file of its private key, not encrypted.'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the authorities that peers’ certificates must come from; default: the public ones that Node.js brings along.',
    ),
  client_certificates: z
    .enum(['none', 'request', 'require'])
    .default('none')
    .describe(
      'Whether peers who call us must show a certificate of `ca_file`; with request they may show none, but not a bad one.',
    ),
  min_version: z
    // YAML reads a bare 1.3 as a number.
    .literal(['1.2', '1.3', 1.2, 1.3])
    .default('1.2')
    .describe('Oldest TLS version that is spoken.'),
  wildcard_names: z
    .boolean()
    .default(false)
    .describe(
      'Whether a certificate for *.example.com speaks for a target such as sip.example.com. RFC 5922 forbids it; some carriers have no other.',
    ),
});

export const sipWebSocket = z.strictObject({
  allowed_origins: z
    .array(
      z
        .string()
        .regex(/^https?:\/\/[a-z0-9.[\]:-]+$/, 'must be an origin such as https://app.example.com'),
    )
    .min(1)
    .optional()
    .describe(
      'Origins of the web pages whose browsers may connect, such as https://app.example.com; default: any. Clients that are no browsers send none and are not asked.',
    ),
});
