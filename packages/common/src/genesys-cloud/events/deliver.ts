/**
 * Sends one batch of events: looks by halves for what makes the cloud refuse a whole request, and says what became of
 * each event as soon as an answer is there.
 */
import type { Clock } from '../../time/clock.ts';
import { CloudError } from '../errors.ts';
import type { EventBatchResult } from '../operations/events.ts';

/** What is known of an event now. An event without a verdict was not sent, or nothing has changed for it. */
export type Verdict<E> =
  | { readonly kind: 'accepted'; readonly event: E }
  /**
   * Refused for good. `whole`: the error of its request, when the cloud refused that as a whole and the event stood
   * alone in it.
   */
  | { readonly kind: 'refused'; readonly event: E; readonly reason: string; readonly whole?: CloudError }
  /** Refused for now: the same event may be sent again. */
  | { readonly kind: 'later'; readonly event: E; readonly reason: string }
  /**
   * It may have been accepted although nothing says so: from now on a refusal may only mean that it is a repeat. What
   * becomes of it comes later, by another verdict or by a further delivery. `lost`: the answer was lost on the way, or
   * did not say which event it speaks of; else it was a 500.
   */
  | { readonly kind: 'unknown'; readonly event: E; readonly lost: boolean };

export interface Answer<E> {
  /** In the order of the batch, those of one event in the order of time. */
  readonly verdicts: readonly Verdict<E>[];
  /** Of the request. */
  readonly correlationId: string | undefined;
}

export interface DeliverOptions<E> {
  /** Sends one request; `isFirst`: of this delivery, so a place in the budget that was got for it is there. */
  readonly send: (part: readonly E[], isFirst: boolean) => Promise<EventBatchResult>;
  /** Under which ID an answer names the event. */
  readonly idOf: (event: E) => string;
  /**
   * Asked before each request: those of the part that may still be sent, in its order. What was answered meanwhile may
   * forbid some, for example because one before them has to wait. Default: all.
   */
  readonly sendable?: (part: readonly E[]) => readonly E[];
  readonly clock: Clock;
  /** Ends the wait between two tries. */
  readonly signal?: AbortSignal;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** Tries of a request that is answered with 500, before it is taken to be about one of its events. */
export const serverErrorTries = 5;
const firstWaitMs = 500;

interface Part<E> {
  readonly events: readonly E[];
  /** Number of the next try. */
  readonly tries: number;
}

/**
 * 400, 413 and their like are halved until the event to blame stands alone; 500 gets five tries, then the same. An
 * event that stands alone with a 500 is not to blame when a second one gets the same and nothing of the batch gets an
 * answer: then nothing can be sent. Everything but these is no matter of an event.
 *
 * One request at a time, in the order of the batch.
 *
 * @rule A batch that is refused as a whole is halved until the event at fault stands alone; what was accepted stays
 *   accepted.
 * @test deliver.test.ts: ends with each event accepted once, refused for its own fault, or without a verdict
 * @returns answers; whoever takes one has it before the next request is sent
 * @throws CloudError nothing can be sent at present (401, 403, 429, 503, no connection …); what had no verdict of its
 * own before is as it was
 * @throws what `send` throws besides, and the reason of the signal
 */
export async function* deliver<E>(
  events: readonly E[],
  options: DeliverOptions<E>,
): AsyncGenerator<Answer<E>, void, undefined> {
  const { send, sendable = (part) => part } = options;
  const parts: Part<E>[] = [{ events, tries: 1 }];
  const suspects: (readonly [E, CloudError])[] = [];
  let isFirst = true;
  let answers = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const open = sendable(part.events);
    if (open.length === 0) continue;
    let result: EventBatchResult;
    try {
      const request = send(open, isFirst);
      isFirst = false;
      result = await request;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const { correlationId } = error;
      const failure = failureOf(error);
      if (error.outcomeUnknown || failure === 'try') {
        const lost = failure !== 'try';
        yield { verdicts: open.map((event) => ({ kind: 'unknown', event, lost })), correlationId };
      }
      if (failure === 'hold') throw error;
      if (failure === 'try' && part.tries < serverErrorTries) {
        await waitFor(part.tries, options);
        parts.unshift({ events: open, tries: part.tries + 1 });
        continue;
      }
      const [event] = open;
      if (open.length > 1) parts.unshift(...halves(open));
      else if (event === undefined) continue;
      else if (failure === 'halve' || answers > 0)
        yield { verdicts: [refusedWhole(event, error)], correlationId };
      else if (suspects.length > 0) throw error;
      else suspects.push([event, error]);
      continue;
    }
    answers++;
    for (const [event, error] of suspects.splice(0))
      yield { verdicts: [refusedWhole(event, error)], correlationId: error.correlationId };
    const { verdicts, unclear } = judge(open, result, options.idOf);
    yield { verdicts, correlationId: result.correlationId };
    if (unclear.length > 0) parts.unshift(...halves(unclear));
  }
  // Nothing else could be asked.
  for (const [event, error] of suspects)
    yield { verdicts: [refusedWhole(event, error)], correlationId: error.correlationId };
}

/** What to do when a request failed as a whole. */
function failureOf(error: CloudError): 'halve' | 'try' | 'hold' {
  switch (error.code) {
    case 'cloud.refused':
    case 'cloud.too-large':
    case 'cloud.request-invalid':
    case 'cloud.conflict':
    case 'cloud.not-found':
      return 'halve';
    case 'cloud.server-error':
      return 'try';
    default:
      return 'hold';
  }
}

/**
 * What an answer says of each event. `unclear`: those of which some failed, and it does not say which; to be sent again
 * by halves.
 */
function judge<E>(
  events: readonly E[],
  result: EventBatchResult,
  idOf: (event: E) => string,
): { readonly verdicts: Verdict<E>[]; readonly unclear: readonly E[] } {
  const unnamed =
    result.unattributed.length === 0 ? [] : events.filter((event) => !result.rejected.has(idOf(event)));
  const nameless = result.unattributed.find(({ retryable }) => !retryable) ?? result.unattributed[0];
  const isUnclear = unnamed.length > 1;
  const verdicts = events.flatMap((event): Verdict<E>[] => {
    const named = result.rejected.get(idOf(event));
    const rejection = named ?? nameless;
    if (rejection === undefined) return [{ kind: 'accepted', event }];
    const { message: reason, retryable } = rejection;
    const unknown: Verdict<E>[] =
      result.repeated || (named === undefined && isUnclear) ? [{ kind: 'unknown', event, lost: true }] : [];
    if (retryable) return [...unknown, { kind: 'later', event, reason }];
    if (named === undefined && isUnclear) return unknown;
    return [...unknown, { kind: 'refused', event, reason }];
  });
  return { verdicts, unclear: isUnclear && nameless?.retryable === false ? unnamed : [] };
}

function refusedWhole<E>(event: E, error: CloudError): Verdict<E> {
  return { kind: 'refused', event, reason: error.message, whole: error };
}

function halves<E>(events: readonly E[]): Part<E>[] {
  const middle = Math.ceil(events.length / 2);
  return [events.slice(0, middle), events.slice(middle)].map((half) => ({ events: half, tries: 1 }));
}

function waitFor<E>(
  tries: number,
  { clock, signal, random = Math.random }: DeliverOptions<E>,
): Promise<void> {
  return clock.sleep(firstWaitMs * 2 ** tries * (0.5 + random() / 2), signal);
}
