import { parseIpAddress, type IpAddress } from '../ip-address.js';
import type {
  AudioStream,
  MediaDescription,
  RejectedStream,
  SdpFault,
  SdpReading,
} from '../media-description.js';
import { readAttributes, type MediaAttributes } from './attributes.js';
import { isSpeech, readCodecs } from './codecs.js';
import { isCarried, readMediaLine, type MediaLine } from './media-types.js';
import { splitSections, type SdpLine, type Sections } from './sections.js';

type Stream = AudioStream | RejectedStream;

/**
 * Reads a received offer or answer into what may cross. Never throws; the work is bounded by the
 * limits of sections.ts, whatever the text.
 */
export function readSdp(text: string): SdpReading {
  const sections = splitSections(text);
  if (typeof sections === 'string') return { ok: false, why: sections };
  const media = readStreams(sections);
  return typeof media === 'string' ? { ok: false, why: media } : { ok: true, media };
}

function readStreams(sections: Sections): MediaDescription | SdpFault {
  const session = readAttributes(sections.session);
  const streams: Stream[] = [];
  for (const { line, below } of sections.media) {
    const media = readMediaLine(line);
    if (typeof media === 'string') return media;
    const address = readAddress(below) ?? readAddress(sections.session);
    const stream = readStream(media, address, { session, own: readAttributes(below) });
    if (typeof stream === 'string') return stream;
    streams.push(stream);
  }
  return streams.some(({ kind }) => kind === 'audio') ? { streams } : 'no-audio';
}

interface Attributes {
  readonly session: MediaAttributes;
  readonly own: MediaAttributes;
}

function readStream(
  line: MediaLine,
  address: IpAddress | 'bad-address' | undefined,
  { session, own }: Attributes,
): Stream | SdpFault {
  const { media, protocol, port } = line;
  const rejected: RejectedStream = { kind: 'rejected', media, protocol };
  if (port === 0 || media !== 'audio' || !isCarried(protocol)) return rejected;
  if (address === undefined || address === 'bad-address') return 'bad-address';
  const codecs = readCodecs(line.formats, own);
  const crypto = protocol.includes('SAVP') ? own.crypto : [];
  // A secure profile without a key that we can carry would be a call in which nobody hears.
  const keyless = protocol.includes('SAVP') && crypto.length === 0;
  if (keyless || !codecs.some(isSpeech)) return rejected;
  return {
    kind: 'audio',
    address,
    port,
    profile: protocol,
    codecs,
    crypto,
    rtcpMux: own.rtcpMux,
    ...timing(session, own),
  };
}

/** What a media part may inherit from the session part (RFC 8866 §6.4, §6.7). */
function timing(
  session: MediaAttributes,
  own: MediaAttributes,
): Pick<AudioStream, 'direction' | 'ptime' | 'maxptime'> {
  return {
    direction: own.direction ?? session.direction ?? 'sendrecv',
    ptime: own.ptime ?? session.ptime,
    maxptime: own.maxptime ?? session.maxptime,
  };
}

/** The first c= line as an IP literal (RFC 8866 §5.7). A host name would make the other side look it up. */
function readAddress(lines: readonly SdpLine[]): IpAddress | 'bad-address' | undefined {
  const line = lines.find(({ kind }) => kind === 'c');
  if (line === undefined) return undefined;
  const [network, family, text = '', ...more] = line.value.trim().split(/ +/, 4);
  const address = parseIpAddress(text);
  if (address === undefined || address.family !== family) return 'bad-address';
  if (network !== 'IN' || more.length > 0 || !isUnicast(address)) return 'bad-address';
  return address;
}

function isUnicast({ family, text }: IpAddress): boolean {
  if (family === 'IP6') return !text.startsWith('ff');
  return Number(text.slice(0, text.indexOf('.'))) < 224;
}
