/** A failed request to Genesys Cloud, with what a caller needs to decide what to do next. */
import { type ErrorCode, type ErrorOptionsOf, ExecError } from '../errors.ts';

export type CloudErrorCode = Extract<ErrorCode, `cloud.${string}`>;

export interface CloudErrorOptions extends ErrorOptionsOf {
  /** Name of the operation in the public API definition, for example `postUsers`. */
  readonly operation?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** `code` of the error body, for example `general.conflict`. */
  readonly cloudCode?: string | undefined;
  /** `message` of the error body: free text for people, telephone numbers masked, at most 300 characters. */
  readonly cloudMessage?: string | undefined;
  /** `ININ-Correlation-Id` of the answer. */
  readonly correlationId?: string | undefined;
  /** Milliseconds after which it is worth trying again, if the cloud or the client knows. */
  readonly retryAfterMs?: number | undefined;
  /** Whether a try of this request may have been carried out although its answer was lost. */
  readonly outcomeUnknown?: boolean | undefined;
}

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
