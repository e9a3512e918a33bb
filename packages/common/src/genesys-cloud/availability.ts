/** Says when the cloud stops and starts to answer: once at each change, in the log and to the service's health. */
import type { Logger } from '../logging/logging.ts';
import type { CloudError } from './errors.ts';

/** Where the client says whether the cloud answers; a dependency of the service's health fits. */
export interface CloudHealth {
  up(detail?: string): void;
  down(detail: string): void;
}

/** Tells the health check whether the cloud answers, from the outcome of each request. */
export class Availability {
  readonly #logger: Logger;
  readonly #health: CloudHealth | undefined;
  /** Code of the error that counts as down; undefined while up; null before the first answer. */
  #down: string | undefined | null = null;

  constructor(logger: Logger, health: CloudHealth | undefined) {
    this.#logger = logger;
    this.#health = health;
  }

  /** The cloud answered a request, be it with a refusal of this one request. */
  answered(): void {
    if (this.#down === undefined) return;
    if (this.#down !== null) this.#logger.info('Genesys Cloud answers again');
    this.#down = undefined;
    this.#health?.up();
  }

  /** A call ended without any use of the cloud. */
  failed(error: CloudError): void {
    if (!meansDown(error) || this.#down === error.code) return;
    this.#down = error.code;
    this.#logger.warn(
      { 'error.code': error.code, 'trace.id': error.correlationId, 'exec.operation': error.operation },
      `Genesys Cloud cannot be used: ${error.message}`,
    );
    this.#health?.down(error.message);
  }
}

function meansDown(error: CloudError): boolean {
  switch (error.code) {
    case 'cloud.unavailable':
    case 'cloud.outcome-unknown':
    case 'cloud.login-failed':
    case 'cloud.login-throttled':
    case 'cloud.unauthorized':
    case 'cloud.lane-stopped':
    case 'cloud.not-configured':
    case 'cloud.host-not-allowed':
    case 'cloud.redirected':
      return true;
    default:
      return false;
  }
}
