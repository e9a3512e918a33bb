/** Connections whose authorities or proxy change while requests are under way: old requests end on the old ones. */
import { Dispatcher } from 'undici';

/** Hands each request to the newest connections; those before are closed when their last request has ended. */
export class RenewableDispatcher extends Dispatcher {
  readonly #closing = new Set<Dispatcher>();
  readonly #onEnd: (() => void)[] = [];
  #current: Dispatcher;

  constructor(first: Dispatcher) {
    super();
    this.#current = first;
  }

  renew(next: Dispatcher): void {
    const before = this.#current;
    this.#current = next;
    this.#closing.add(before);
    void before.close().finally(() => this.#closing.delete(before));
  }

  /** Called when the connections end. */
  onEnd(action: () => void): void {
    this.#onEnd.push(action);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.#current.dispatch(options, handler);
  }

  override close(): Promise<void>;
  override close(callback: () => void): void;
  override close(callback?: () => void): Promise<void> | void {
    const closed = this.#all((one) => one.close());
    if (callback === undefined) return closed;
    void closed.finally(callback);
  }

  override destroy(): Promise<void>;
  override destroy(error: Error | null): Promise<void>;
  override destroy(callback: () => void): void;
  override destroy(error: Error | null, callback: () => void): void;
  override destroy(first?: Error | null | (() => void), second?: () => void): Promise<void> | void {
    const [error, callback] = typeof first === 'function' ? [null, first] : [first ?? null, second];
    const destroyed = this.#all((one) => one.destroy(error));
    if (callback === undefined) return destroyed;
    void destroyed.finally(callback);
  }

  async #all(end: (one: Dispatcher) => Promise<void>): Promise<void> {
    for (const action of this.#onEnd.splice(0)) action();
    await Promise.all([this.#current, ...this.#closing].map(end));
  }
}
