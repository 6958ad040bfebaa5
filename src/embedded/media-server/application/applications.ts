import type { Channel } from '../channel/channel.js';
import { hangupCauseOf } from '../channel/hangup-cause.js';
import type { Conferences } from '../conference/conferences.js';
import { playAndGetDigits } from './play-and-get-digits.js';
import { playback } from './playback.js';
import { recordSession, stopRecordSession } from './recording.js';
import { pause, type Application } from './run.js';
import { multiset, set, unset } from './variables.js';

/** The dialplan applications that a channel can be made to execute, by name. */
export function applications(conferences: Conferences): ReadonlyMap<string, Application> {
  return new Map<string, Application>([
    ['answer', nothing],
    ['break', breakApplication],
    ['conference', conferences.application],
    ['hangup', hangup],
    ['multiset', multiset],
    ['park', park],
    ['play_and_get_digits', playAndGetDigits],
    ['playback', playback],
    ['record_session', recordSession],
    ['send_dtmf', sendDtmf],
    ['set', set],
    ['set_mute', setMute],
    ['sleep', sleep],
    // Digits in the audio are looked for without being asked.
    ['start_dtmf', nothing],
    ['stop_dtmf', nothing],
    ['stop_record_session', stopRecordSession],
    ['unset', unset],
  ]);
}

/** Calls are answered when they come, so there is nothing left to do. */
const nothing: Application = () => '_none_';

const hangup: Application = (channel, argument) => {
  channel.hangup(hangupCauseOf(argument) ?? 'NORMAL_CLEARING');
  return '_none_';
};

const park: Application = (channel) => {
  channel.connection?.leave();
  channel.state = 'CS_PARK';
  return '_none_';
};

/** What runs below this one ends. */
const breakApplication: Application = (channel) => {
  for (const { aborter } of channel.runs.slice(0, -1)) aborter.abort();
  return '_none_';
};

/** `set_mute read|write true|false`; only what the party says can be muted. */
const setMute: Application = (channel, argument) => {
  const [side, on = 'true'] = argument.trim().split(/\s+/);
  if (side === 'read') channel.port.muteRead(on === 'true' || on === '1');
  return '_none_';
};

const longestSleepMs = 24 * 3_600_000;

const sleep: Application = async (_, argument, signal) => {
  const ms = Number(argument.trim());
  if (ms > 0) await pause(Math.min(ms, longestSleepMs), signal);
  return '_none_';
};

const sendDtmf: Application = (channel, argument) => {
  sendDigits(channel, argument);
  return '_none_';
};

/** FreeSWITCH's default: 2000 samples at 8 kHz. */
const usualDigitMs = 250;

/** `DIGITS[@MS]`; `w` and `W`, which wait, are passed over. */
export function sendDigits(channel: Channel, text: string): string {
  const [digits = '', duration] = text.trim().split('@', 2);
  const ms = Number(duration ?? usualDigitMs);
  const kept = digits.toUpperCase().replace(/[^0-9*#A-D]/g, '');
  channel.port.sendDigits(kept.slice(0, 64), ms >= 40 && ms <= 8_000 ? ms : usualDigitMs);
  return digits;
}
