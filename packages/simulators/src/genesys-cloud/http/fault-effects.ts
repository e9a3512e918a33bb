/** What a fault on command does to one request, before and after the request has its effect. */

import { ApiError, commonCode } from '../api-error.ts';
import type { RequestFault } from '../fault-board.ts';

/** What becomes of a request that a fault hit. */
export type FaultEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: ApiError }
  | { readonly kind: 'raw'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'wait'; readonly ms: number };

export const none: FaultEffect = { kind: 'none' };

/** What a proxy in front of the platform answers: no JSON. */
const badGateway: FaultEffect = {
  kind: 'raw',
  status: 502,
  type: 'text/html',
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
};

/** The 429 of the documented shape. `retryAfter` null: without the header. */
export function rateLimited(retryAfter: number | string | null): ApiError {
  const message = `Rate limit exceeded the maximum. Retry the request in [${retryAfter ?? 0}] seconds`;
  const code = 'too.many.requests.retry.after';
  return new ApiError(429, code, message, retryAfter === null ? {} : { retryAfter });
}

/** The effect at the arrival of the request, before its body is read. */
export function effectOnArrival(fault: RequestFault | undefined): FaultEffect {
  switch (fault?.kind) {
    case 'rate-limited':
      return { kind: 'error', error: rateLimited(fault.retryAfter === undefined ? 1 : fault.retryAfter) };
    case 'status':
      return fault.applied === true ? none : errorOf(fault);
    case 'bad-gateway':
      return fault.applied === true ? none : badGateway;
    case 'reset':
      return fault.when === 'before' ? { kind: 'cut' } : none;
    case 'hang':
      return fault.applied === true ? none : { kind: 'hang' };
    case undefined:
    case 'slow':
    case 'garbage':
    case 'login-refused':
    case 'login-throttled':
      return none;
  }
}

/** The effect when the body has been read and checked, before it is applied. */
export function effectBeforeApplying(fault: RequestFault | undefined): FaultEffect {
  return fault?.kind === 'slow' && fault.when === 'before' ? { kind: 'wait', ms: fault.ms } : none;
}

/** The effect after the request has been applied. */
export function effectAfterApplying(fault: RequestFault | undefined): FaultEffect {
  switch (fault?.kind) {
    case 'status':
      return errorOf(fault);
    case 'bad-gateway':
      return badGateway;
    case 'reset':
      return { kind: 'cut' };
    case 'hang':
      return { kind: 'hang' };
    case 'slow':
      return fault.when === 'before' ? none : { kind: 'wait', ms: fault.ms };
    case 'garbage':
      return { kind: 'raw', status: 200, type: 'application/json', body: fault.body ?? '{"unexpected":' };
    case undefined:
    case 'rate-limited':
    case 'login-refused':
    case 'login-throttled':
      return none;
  }
}

function errorOf(fault: Extract<RequestFault, { kind: 'status' }>): FaultEffect {
  const code = fault.code ?? commonCode(fault.status);
  const message = fault.message ?? 'Injected fault.';
  const options = fault.retryAfter === undefined ? {} : { retryAfter: fault.retryAfter };
  return { kind: 'error', error: new ApiError(fault.status, code, message, options) };
}
