/** The injected conversations, found by ID, by leg and by the call they stand for; the oldest ended ones are dropped. */
import type { ConversationView } from '../events/read-model.ts';

export class ConversationStore {
  readonly #conversations = new Map<string, ConversationView>();
  readonly #byCommunication = new Map<string, string>();
  readonly #byInteraction = new Map<string, Set<string>>();
  /** IDs of ended conversations, oldest end first. */
  readonly #ended = new Set<string>();
  readonly #keepEnded: number;
  #total = 0;
  #dropped = 0;

  constructor(keepEnded: number) {
    this.#keepEnded = keepEnded;
  }

  /** Conversations that are kept. */
  get size(): number {
    return this.#conversations.size;
  }

  /** All conversations ever accepted, dropped ones included. */
  get total(): number {
    return this.#total;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Conversations with at least one open leg. */
  get open(): number {
    return this.#conversations.size - this.#ended.size;
  }

  get(id: string): ConversationView | undefined {
    return this.#conversations.get(id);
  }

  /** In the order of their first event. */
  all(): IterableIterator<ConversationView> {
    return this.#conversations.values();
  }

  conversationOf(communicationId: string): string | undefined {
    return this.#byCommunication.get(communicationId);
  }

  /** Conversations with a leg of that `interactionId`. */
  byInteraction(interactionId: string): ConversationView[] {
    return [...(this.#byInteraction.get(interactionId) ?? [])].flatMap((id) => this.get(id) ?? []);
  }

  save(conversation: ConversationView): void {
    const before = this.#conversations.get(conversation.conversationId);
    if (before === undefined) this.#total++;
    this.#conversations.set(conversation.conversationId, conversation);
    for (const leg of conversation.legs.slice(before?.legs.length ?? 0)) {
      this.#byCommunication.set(leg.communicationId, conversation.conversationId);
      const sharing = this.#byInteraction.get(leg.interactionId) ?? new Set<string>();
      this.#byInteraction.set(leg.interactionId, sharing.add(conversation.conversationId));
    }
    if (conversation.endedAt !== undefined) {
      this.#ended.add(conversation.conversationId);
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    for (const id of this.#ended) {
      if (this.#ended.size <= this.#keepEnded) return;
      this.#ended.delete(id);
      const conversation = this.#conversations.get(id);
      if (conversation === undefined) continue;
      this.#conversations.delete(id);
      this.#dropped++;
      for (const leg of conversation.legs) {
        this.#byCommunication.delete(leg.communicationId);
        const sharing = this.#byInteraction.get(leg.interactionId);
        sharing?.delete(id);
        if (sharing?.size === 0) this.#byInteraction.delete(leg.interactionId);
      }
    }
  }
}
