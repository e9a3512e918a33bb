/** Turns what came back from the cloud into the error that a caller decides on. */
import type { Operation } from './call.ts';
import { CloudError, type CloudErrorCode } from './errors.ts';
import { correlationIdOf, type ErrorFacts, errorFactsOf, retryAfterMsOf } from './response.ts';
import type { HttpAnswer, TransportFault } from './transport.ts';

/** An answer that is no success. `outcomeUnknown`: whether an earlier try may have been carried out. */
export function errorOfAnswer(
  operation: Operation<unknown>,
  answer: HttpAnswer,
  outcomeUnknown: boolean,
): CloudError {
  const facts = errorFactsOf(answer);
  const code = codeOf(answer.status, facts);
  const said = [facts.cloudCode, facts.cloudMessage].filter((part) => part !== undefined).join(': ');
  const message = `${operation.name}: HTTP ${answer.status}${said === '' ? '' : ` ${said}`}`;
  return new CloudError(code, message, {
    operation: operation.name,
    httpStatus: answer.status,
    cloudCode: facts.cloudCode,
    cloudMessage: facts.cloudMessage,
    correlationId: correlationIdOf(answer),
    retryAfterMs: retryAfterMsOf(answer),
    retryable: isWorthRepeating(answer.status),
    outcomeUnknown,
  });
}

/** A try without an answer. */
export function errorOfFault(
  operation: Operation<unknown>,
  fault: TransportFault,
  outcomeUnknown: boolean,
): CloudError {
  const options = { operation: operation.name, retryable: true, outcomeUnknown };
  return new CloudError('cloud.unavailable', `${operation.name}: ${fault.message}`, options);
}

/** The answer to a request that must not be sent twice was lost: the caller looks what is there. */
export function lostOutcome(operation: Operation<unknown>, last: CloudError): CloudError {
  return new CloudError('cloud.outcome-unknown', `${last.message}; it may have been carried out`, {
    ...last,
    retryable: true,
    outcomeUnknown: true,
    operation: operation.name,
  });
}

function codeOf(status: number, facts: ErrorFacts): CloudErrorCode {
  switch (status) {
    case 401:
      return 'cloud.unauthorized';
    case 403:
      return 'cloud.forbidden';
    case 404:
      return 'cloud.not-found';
    case 413:
      return 'cloud.too-large';
    case 429:
      return 'cloud.rate-limited';
    case 500:
      return 'cloud.server-error';
    // The presence service reports bad input as 409 with codes of its own.
    case 409:
      return facts.cloudCode?.startsWith('presenceservice.') === true &&
        facts.cloudCode !== 'presenceservice.conflict'
        ? 'cloud.refused'
        : 'cloud.conflict';
    case 400:
      return isConflict(facts) ? 'cloud.conflict' : 'cloud.refused';
    case 408:
      return 'cloud.unavailable';
    default:
      if (status >= 300 && status < 400) return 'cloud.redirected';
      return status >= 500 ? 'cloud.unavailable' : 'cloud.refused';
  }
}

/** Some services report duplicates and stale versions as 400. */
function isConflict(facts: ErrorFacts): boolean {
  if (facts.cloudCode === 'general.conflict' || facts.cloudCode === 'duplicate.name') return true;
  return facts.cloudMessage?.includes('does not match the current version') === true;
}

function isWorthRepeating(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
