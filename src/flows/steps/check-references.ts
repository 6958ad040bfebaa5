import { spellsParty } from '../../domain/identity/spells-party.js';
import { SessionProblem } from '../session-problem.js';
import type { ReadParticipant } from './read-participant.js';

const LONGEST = 128;
const CONTROLS = /[\u0000-\u001f\u007f]/;

/**
 * References are shown everywhere a number must not be: in records, logs and events. So a reference
 * that spells the number or address of one of the participants is refused before anything is stored.
 * @throws SessionProblem
 */
export function checkReferences(
  reference: string | undefined,
  participants: readonly ReadParticipant[],
): void {
  checkReference('reference', reference, participants);
  for (const [index, participant] of participants.entries()) {
    const field = `participants[${index}].reference`;
    checkReference(field, participant.reference, participants);
  }
}

function checkReference(
  field: string,
  reference: string | undefined,
  participants: readonly ReadParticipant[],
): void {
  if (reference === undefined) return;
  if (reference === '' || reference.length > LONGEST || CONTROLS.test(reference)) {
    throw new SessionProblem(
      'bad-reference',
      field,
      `must be 1 to ${LONGEST} characters without control characters`,
    );
  }
  const addresses = participants.map(({ address }) => address);
  if (spellsParty(reference, addresses)) {
    throw new SessionProblem(
      'bad-reference',
      field,
      'contains the number or address of a participant, and references are not kept secret: give your own id',
    );
  }
}
