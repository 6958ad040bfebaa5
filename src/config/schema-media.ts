import { z } from 'zod';

/** `media` of the configuration file: who speaks RTP for us, and where. */

const count = z.int().min(1);
const port = z.int().min(1).max(65_535);
const serverName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, up to 63');
/** What goes into commands of the event socket as it is. */
const word = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, 'must be letters, digits, - and _');
const address = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' });

const freeSwitch = z.strictObject({
  name: serverName.describe('How logs and metrics call this server.'),
  host: z.string().min(1).default('127.0.0.1').describe('Where its event socket listens.'),
  port: port.default(8021).describe('Port of its event socket.'),
  password_file: z.string().min(1).describe('File whose first line is its password.'),
  profile: word
    .default('drachtio_mrf')
    .describe('Its sofia profile that takes our INVITEs (docs/operations.md).'),
  channel_port: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe(
      'Our port that it connects to for each of its channels; 0 takes a free one at each connection. Where a firewall stands between, each server needs a port of its own.',
    ),
});

export const media = z
  .strictObject({
    engine: z
      .enum(['embedded', 'freeswitch', 'none'])
      .default('embedded')
      .describe(
        'embedded: our own media server in threads of this process. freeswitch: the servers of `media.freeswitch`. none: no audio passes through us, and calls over anchored trunks are refused (verdict media-unavailable).',
      ),
    threads: z
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe(
        'Threads of the embedded media server; the endpoints of one call are on one thread.',
      ),
    rtp: z
      .strictObject({
        address: address
          .optional()
          .describe(
            'Where the embedded media server takes RTP; default: the address of sip.listen if that is one, else 0.0.0.0.',
          ),
        advertised_address: address
          .optional()
          .describe(
            'The address for RTP that parties are told; default: sip.external_address if that is an address, else the bound one, else the first of this host that others can reach, which is what SIP tells them, too.',
          ),
        lowest_port: port.default(16_384).describe('Lowest UDP port for RTP and RTCP.'),
        highest_port: port.default(32_767).describe('Highest UDP port for RTP and RTCP.'),
      })
      .prefault({})
      .describe(
        'RTP of the embedded media server. A FreeSWITCH has settings of its own; each endpoint takes two ports.',
      ),
    dead_media_seconds: z
      .int()
      .min(0)
      .max(86_400)
      .default(60)
      .describe(
        'How long a party may send no RTP though it should, before its call is ended; 0: for ever. For the embedded media server; a FreeSWITCH has settings of its own.',
      ),
    max_endpoints: count
      .default(2_000)
      .describe(
        'Endpoints at once on one server or thread, two a call; beyond it no new call goes there. What a server says of itself holds, too.',
      ),
    channels: z
      .strictObject({
        address: address
          .default('127.0.0.1')
          .describe('Where we listen for the connection that a server makes for each channel.'),
        advertised_address: address
          .optional()
          .describe(
            'What servers are told in place of it: where they reach us, when they are on other hosts.',
          ),
      })
      .prefault({})
      .describe('The event socket connections of FreeSWITCH servers to us.'),
    conference_profile: word
      .default('default')
      .describe(
        'Profile of mod_conference for calls of more than two: without greetings, and without digits that control it.',
      ),
    freeswitch: z
      .array(freeSwitch)
      .default([])
      .describe('FreeSWITCH servers; required by engine freeswitch.'),
  })
  .prefault({})
  .describe('Media servers: prompts, recording, and audio between parties (docs/media.md).');
