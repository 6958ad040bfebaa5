import { refusalOf, unsupportedOf } from '../../domain/calls/admission.js';
import { CallRefused } from '../../domain/calls/verdict.js';
import type { House } from '../house.js';
import type { RefusalDetail } from '../ports/sip.js';
import type { CallUnderWay } from './call-under-way.js';

/** @throws CallRefused when the INVITE asks for what no call of ours can give. */
export function admitCall(call: CallUnderWay, house: House): void {
  const { arrival } = call.sip;
  const demands = { badScheme: arrival.dialed.kind === 'bad-scheme', ...arrival };
  const reason = refusalOf(demands, house.minSessionExpires);
  if (reason !== undefined) throw new CallRefused(reason);
}

/** What the refusals of `admitCall` must name. */
export function refusalDetail(call: CallUnderWay, house: House): RefusalDetail {
  return {
    unsupported: unsupportedOf(call.sip.arrival.required),
    minSessionExpires: house.minSessionExpires,
  };
}
