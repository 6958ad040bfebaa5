import type { IvrPolicy } from '../domain/ivr/ivr-policy.js';
import { SipAddress } from '../domain/numbers/party-address.js';
import { seconds } from '../domain/time.js';
import type { ConfigIssue } from './issues.js';
import type { ConfigFile } from './schema.js';

type FileIvr = ConfigFile['tenants'][number]['ivr'];

export function ivrPolicy(section: FileIvr): IvrPolicy {
  const { find_by: ways } = section;
  return {
    when: {
      'session-expired': section.expired,
      'session-closed': section.closed,
      'unknown-caller': section.unknown,
    },
    findBy: {
      caller: ways.includes('caller'),
      case: ways.includes('case'),
      pin: ways.includes('pin'),
    },
    caseSuffices: section.case_number_suffices,
    reopen: section.reopen,
    reopenWithin: seconds(section.reopen_within_seconds),
    reopenFor: seconds(section.reopen_seconds),
    operator: section.operator === undefined ? undefined : SipAddress.parse(section.operator),
    tries: section.tries,
    attemptsPerCaller: section.attempts_per_caller,
    attemptsPerDid: section.attempts_per_did,
    lockFor: seconds(section.lock_seconds),
    pinDigits: section.pin_digits,
    language: section.language,
    firstDigitWithin: seconds(section.first_digit_seconds),
    nextDigitWithin: seconds(section.next_digit_seconds),
  };
}

/** With fewer digits, a PIN that has no case number beside it is guessed in no time. */
const LEAST_LONE_PIN = 8;

export function ivrChecks(file: ConfigFile): ConfigIssue[] {
  return file.tenants.flatMap(({ ivr }, at) => {
    const issue = (field: string, message: string): ConfigIssue => ({
      path: ['tenants', at, 'ivr', field],
      message,
    });
    const weak = ivr.find_by.includes('pin') && ivr.pin_digits < LEAST_LONE_PIN;
    const unread = ivr.operator !== undefined && SipAddress.parse(ivr.operator) === undefined;
    return [
      ...(weak
        ? [issue('pin_digits', 'must be 8 or more: find_by pin lets a PIN stand alone')]
        : []),
      ...(unread ? [issue('operator', 'must be a SIP address such as sip:queue@pbx.example')] : []),
    ];
  });
}

/** Settings that let in more than they seem to, or that no call ever comes to. */
export function ivrDoubts(file: ConfigFile): ConfigIssue[] {
  return file.tenants.flatMap(({ ivr }, at) => {
    const doubt = (field: string, message: string): ConfigIssue[] => [
      { path: ['tenants', at, 'ivr', field], message },
    ];
    if ([ivr.expired, ivr.closed, ivr.unknown].every((when) => when === 'refuse')) {
      const message = 'is not used: expired, closed and unknown are all refuse';
      if (ivr.operator !== undefined) return doubt('operator', message);
      return ivr.reopen === 'never' ? [] : doubt('reopen', message);
    }
    if (!ivr.case_number_suffices || !ivr.find_by.includes('case')) return [];
    return doubt(
      'case_number_suffices',
      'is true: whoever knows or guesses a case number reaches the other party without a PIN',
    );
  });
}
