/** What the answer to a request means for each of its events, in the order of each conversation. */
import type { CloudError, EventBatchResult } from '@exec/common/genesys-cloud';
import type { OutEntry } from './out-entry.ts';

export interface Refusal {
  readonly entry: OutEntry;
  readonly reason: string;
}

/** For one conversation. */
export interface Outcome {
  readonly accepted: readonly OutEntry[];
  /** Refused, but only because they had been accepted before. */
  readonly repeated: readonly OutEntry[];
  /** Refused for good. */
  readonly refused: readonly Refusal[];
  /** The first one that is to be sent again; what follows it waits. */
  readonly again: Refusal | undefined;
}

/**
 * @param isRepeat whether an event may have been accepted by an earlier sending
 */
export function outcomeOf(
  entries: readonly OutEntry[],
  result: EventBatchResult,
  isRepeat: (entry: OutEntry) => boolean,
): Outcome {
  const accepted: OutEntry[] = [];
  const repeated: OutEntry[] = [];
  const refused: Refusal[] = [];
  let again: Refusal | undefined;
  const [nameless] = result.unattributed;
  for (const entry of entries) {
    const rejection = result.rejected.get(entry.event.event.eventId);
    if (rejection === undefined && nameless !== undefined) {
      // Some event failed and nobody says which: all are sent again, with the same IDs.
      again ??= { entry, reason: nameless.message };
    } else if (rejection === undefined) accepted.push(entry);
    else if (rejection.retryable) again ??= { entry, reason: rejection.message };
    else if (again !== undefined) {
      // Refused because of the one before it, perhaps: it is judged when that one has been settled.
    } else if (isRepeat(entry) || result.repeated) repeated.push(entry);
    else refused.push({ entry, reason: rejection.message });
  }
  return { accepted, repeated, refused, again };
}

/** What to do when a request failed as a whole. */
export type RequestFailure =
  /** An event in it is to blame: look for it by halves. */
  | 'halve'
  /** A few tries, then as `halve`. */
  | 'try'
  /** Nothing can be sent at present. */
  | 'hold';

export function requestFailure(error: CloudError): RequestFailure {
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
