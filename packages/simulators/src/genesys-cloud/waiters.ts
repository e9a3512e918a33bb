/** Those who wait until something holds; looked at whenever something may have changed. */

interface Waiter {
  readonly condition: () => boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Waiters {
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  wait(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (condition()) {
        resolve();
        return;
      }
      if (this.#closed) {
        reject(new Error('The fake is closed.'));
        return;
      }
      const onAbort = () => waiter.reject(signal?.reason);
      const end = () => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        condition,
        resolve: () => {
          end();
          resolve();
        },
        reject: (reason) => {
          end();
          reject(reason as Error);
        },
      };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted === true) onAbort();
    });
  }

  look(): void {
    for (const waiter of this.#waiters)
      try {
        if (waiter.condition()) waiter.resolve();
      } catch (error) {
        waiter.reject(error);
      }
  }

  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.reject(new Error('The fake is closed.'));
  }
}
