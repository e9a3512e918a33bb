/** The one root error class and the one table of error codes of all services. */

export interface ErrorCodeInfo {
  /** HTTP status when the error answers a request. */
  readonly status: number;
  /** What happened, in one sentence. */
  readonly summary: string;
  /** What the operator does about it. */
  readonly remedy: string;
}

/** Every code; the page docs/reference/errors.md is generated from this table. */
export const errorCodes = {
  // Configuration
  'config.invalid': {
    status: 500,
    summary: 'The environment is incomplete or holds a value that is not valid.',
    remedy: 'Correct every variable that the message lists, then start the service again.',
  },
  // REST
  'request.invalid': {
    status: 400,
    summary: 'The request has a missing, unknown or malformed parameter or body field.',
    remedy: 'Compare the request with /openapi.json; the answer names each field.',
  },
  'request.too-large': {
    status: 413,
    summary: 'The body or a list in it is larger than allowed.',
    remedy: 'Split the request.',
  },
  'request.unauthorized': {
    status: 401,
    summary: 'The bearer token is missing or wrong.',
    remedy: 'Send "Authorization: Bearer <API_TOKEN>" with the token of this service.',
  },
  'request.forbidden': {
    status: 403,
    summary: 'The API answers only on loopback because API_TOKEN is not set.',
    remedy: 'Set API_TOKEN (or API_TOKEN_FILE) on the service, or call it from the same machine.',
  },
  'request.not-found': {
    status: 404,
    summary: 'There is nothing at this path.',
    remedy: 'See /openapi.json for the paths of this service.',
  },
  'service.unavailable': {
    status: 503,
    summary: 'The service cannot answer yet, or a part it needs is away.',
    remedy: 'Look at /health/ready: it names the dependency; repeat the request later.',
  },
  'internal.unexpected': {
    status: 500,
    summary: 'A fault that the service did not foresee.',
    remedy: 'Look for the request ID in the log of the service and report it.',
  },
  'mapping.not-found': {
    status: 404,
    summary: 'The Engage object is not mapped to an object of the EX organisation.',
    remedy: 'Check /api/v1/sync/conflicts and whether the object is in the synchronised folder.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorOptionsOf {
  readonly cause?: unknown;
  /** Whether the same attempt may succeed later. Decided where the error is raised. */
  readonly retryable?: boolean;
  /** Facts for the log and the operator; never secrets, never attached data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

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

/** Whether any error, ours or foreign, may be tried again. Foreign errors answer no. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ExecError && error.retryable;
}
