/** Logs each kind of oddity in what a server sends once, and never what it holds. */
import type { Logger } from '@exec/common/logging';
import { printable } from '../connection/registration.ts';

/** Kinds that are remembered; what is odd in more ways than that is odd enough to be seen in the metrics. */
const MAX_KINDS = 200;

export class Noticed {
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

  unknownName(message: string, attribute: string, name: string): void {
    this.#once('warn', `${message} has the unknown ${attribute} "${printable(name)}"`);
  }

  #once(level: 'info' | 'warn', text: string): void {
    if (this.#kinds.has(text) || this.#kinds.size >= MAX_KINDS) return;
    this.#kinds.add(text);
    this.#logger[level]({ 'exec.link': this.#link }, text);
  }
}
