/** Refused callers: the first of an address is told at once, the others once a minute with their number. */
import type { Logger } from '../logging/logging.ts';
import type { Clock, Timer } from '../time/clock.ts';

/** Addresses that are told apart within a minute; anybody can add to them. Those beyond share one number. */
const mostAddresses = 1000;
/** Lines about first refusals, and about numbers, within a minute. */
const mostLines = 20;
/** Wrong tokens of one address within a minute; those beyond get another answer. */
const mostGuesses = 20;
const minuteMs = 60_000;

interface Refused {
  readonly requestId: string;
  readonly address: string;
  readonly reason: string;
  /** Whether the caller may be trying out tokens. */
  readonly isGuess: boolean;
}

interface Tally {
  count: number;
  guesses: number;
  reason: string;
  isLogged: boolean;
}

export class Refusals {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #tallies = new Map<string, Tally>();
  readonly #beyond: Tally = { count: 0, guesses: 0, reason: '', isLogged: true };
  #lines = 0;
  #minute: Timer | undefined;

  constructor(options: { readonly logger: Logger; readonly clock: Clock }) {
    this.#logger = options.logger;
    this.#clock = options.clock;
  }

  /** Counts a refusal. `tooMany`: the address has guessed more often than anybody errs. */
  note({ requestId, address, reason, isGuess }: Refused): { readonly tooMany: boolean } {
    this.#minute ??= this.#clock.setTimer(minuteMs, () => this.#report(), { unref: true });
    const tally = this.#tallyOf(address);
    tally.count += 1;
    tally.reason = reason;
    if (isGuess) tally.guesses += 1;
    if (!tally.isLogged && this.#lines < mostLines) {
      tally.isLogged = true;
      this.#lines += 1;
      this.#logger.warn(
        { 'client.address': address, 'trace.id': requestId, 'exec.reason': reason },
        'Request to /api refused; further ones from this address are told once a minute, with their number',
      );
    }
    return { tooMany: tally.guesses > mostGuesses };
  }

  /** Tells what is still untold. */
  close(): void {
    this.#minute?.cancel();
    this.#report();
  }

  #tallyOf(address: string): Tally {
    const known = this.#tallies.get(address);
    if (known !== undefined) return known;
    if (this.#tallies.size >= mostAddresses) return this.#beyond;
    const tally: Tally = { count: 0, guesses: 0, reason: '', isLogged: false };
    this.#tallies.set(address, tally);
    return tally;
  }

  #report(): void {
    const unlogged = [...this.#tallies].filter(([, { count, isLogged }]) => count > (isLogged ? 1 : 0));
    unlogged.sort(([, left], [, right]) => right.count - left.count);
    for (const [address, { count, reason }] of unlogged.slice(0, mostLines))
      this.#logger.warn(
        { 'client.address': address, 'exec.reason': reason, 'exec.count': count },
        `${count} requests to /api refused within a minute`,
      );
    const others = unlogged.slice(mostLines).reduce((sum, [, { count }]) => sum + count, this.#beyond.count);
    if (others > 0)
      this.#logger.warn(
        { 'exec.count': others },
        `${others} requests to /api from further addresses refused within a minute`,
      );
    this.#tallies.clear();
    Object.assign(this.#beyond, { count: 0, guesses: 0 });
    this.#lines = 0;
    this.#minute = undefined;
  }
}
