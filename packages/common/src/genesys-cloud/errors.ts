/**
 * A failed request to Genesys Cloud, with what a caller needs to decide what to do next, and the kinds of conflict, which
 * the cloud reports under different statuses and codes.
 */
import { type ErrorCode, type ErrorOptionsOf, ExecError } from '../errors/errors.ts';

export type CloudErrorCode = Extract<ErrorCode, `cloud.${string}`>;

export interface CloudErrorOptions extends ErrorOptionsOf {
  /** Name of the operation in the public API definition, for example `postUsers`. */
  readonly operation?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** `code` of the error body, for example `general.conflict`. */
  readonly cloudCode?: string | undefined;
  /** `message` of the error body: free text for people, without what tells of a person, at most 300 characters. */
  readonly cloudMessage?: string | undefined;
  /** `ININ-Correlation-Id` of the answer. */
  readonly correlationId?: string | undefined;
  /** Milliseconds after which it is worth trying again, if the cloud or the client knows. */
  readonly retryAfterMs?: number | undefined;
  /** Whether a try of this request may have been carried out although its answer was lost. */
  readonly outcomeUnknown?: boolean | undefined;
}

/**
 * A request that failed, with the HTTP status and the cloud's own code where there are any. `retryable`: the same
 * call may work later; `retryAfterMs`: not before that many milliseconds.
 */
export class CloudError extends ExecError {
  override readonly name: string = 'CloudError';
  declare readonly code: CloudErrorCode;
  readonly operation: string | undefined;
  readonly httpStatus: number | undefined;
  readonly cloudCode: string | undefined;
  readonly cloudMessage: string | undefined;
  readonly correlationId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly outcomeUnknown: boolean;

  constructor(code: CloudErrorCode, message: string, options: CloudErrorOptions = {}) {
    super(code, message, options);
    this.operation = options.operation;
    this.httpStatus = options.httpStatus;
    this.cloudCode = options.cloudCode;
    this.cloudMessage = options.cloudMessage;
    this.correlationId = options.correlationId;
    this.retryAfterMs = options.retryAfterMs;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

const versionText = 'does not match the current version';

/**
 * Somebody else changed the user since it was read: read it again and repeat. Comes as 409 `general.conflict`,
 * or as 400 whose message says that the version does not match (seen in Genesys' Terraform provider,
 * `genesyscloud/util/util_retries.go`).
 */
export function isVersionConflict(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  if (error.httpStatus === 409) return error.cloudCode === 'general.conflict';
  return error.httpStatus === 400 && (error.cloudMessage ?? '').includes(versionText);
}

/** A queue or wrap-up code of that name exists: 400 `duplicate.name`. */
export function isDuplicateName(error: unknown): error is CloudError {
  return error instanceof CloudError && error.cloudCode === 'duplicate.name';
}

/** The external identity belongs to a user already: 409 `general.resource.conflict`. */
export function isExternalIdConflict(error: unknown): error is CloudError {
  return error instanceof CloudError && error.cloudCode === 'general.resource.conflict';
}

/**
 * A create met an object with the same key (user by e-mail, also a deleted one; skill, queue, wrap-up code by
 * name; external identity). Ask it only about creates: on a change of a user the same code means a version conflict.
 */
export function isDuplicate(error: unknown): error is CloudError {
  if (!(error instanceof CloudError)) return false;
  if (error.httpStatus !== 400 && error.httpStatus !== 409) return false;
  switch (error.cloudCode) {
    case 'general.conflict':
    case 'duplicate.name':
    case 'general.resource.conflict':
    case 'resource.already.exists':
      return true;
    default:
      return false;
  }
}

/** The object is not there (404). */
export function isNotFound(error: unknown): error is CloudError {
  return error instanceof CloudError && error.httpStatus === 404;
}
