/** What an answer of the cloud, or its absence, means: a result, a reason to try again, or the error that a caller decides on. */
import type { CallResult, Operation } from './call.ts';
import { CloudError, type CloudErrorCode } from './errors.ts';
import { parseAnswer } from './json.ts';
import { faultsOf } from './operations/sending.ts';
import { correlationIdOf, type ErrorFacts, errorFactsOf, retryAfterMsOf } from './read-response.ts';
import type { TryOutcome } from './retry.ts';
import type { TokenGrant } from './token-source.ts';
import type { HttpAnswer, TransportFault } from './transport.ts';

/** What an answer means for the retry rules; undefined: it is final. */
export function tryOutcomeOf(answer: HttpAnswer, pauseMs: number): TryOutcome | undefined {
  switch (answer.status) {
    case 429:
      return { kind: 'rate-limited', pauseMs };
    case 502:
    case 503:
    case 504:
      return { kind: 'gateway', retryAfterMs: retryAfterMsOf(answer) };
    default:
      return undefined;
  }
}

/** Whether the cloud works on our requests, though it may refuse this one. */
export function isUseful(status: number): boolean {
  return status < 300 || (status >= 400 && status < 500 && status !== 401 && status !== 429);
}

/** Statuses behind which a success may hide. */
export function isUncertain(status: number): boolean {
  return status === 408 || status >= 500;
}

/** @throws CloudError `cloud.response-invalid` if a success is not what the operation promises */
export function resultOf<Out>(
  operation: Operation<Out>,
  answer: HttpAnswer,
  repeated: boolean,
): CallResult<Out> {
  const correlationId = correlationIdOf(answer);
  if (operation.answer === undefined) return { value: undefined as Out, repeated, correlationId };
  const parsed = operation.answer.safeParse(parseAnswer(answer.body));
  if (parsed.success) return { value: parsed.data, repeated, correlationId };
  throw unusable(operation, faultsOf(parsed.error), answer);
}

/** The operation was carried out, but its answer is of no use. */
export function unusable(
  operation: Operation<unknown>,
  what: string,
  answer: HttpAnswer | undefined,
): CloudError {
  const isRead = operation.method === 'GET';
  return new CloudError('cloud.response-invalid', `${operation.name}: unusable answer: ${what}`, {
    operation: operation.name,
    httpStatus: answer?.status,
    correlationId: answer === undefined ? undefined : correlationIdOf(answer),
    retryable: isRead,
    // What came of a write must be looked up.
    outcomeUnknown: !isRead,
  });
}

/** A 429 that asks for more than anybody should wait. */
export function tokenStopped(error: CloudError, retryAfterMs: number): CloudError {
  const seconds = Math.round(retryAfterMs / 1000);
  return new CloudError('cloud.lane-stopped', `Genesys Cloud asked for a pause of ${seconds} s`, {
    ...error,
    retryable: true,
    retryAfterMs,
  });
}

/** Something on the way may repeat what it was sent: the token goes into no error. */
export function withoutToken(answer: HttpAnswer, grant: TokenGrant): HttpAnswer {
  return { ...answer, body: answer.body.replaceAll(grant.token.reveal(), '[secret]') };
}

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
