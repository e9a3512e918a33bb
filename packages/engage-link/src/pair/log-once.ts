/** Logs each kind of fault in what a server sends once, and never what it holds. */
import type { Logger } from '@exec/common/logging';
import { printable } from '../connection/registration.ts';
import type { BoundsFault } from '../wire/index.ts';

/** Kinds that are remembered; a server that sends more kinds of faults than that shows in the metrics. */
const MAX_KINDS = 200;

/** Remembers kinds, not values, for as long as the client lives. */
export class LogOnce {
  readonly #logger: Logger;
  readonly #link: string;
  readonly #kinds = new Set<string>();

  constructor(logger: Logger, link: string) {
    this.#logger = logger;
    this.#link = link;
  }

  unknownEvent(message: string): void {
    this.#once('info', `Unknown message ${printable(message)} is ignored`);
  }

  invalid(message: string, issues: readonly string[]): void {
    this.#once('warn', `${message} with attributes that are not valid is ignored: ${issues.join('; ')}`);
  }

  outOfBounds(message: string, fault: BoundsFault): void {
    const what =
      fault === 'text-too-long' ? 'a text that is too long' : 'a time before 2000 or in the future';
    this.#once('warn', `${message} with ${what} is ignored`);
  }

  unknownName(message: string, attribute: string, name: string): void {
    this.#once('warn', `${message} has the unknown ${attribute} "${printable(name)}"`);
  }

  #once(level: 'info' | 'warn', text: string): void {
    if (this.#kinds.has(text) || this.#kinds.size >= MAX_KINDS) return;
    this.#kinds.add(text);
    this.#logger[level]({ 'exec.link': this.#link }, text);
  }
}
