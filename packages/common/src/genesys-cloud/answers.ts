/** What an answer of the cloud means: a result, a reason to try again, or the end. */
import type { CallResult, Operation } from './call.ts';
import { CloudError } from './errors.ts';
import { parseJson } from './json.ts';
import { faultsOf } from './operations/sending.ts';
import { correlationIdOf, retryAfterMsOf } from './response.ts';
import type { TryOutcome } from './retry.ts';
import type { TokenGrant } from './token-source.ts';
import type { HttpAnswer } from './transport.ts';

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
  const parsed = operation.answer.safeParse(parseJson(answer.body));
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
export function laneStopped(error: CloudError, retryAfterMs: number): CloudError {
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
