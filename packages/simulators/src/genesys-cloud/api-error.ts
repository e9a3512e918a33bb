/** An answer of the API that says no: status, code and text in the shape of `ErrorBody`. */

export interface ErrorDetail {
  readonly errorCode?: string;
  readonly fieldName?: string;
  readonly entityId?: string;
  readonly entityName?: string;
}

/** `ErrorBody` as the API answers it. Source: the public API definition; `contextId` is the correlation ID. */
export interface ErrorBody {
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly contextId: string;
  readonly details: readonly ErrorDetail[];
  readonly errors: readonly ErrorBody[];
  readonly entityId?: string;
  readonly entityName?: string;
}

/** Codes that every operation declares, one per status; used when no more exact code fits. */
const commonCodes: Readonly<Record<number, string>> = {
  400: 'bad.request',
  401: 'bad.credentials',
  403: 'not.authorized',
  404: 'not.found',
  408: 'client.timeout',
  409: 'request.conflict',
  413: 'request.entity.too.large',
  415: 'unsupported.media.type',
  429: 'too.many.requests.retry.after',
  500: 'internal.server.error',
  503: 'service.unavailable',
  504: 'request.timeout',
};

export function commonCode(status: number): string {
  return commonCodes[status] ?? 'internal.server.error';
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly details: readonly ErrorDetail[];
  /** Value of the `Retry-After` header, seconds. */
  readonly retryAfter: number | string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly details?: readonly ErrorDetail[]; readonly retryAfter?: number | string } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfter = options.retryAfter;
  }

  body(correlationId: string): ErrorBody {
    return {
      message: this.message,
      code: this.code,
      status: this.status,
      contextId: correlationId,
      details: this.details,
      errors: [],
    };
  }
}
