/** Which conversations are being written by a request that has not been answered yet. */

/** Settled conversations that are remembered, to judge requests that arrived before the answer had left. */
const maxEnded = 20_000;

export class InFlight {
  #tick = 0;
  readonly #open = new Map<string, number>();
  readonly #ended = new Map<string, number>();

  /** Marks the arrival of a request: a later answer to another request means that both were on their way. */
  arrive(): number {
    return ++this.#tick;
  }

  /** The request's conversations are in flight until the returned function is called (once is enough). */
  begin(conversationIds: ReadonlySet<string>): () => void {
    for (const id of conversationIds) this.#open.set(id, (this.#open.get(id) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      for (const id of conversationIds) this.#end(id);
    };
  }

  /** Whether another request with this conversation was unanswered when the one of `arrival` came. Call after `begin`. */
  isConcurrent(conversationId: string, arrival: number): boolean {
    return (this.#open.get(conversationId) ?? 0) > 1 || (this.#ended.get(conversationId) ?? 0) > arrival;
  }

  #end(id: string): void {
    const open = (this.#open.get(id) ?? 0) - 1;
    if (open > 0) this.#open.set(id, open);
    else this.#open.delete(id);
    this.#ended.delete(id);
    this.#ended.set(id, ++this.#tick);
    if (this.#ended.size <= maxEnded) return;
    const oldest = this.#ended.keys().next();
    if (oldest.done !== true) this.#ended.delete(oldest.value);
  }
}
