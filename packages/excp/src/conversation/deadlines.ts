/** Waits: when the next one is over, and what happens then. Waits are data; whoever owns the clock calls. */

import type { Connection } from '@exec/common/config';
import {
  type EngageMicros,
  earliest,
  engageLaterBy,
  engageMicros,
  laterBy,
  type StreamMs,
} from '@exec/common/instants';
import type { StreamPlace } from '../events/connection-clocks.ts';
import { closeCall } from './calls.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import { cancelConsults, endLeg, toConsult, toLeaving } from './machines.ts';
import { decideParties, type WaitVerdict } from './party-events.ts';
import type { Conversation, Leaving, Leg, Wait } from './state.ts';
import type { ModelSettings, StepContext } from './step-context.ts';

/** How long a conversation may live, milliseconds. */
type Lifetimes = Pick<ModelSettings, 'lostMs' | 'longestMs'>;

/** Stream time of the earliest wait that ends; undefined when there is none. */
export function nextDue(state: Conversation, times: Lifetimes): StreamMs | undefined {
  let due =
    state.keepUntil ??
    earliest(laterBy(state.touchedAt, times.lostMs), laterBy(beganAt(state), times.longestMs));
  for (const leg of state.legs) {
    if (leg.leaving !== undefined) due = earliest(due, leg.leaving.until);
    if (leg.disposed !== true && leg.disposableUntil !== undefined && leg.endedAt !== undefined)
      due = earliest(due, leg.disposableUntil);
  }
  for (const consult of state.consults)
    if (consult.phase === 'joined' && consult.until !== undefined) due = earliest(due, consult.until);
  for (const call of state.calls) {
    for (const party of call.parties)
      if (party.undecided !== undefined) due = earliest(due, party.undecided.until);
  }
  return due;
}

/** Why a conversation that is not over is closed at `now`, if it is. */
export function outlived(
  state: Conversation,
  times: Lifetimes,
  now: StreamMs,
): 'lost-conversation' | 'too-long' | undefined {
  if (state.overAt !== undefined) return undefined;
  if (laterBy(beganAt(state), times.longestMs) <= now) return 'too-long';
  return laterBy(state.touchedAt, times.lostMs) <= now ? 'lost-conversation' : undefined;
}

function beganAt(state: Conversation): StreamMs {
  return earliest(state.touchedAt, ...state.calls.map((call) => call.seen));
}

/** What another connection may still say is waited for: over when it has caught up. */
export interface Need {
  readonly site: string;
  readonly connection: Connection;
  /** Event time up to which it has to have caught up. */
  readonly at: EngageMicros;
  /** Where in the stream the wait began; undefined: not known. */
  readonly place: StreamPlace | undefined;
}

/** All that is over as soon as a connection has caught up. */
export function needsOf(state: Conversation): Need[] {
  const needs: Need[] = [];
  for (const { leaving, site } of state.legs) {
    if (leaving === undefined) continue;
    const { place, towards, why, upTo = leaving.at } = leaving;
    const target = towards === undefined ? undefined : state.legs.find(({ key }) => key === towards);
    if (target !== undefined) needs.push({ site, connection: 'queues', at: target.at, place });
    else if (why === 'queue') needs.push({ site, connection: 'queues', at: leaving.at, place });
    else if (why === 'last')
      for (const one of sitesOf(state)) needs.push({ site: one, connection: 'queues', at: upTo, place });
  }
  for (const call of state.calls)
    for (const { undecided } of call.parties) {
      if (undecided === undefined || undecided.why === 'link') continue;
      const connection = undecided.why === 'agent' ? 'extensions' : 'queues';
      needs.push({ site: call.site, connection, at: undecided.at, place: undecided.place });
    }
  return needs;
}

export function isMet(need: Need, context: Pick<StepContext, 'caughtUp'>): boolean {
  return context.caughtUp(need.site, need.connection, need.at, need.place ?? Number.POSITIVE_INFINITY);
}

/**
 * A connection that has not caught up is waited for beyond the usual time, in steps. It is asked meanwhile, so that only
 * one that is dead is waited for so long.
 */
const postponeMs = 250;
const longestWaitMs = 30_000;

/**
 * Ends the waits that are over by the stream's clock, by the events' own clock (`eventTime`: a later
 * event of this conversation proves that earlier ones of its connection have come), or because the connection that is
 * waited for has caught up.
 *
 * @rule What another connection may still say is waited for until it has caught up, or for half a minute if it does not answer.
 * @page docs/decisions/0005-where-sources-are-silent.md#which-time-a-wait-is-measured-in
 */
export function endWaits(draft: Draft, eventTime?: EngageMicros): void {
  const verdict = verdicts(draft, eventTime);
  const connectionFor = { agent: 'extensions', queue: 'queues', link: undefined } as const;
  decideParties(draft, ({ undecided }, call) =>
    undecided === undefined ? 'lasts' : verdict(undecided, call.site, connectionFor[undecided.why]),
  );
  for (const { call, phase, joinedAt = engageMicros(0), until } of [...draft.state.consults])
    if (phase === 'joined' && until !== undefined && verdict({ at: joinedAt, until }, '') === 'over')
      toConsult(draft, call, { kind: 'time-over' });
  for (const leg of draft.state.legs) {
    const { leaving } = leg;
    if (leaving !== undefined && isOpen(leg)) endLeaving(draft, leg, leaving, verdict);
  }
}

function endLeaving(draft: Draft, leg: Leg, leaving: Leaving, verdict: Verdicts): void {
  const { context } = draft;
  const { why, upTo = leaving.at, place = Number.POSITIVE_INFINITY } = leaving;
  const target = draft.leg(leaving.towards);
  const isKnown = (site: string, at: EngageMicros) => context.caughtUp(site, 'queues', at, place);
  const end = (known: boolean, connection: Connection | undefined, at: EngageMicros, to?: Leg) => {
    const result = known ? 'over' : verdict(leaving, leg.site, connection, at);
    if (result === 'over')
      toLeaving(draft, leg, { kind: 'wait-over', target: to && { leg: to.key, at: to.at } });
    else if (result !== 'lasts') toLeaving(draft, leg, { kind: 'postponed', until: result.until });
  };
  if (target !== undefined && isPresent(target)) {
    end(isKnown(leg.site, target.at), 'queues', leaving.at, target);
    return;
  }
  const sites = why === 'last' ? sitesOf(draft.state) : [leg.site];
  const waitsForQueues = why === 'queue' || why === 'last';
  const mayBeSentToQueue = why !== 'consult' && why !== 'moving';
  const known = waitsForQueues && sites.every((site) => isKnown(site, upTo));
  end(known, mayBeSentToQueue ? 'queues' : undefined, upTo);
}

type Verdicts = (
  wait: Pick<Wait, 'at' | 'since' | 'place' | 'until'>,
  site: string,
  connection?: Connection,
  upTo?: EngageMicros,
) => WaitVerdict;

function verdicts({ context }: Draft, eventTime: EngageMicros | undefined): Verdicts {
  const { waitMs } = context.settings;
  // Between connections events may be two seconds apart, on top of the wait itself.
  const horizon = eventTime === undefined ? undefined : engageLaterBy(eventTime, -2 * waitMs);
  return (wait, site, connection, upTo = wait.at) => {
    const { since, place = Number.POSITIVE_INFINITY } = wait;
    if (wait.until <= context.now) {
      const goesOn =
        connection !== undefined &&
        since !== undefined &&
        context.now - since < longestWaitMs &&
        !context.caughtUp(site, connection, upTo, place);
      return goesOn ? { until: laterBy(context.now, postponeMs) } : 'over';
    }
    if (horizon === undefined || upTo >= horizon) return 'lasts';
    const isOver =
      connection === undefined || context.caughtUp(site, connection, engageLaterBy(upTo, waitMs), place);
    return isOver ? 'over' : 'lasts';
  };
}

/** Sites in whose queues its calls may be. */
export function sitesOf(state: Conversation): string[] {
  return [...new Set(state.calls.map((call) => call.site))];
}

/**
 * @rule A conversation that nothing is heard of for very long, or that lasts too long, is closed as found gone.
 * @test quarantine.test.ts
 * @test conversation/invariants.test.ts
 */
export function closeAsGone(draft: Draft, at: EngageMicros): void {
  cancelConsults(draft, draft.state.consults, at);
  for (const leg of draft.state.legs) if (isOpen(leg)) endLeg(draft, leg, 'System', at);
  for (const call of draft.state.calls) closeCall(call, at);
}
