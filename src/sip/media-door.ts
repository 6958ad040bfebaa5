import type { Log } from '../flows/ports/telemetry.js';
import type { WireProtocol } from './drachtio.js';
import { refuseForEngine } from './engine-answer.js';

/** What drachtio-srf may say to the engine besides SIP messages. */
const HARMLESS = /^(?:authenticate\||port\||ping$)/;

/** All that a message to a media server needs: none of it tells of any party. */
const HEADERS = new Set([
  ...['user-agent', 'x-esl-outbound', 'x-esl-proof', 'x-offer-codecs', 'contact', 'content-type'],
  ...['content-length', 'call-id', 'cseq', 'from', 'to', 'max-forwards', 'via'],
]);

const TO_SERVER =
  /^INVITE sip:drachtio@(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):\d{1,5} SIP\/2\.0$/i;

/** The engine's answer, as drachtio-srf hears it, to a message that was stopped. */
const STOPPED = 'stopped: no message to a media server';

/**
 * The door of the link to media servers. New requests leave here only if they are the INVITEs that
 * drachtio-fsmrf makes, with no header field that could name anybody; of dialogs this link has no
 * others than those.
 */
export class MediaDoor {
  constructor(private readonly log: Log) {}

  install(wire: WireProtocol): void {
    const send = wire.send.bind(wire);
    wire.send = (socket, frame) => {
      if (mayLeave(frame)) return send(socket, frame);
      this.log.error('A request of no known leg was not sent', { method: methodOf(frame) });
      return refuseForEngine(wire, socket, STOPPED);
    };
  }
}

function mayLeave(frame: string): boolean {
  if (!frame.startsWith('sip|')) return HARMLESS.test(frame);
  const lineEnd = frame.indexOf('\r\n');
  const [, , dialogId = ''] = frame.slice(0, lineEnd).split('|');
  const message = frame.slice(lineEnd + 2);
  if (message.startsWith('SIP/2.0 ')) return true;
  const [start = '', ...fields] = message.slice(0, headEnd(message)).split('\r\n');
  if (!fields.every((field) => HEADERS.has(nameOf(field)))) return false;
  return dialogId !== '' || start.startsWith('CANCEL ') || TO_SERVER.test(start);
}

function headEnd(message: string): number {
  const end = message.indexOf('\r\n\r\n');
  return end === -1 ? message.length : end;
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).trim().toLowerCase();

const methodOf = (frame: string): string => /\r\n([A-Z]{2,16}) /.exec(frame)?.[1] ?? 'frame';
