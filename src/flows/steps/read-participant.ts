import { isEmergencyNumber } from '../../domain/numbers/emergency.js';
import { SipAddress, type PartyAddress } from '../../domain/numbers/party-address.js';
import { RealNumber } from '../../domain/numbers/real-number.js';
import type { Participant } from '../../domain/sessions/session.js';
import type { Tenant } from '../../domain/sessions/tenant.js';
import { SessionProblem } from '../session-problem.js';

/** One side of a session as the API names it. */
export type ParticipantInput = (
  | {
      /** E.164, or the national form of the tenant's country. */
      readonly number: string;
    }
  | {
      /** `sip:1007@pbx.example` */
      readonly sip: string;
    }
) & {
  /** Who this is to the tenant; never a number. */
  readonly reference?: string | undefined;
  /** Whether they get a PIN, to prove on an unknown telephone who they are. */
  readonly pin?: boolean | undefined;
};

export interface ReadParticipant {
  readonly address: PartyAddress;
  readonly reachedBy: Participant['reachedBy'];
  readonly reference: string | undefined;
  readonly pin: boolean;
}

/** @throws SessionProblem naming the field under `field`, such as `participants[0]`. */
export function readParticipant(
  input: ParticipantInput,
  field: string,
  tenant: Tenant,
): ReadParticipant {
  const { reference, pin = false } = input;
  return 'number' in input
    ? {
        address: readNumber(input.number, `${field}.number`, tenant),
        reachedBy: 'carrier',
        reference,
        pin,
      }
    : { address: readSip(input.sip, `${field}.sip`), reachedBy: 'pbx', reference, pin };
}

function readNumber(text: string, field: string, tenant: Tenant): RealNumber {
  const number = RealNumber.parse(text, tenant.country);
  const countries = number?.country ? [tenant.country, number.country] : [tenant.country];
  // Asked first: most emergency numbers are too short to be read as a number at all.
  if (isEmergencyNumber(text, countries, tenant.emergencyNumbers)) {
    throw new SessionProblem(
      'emergency-number',
      field,
      'is an emergency number, which is never masked: give a number of the participant',
    );
  }
  if (number === undefined) {
    throw new SessionProblem(
      'bad-number',
      field,
      `is no phone number in E.164 (+14155550100) or in the national form of ${tenant.country}`,
    );
  }
  return number;
}

function readSip(text: string, field: string): SipAddress {
  const address = SipAddress.parse(text);
  if (address !== undefined) return address;
  throw new SessionProblem(
    'bad-sip-address',
    field,
    'is no SIP address of record such as sip:1007@pbx.example, without port and parameters',
  );
}
