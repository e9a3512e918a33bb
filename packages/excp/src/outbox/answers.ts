/** What an answer of the cloud means for the queue: the one way in which an answer changes anything. Pure. */

import type { Answer, Verdict } from '@exec/common/genesys-cloud';
import { laterBy, type MonotonicMs, type WallMs } from '@exec/common/instants';
import type { OutboxEntry } from './entry.ts';
import type { SendQueue } from './queue.ts';

/** What became of events because of an answer: to be written, counted and logged. */
export type Outcome =
  /** The cloud has them. `repeated`: they were accepted before, this was their repeat. */
  | {
      readonly type: 'done';
      readonly result: 'accepted' | 'repeated';
      readonly entries: readonly OutboxEntry[];
    }
  /** It is sent again later; `tries`: refusals for now in a row, with this one. */
  | { readonly type: 'later'; readonly entry: OutboxEntry; readonly reason: string; readonly tries: number }
  /** Refused for good. */
  | {
      readonly type: 'dead';
      readonly entry: OutboxEntry;
      readonly reason: string;
      /** ID of the dead letter. */
      readonly letter: string;
      /** What the letter holds: the entry, and with a refused establishment what waits of its leg. */
      readonly entries: readonly OutboxEntry[];
      /** Field of the dead leg, if one is. */
      readonly deadLeg: string | undefined;
    }
  /** Out-stream IDs of what was overtaken, with the time that each has to be after. */
  | { readonly type: 'overtaken'; readonly floors: readonly (readonly [string, WallMs])[] };
export type OutcomeOf<T extends Outcome['type']> = Extract<Outcome, { readonly type: T }>;

/** Refusals "for now" after which an event counts as refused for good: about a day of them. */
export const mostTries = 1_500;
const longestHoldMs = 60_000;

type Refusal = Exclude<Verdict<OutboxEntry>, { readonly kind: 'accepted' | 'unknown' }>;

/**
 * @param o `random`: in [0, 1)
 * @returns in the order in which it is to be carried out
 */
export function applyAnswer(
  queue: SendQueue,
  { verdicts }: Answer<OutboxEntry>,
  o: { readonly now: MonotonicMs; readonly random: () => number },
): readonly Outcome[] {
  for (const verdict of verdicts) if (verdict.kind === 'unknown') queue.unknown(verdict.event, verdict.lost);
  const accepted = verdicts.filter(({ kind }) => kind === 'accepted').map(({ event }) => event);
  // Before the refusals: what is accepted is accepted, also of a leg that is given up in the same answer.
  for (const entry of accepted) queue.accepted(entry);
  const outcomes: Outcome[] =
    accepted.length === 0 ? [] : [{ type: 'done', result: 'accepted', entries: accepted }];
  for (const verdict of verdicts) {
    if (verdict.kind === 'accepted' || verdict.kind === 'unknown') continue;
    // A refused establishment may have taken it along.
    if (queue.has(verdict.event)) outcomes.push(...refused(queue, verdict, o));
  }
  const conversations = new Set(accepted.map(({ conversation }) => conversation));
  const floors = [...conversations].flatMap((conversation) => {
    const overtaken = queue.overtaken(conversation);
    return overtaken === undefined ? [] : [overtaken];
  });
  return floors.length === 0 ? outcomes : [...outcomes, { type: 'overtaken', floors }];
}

function refused(
  queue: SendQueue,
  verdict: Refusal,
  o: { readonly now: MonotonicMs; readonly random: () => number },
): Outcome[] {
  const { event: entry, reason } = verdict;
  if (verdict.kind === 'later') return later(queue, entry, { ...o, reason, alone: false });
  const { whole } = verdict;
  const how = whole && (whole.code === 'cloud.server-error' ? 'server-error' : 'invalid');
  switch (queue.judge(entry, how)) {
    case 'waits':
      return [];
    case 'repeated':
      queue.accepted(entry);
      return [{ type: 'done', result: 'repeated', entries: [entry] }];
    case 'again':
      return later(queue, entry, { ...o, reason, alone: true });
    case 'dead':
      return [dead(queue, entry, reason)];
  }
}

function later(
  queue: SendQueue,
  entry: OutboxEntry,
  o: {
    readonly now: MonotonicMs;
    readonly random: () => number;
    readonly reason: string;
    readonly alone: boolean;
  },
): Outcome[] {
  const { now, random, reason, alone } = o;
  if (queue.isHeld(entry.conversation)) return [];
  const tries = queue.tries(entry.conversation);
  if (tries >= mostTries) return [dead(queue, entry, reason)];
  const wait = Math.min(longestHoldMs, 1_000 * 2 ** Math.min(tries, 10));
  queue.later(entry, laterBy(now, spread(wait, random)), { alone });
  return [{ type: 'later', entry, reason, tries: tries + 1 }];
}

function dead(queue: SendQueue, entry: OutboxEntry, reason: string): Outcome {
  const letter = entry.event.event.eventId;
  return { type: 'dead', entry, reason, letter, ...queue.dead(entry, letter) };
}

/** Between half of the time and all of it, so that not everything comes at once. */
export function spread(ms: number, random: () => number): number {
  return ms * (0.5 + random() / 2);
}
