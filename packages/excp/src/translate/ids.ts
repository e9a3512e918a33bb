/**
 * The IDs of what is injected, derived from the Engage IDs: both instances, and the same instance again, come to the
 * same ones. What can happen once to a leg has no time in its ID, so that it stays the same when it is found again.
 */

import type { VoiceEventKind } from '@exec/common/genesys-cloud';
import { derivedUuid } from '@exec/common/ids';

export class ConversationIds {
  readonly conversation: string;
  readonly #scope: string;

  /**
   * @param scope organisation and tenant
   * @param key key of the conversation: site and CallUUID of its first call
   */
  constructor(scope: string, key: string) {
    this.#scope = scope;
    this.conversation = conversationId(scope, key);
  }

  communication(leg: string): string {
    return derivedUuid('communication', this.#scope, this.conversation, leg);
  }

  command(initiating: string, target: string): string {
    return derivedUuid('command', this.#scope, this.conversation, initiating, target);
  }

  /** `more`: what else distinguishes two events of a kind on one leg. */
  event(kind: VoiceEventKind, leg: string, ...more: readonly (string | number)[]): string {
    return derivedUuid('event', this.#scope, this.conversation, kind, leg, ...more);
  }
}

export function conversationId(scope: string, key: string): string {
  return derivedUuid('conversation', scope, key);
}
