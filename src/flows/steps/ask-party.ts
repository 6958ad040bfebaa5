import type { LegRuling } from '../../domain/consent/decide.js';
import type { ConsentOutcome } from '../../domain/consent/outcome.js';
import type { ConsentPolicy } from '../../domain/consent/policy.js';
import type { PromptName } from '../../domain/prompts/prompt.js';
import type { Clock, Millis } from '../../domain/time.js';
import type { MediaEndpoint, Sound } from '../ports/media.js';

/** One party that is asked: what it hears, and the digits it presses. */
export interface AskedParty {
  readonly endpoint: MediaEndpoint;
  /** The sound of a prompt in the party's language. */
  say(name: PromptName): Sound;
  /** Hears each digit of the party. @returns what ends that. */
  onDigit(hear: (digit: string) => void): () => void;
}

type Playback = Awaited<ReturnType<MediaEndpoint['play']>>;

interface Asking {
  readonly policy: ConsentPolicy;
  readonly clock: Clock;
  /** Aborted when the call is over, or the other party's media is. */
  readonly over: AbortSignal;
}

/**
 * Tells or asks one party what was decided, and answers what came of it. The digits it presses go no
 * further than this.
 * @throws MediaFailed when the media server cannot play.
 */
export async function askParty(
  party: AskedParty,
  { measure }: LegRuling,
  asking: Asking,
): Promise<ConsentOutcome> {
  switch (measure) {
    case 'nothing':
      return 'not-needed';
    case 'announce':
      return announced(await party.endpoint.play([party.say('consent-announce')], asking.over));
    case 'opt-out':
      return await offerToDecline(party, asking);
    case 'opt-in':
      return await askForYes(party, asking);
  }
}

/** Whoever hears that the call is recorded, and that a digit prevents it, and says nothing, agrees. */
async function offerToDecline(party: AskedParty, asking: Asking): Promise<ConsentOutcome> {
  const { decline } = asking.policy;
  const { key, prompt } = await ask('consent-opt-out', party, asking, (key) => key === decline);
  if (asking.over.aborted) return 'interrupted';
  if (key === undefined) return announced(prompt);
  await party.endpoint.play([party.say('consent-refused')], asking.over);
  return 'opted-out';
}

/** Silence and other keys are no yes: the question is asked again, and then left. */
async function askForYes(party: AskedParty, asking: Asking): Promise<ConsentOutcome> {
  const { accept, decline, retries } = asking.policy;
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    const { key } = await ask('consent-opt-in', party, asking, () => true);
    if (asking.over.aborted) return 'interrupted';
    if (key !== accept && key !== decline) continue;
    const answer = key === accept ? 'consent-thanks' : 'consent-refused';
    await party.endpoint.play([party.say(answer)], asking.over);
    return key === accept ? 'opted-in' : 'refused';
  }
  return 'no-answer';
}

/** Only who could hear it to the end was told; a media server may cut a prompt off on its own. */
const announced = (prompt: Playback): ConsentOutcome =>
  prompt === 'played' ? 'announced' : 'interrupted';

/** The first key that counts, pressed during the prompt, which it ends, or in time after it. */
async function ask(
  prompt: PromptName,
  party: AskedParty,
  { policy, clock, over }: Asking,
  counts: (digit: string) => boolean,
): Promise<{ readonly key: string | undefined; readonly prompt: Playback }> {
  const pressed = new AbortController();
  let key: string | undefined;
  const stopHearing = party.onDigit((digit) => {
    if (key !== undefined || !counts(digit)) return;
    key = digit;
    pressed.abort();
  });
  try {
    const stop = AbortSignal.any([over, pressed.signal]);
    const played = await party.endpoint.play([party.say(prompt)], stop);
    await pause(policy.timeout, clock, stop);
    return { key, prompt: played };
  } finally {
    stopHearing();
  }
}

/** Resolves after a time, or at once when `stop` is aborted. */
async function pause(length: Millis, clock: Clock, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = clock.after(length, resolve);
    stop.addEventListener(
      'abort',
      () => {
        timer.cancel();
        resolve();
      },
      { once: true },
    );
  });
}
