/** A trouble that lasts, said once: in the log at each change of its code, and as the detail of a dependency. */
import type { Dependency } from '../http/index.ts';
import type { Logger } from '../logging/logging.ts';
import { ExecError } from './errors.ts';
import { textOf } from './text-of.ts';

export { textOf } from './text-of.ts';

export interface TroubleOptions {
  readonly logger: Logger;
  /** What does not work, as a sentence for the log: "The agent list could not be read". */
  readonly message: string;
  /** Shows the trouble while it lasts. */
  readonly health?: Dependency | undefined;
}

/** Call `failed` at each failure and `over` at each success; it says what changes. */
export class Trouble {
  readonly #options: TroubleOptions;
  #code: string | undefined;

  constructor(options: TroubleOptions) {
    this.#options = options;
  }

  get lasts(): boolean {
    return this.#code !== undefined;
  }

  /** It failed (again): a warning when it is new or fails in another way, else a line at debug. */
  failed(error: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
    const { logger, message, health } = this.#options;
    const code = troubleCode(error);
    if (code === this.#code) logger.debug({ err: error, ...fields }, message);
    else logger.warn({ err: error, ...fields }, message);
    this.#code = code;
    health?.down(`${message}: ${textOf(error)}`);
  }

  /** It works (again); said once. */
  over(detail?: string): void {
    const { logger, message, health } = this.#options;
    if (this.#code !== undefined) logger.info({ 'error.code': this.#code }, `Over: ${message}`);
    this.#code = undefined;
    health?.up(detail);
  }
}

/**
 * What tells one trouble from another: the code of our errors, with the word that Redis begins its refusals with (`OOM`,
 * `READONLY`); the message would change with every request ID.
 */
export function troubleCode(error: unknown): string {
  if (!(error instanceof ExecError)) return error instanceof Error ? error.name : typeof error;
  const word = error.code.startsWith('redis.') ? /\b[A-Z]{3,}\b/.exec(error.message)?.[0] : undefined;
  return word === undefined ? error.code : `${error.code} ${word}`;
}
