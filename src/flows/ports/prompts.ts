import type { PromptName } from '../../domain/prompts/prompt.js';
import type { TenantId } from '../../domain/sessions/session.js';
import type { Sound } from './media.js';

/** What Callveil says, as sounds that a media server can play. */
export interface Prompts {
  /**
   * The sound of a prompt: the tenant's own, else the operator's, else ours.
   * @param language ISO 639-1; in one that nobody has the prompt is in English.
   */
  sound(name: PromptName, language: string, tenant: TenantId | undefined): Sound;
}
