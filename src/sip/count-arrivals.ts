import type { Metrics } from '../flows/ports/telemetry.js';
import type { EngineSocket, WireProtocol } from './drachtio.js';

/** Counts every SIP message that the engine hands over from the network. */
export function countArrivals(
  wire: WireProtocol,
  metrics: Pick<Metrics, 'sipRequest' | 'sipResponse'>,
): void {
  wire.prependListener('msg', (_: EngineSocket, frame: string) => {
    const message = /^[^|\r]*\|sip\|network\|[^\r]*\r\n(?:SIP\/2\.0 (\d{3})|([A-Z]+) )/.exec(frame);
    if (message?.[1] !== undefined) metrics.sipResponse('in', Number(message[1]));
    else if (message?.[2] !== undefined) metrics.sipRequest('in', message[2]);
  });
}
