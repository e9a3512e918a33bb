/** The one root error class and the one table of error codes of all services. */
import { engageLinkCodes } from './codes/engage-link.ts';
import { excpCodes } from './codes/excp.ts';
import { excsCodes } from './codes/excs.ts';
import { exopCodes } from './codes/exop.ts';
import { genesysCloudCodes } from './codes/genesys-cloud.ts';
import type { ErrorCodeInfo } from './codes/info.ts';
import { serviceCodes } from './codes/service.ts';
import { simulatorCodes } from './codes/simulators.ts';

export type { ErrorCodeInfo } from './codes/info.ts';

/**
 * Every code; the page docs/reference/errors.md is generated from this table. Each part keeps its codes in a file
 * of its own under error-codes/.
 */
export const errorCodes = {
  ...serviceCodes,
  ...genesysCloudCodes,
  ...engageLinkCodes,
  ...excsCodes,
  ...excpCodes,
  ...exopCodes,
  ...simulatorCodes,
} as const satisfies Record<string, ErrorCodeInfo>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorOptionsOf {
  readonly cause?: unknown;
  /** Whether the same attempt may succeed later. Decided where the error is raised. */
  readonly retryable?: boolean;
  /** Facts for the log and the operator; never secrets, never attached data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Every error that leaves one of our parts. `code` is stable and stands in docs/reference/errors.md with its remedy;
 * `details` go to the log and hold no secret.
 */
export class ExecError extends Error {
  override readonly name: string = 'ExecError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsOf = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }

  get remedy(): string {
    return errorCodes[this.code].remedy;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}
