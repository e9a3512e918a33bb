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
import type { Conversation, Leaving, Leg, Undecided, Wait } from './state.ts';
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

interface Source {
  readonly site: string;
  readonly connection: Connection;
}

/** What another connection may still say is waited for: over when it has caught up. */
export interface Need extends Source {
  /** Event time up to which it has to have caught up. */
  readonly at: EngageMicros;
  /** Where in the stream the wait began; undefined: not known. */
  readonly place: StreamPlace | undefined;
}

/** All that is over as soon as a connection has caught up. */
export function needsOf(state: Conversation, settings: Pick<ModelSettings, 'sites' | 'waitMs'>): Need[] {
  const needs: Need[] = [];
  for (const { leaving, site } of state.legs) {
    if (leaving === undefined) continue;
    const { place, towards, why, upTo = leaving.at } = leaving;
    const target = state.legs.find(({ key }) => key === towards);
    if (target !== undefined) needs.push({ site, connection: 'queues', at: target.at, place });
    else if (why === 'queue') needs.push({ site, connection: 'queues', at: leaving.at, place });
    else if (why === 'last')
      for (const one of sitesOf(state)) needs.push({ site: one, connection: 'queues', at: upTo, place });
  }
  for (const call of state.calls)
    for (const { undecided } of call.parties) {
      if (undecided === undefined) continue;
      const { why, at, place, since = undecided.until, until } = undecided;
      // The other half may come a little later than the party: no answer says before that it does not.
      if (why === 'link' && until - since <= settings.waitMs) continue;
      for (const source of sourcesOf(why, call.site, settings)) needs.push({ ...source, at, place });
    }
  return needs;
}

/** What may still say what a party is. */
function sourcesOf(
  why: Undecided['why'],
  site: string,
  { sites }: Pick<ModelSettings, 'sites'>,
): readonly Source[] {
  switch (why) {
    case 'agent':
      return [{ site, connection: 'extensions' }];
    case 'queue':
      return [{ site, connection: 'queues' }];
    case 'link':
      return sites.filter((other) => other !== site).map((other) => ({ site: other, connection: 'calls' }));
  }
}

export function isMet(need: Need, context: Pick<StepContext, 'caughtUp'>): boolean {
  return context.caughtUp(need.site, need.connection, need.at, need.place ?? Number.POSITIVE_INFINITY);
}

/**
 * A connection that has not caught up is waited for beyond the usual time, in steps. It is asked meanwhile, so that only
 * one that is dead is waited for so long. Steps grow with the wait: when a connection is seconds behind, everything that
 * is open may wait for it, and looking at all of it several times a second would keep from reading what it waits for.
 */
const postponeMs = 250;
const postponeShare = 0.25;
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
  const { settings } = draft.context;
  decideParties(draft, ({ undecided }, call) =>
    undecided === undefined ? 'lasts' : verdict(undecided, sourcesOf(undecided.why, call.site, settings)),
  );
  for (const { call, phase, joinedAt = engageMicros(0), until } of [...draft.state.consults])
    if (phase === 'joined' && until !== undefined && verdict({ at: joinedAt, until }, []) === 'over')
      toConsult(draft, call, { kind: 'time-over' });
  for (const leg of draft.state.legs) {
    const { leaving } = leg;
    if (leaving !== undefined && isOpen(leg)) endLeaving(draft, leg, leaving, verdict);
  }
}

function endLeaving(draft: Draft, leg: Leg, leaving: Leaving, verdict: Verdicts): void {
  const { context } = draft;
  const { why, upTo = leaving.at, place = Number.POSITIVE_INFINITY } = leaving;
  if (awaitsTarget(draft, leg, why)) {
    if (leaving.until <= context.now)
      toLeaving(draft, leg, { kind: 'postponed', until: laterBy(context.now, postponeMs) });
    return;
  }
  const target = draft.leg(leaving.towards);
  const isKnown = (site: string, at: EngageMicros) => context.caughtUp(site, 'queues', at, place);
  const queuesOf = (sites: readonly string[]) =>
    sites.map((site): Source => ({ site, connection: 'queues' }));
  const end = (known: boolean, sources: readonly Source[], at: EngageMicros, to?: Leg) => {
    const result = known ? 'over' : verdict(leaving, sources, at);
    if (result === 'over')
      toLeaving(draft, leg, { kind: 'wait-over', target: to && { leg: to.key, at: to.at } });
    else if (result !== 'lasts') toLeaving(draft, leg, { kind: 'postponed', until: result.until });
  };
  if (target !== undefined && isPresent(target)) {
    end(isKnown(leg.site, target.at), queuesOf([leg.site]), leaving.at, target);
    return;
  }
  const sites = why === 'last' ? sitesOf(draft.state) : [leg.site];
  const waitsForQueues = why === 'queue' || why === 'last';
  const mayBeSentToQueue = why !== 'consult' && why !== 'moving';
  const known = waitsForQueues && sites.every((site) => isKnown(site, upTo));
  end(known, mayBeSentToQueue ? queuesOf(sites) : [], upTo);
}

/** Whether the target of its transfer may be there, and is not decided yet, because it may be the half of another site. */
function awaitsTarget(draft: Draft, leg: Leg, why: Leaving['why']): boolean {
  const maybeTransferred = why === 'transfer' || why === 'unsure' || why === 'unanswered';
  const parties = draft.call(leg.home)?.parties ?? [];
  return maybeTransferred && parties.some(({ undecided }) => undecided?.why === 'link');
}

type Verdicts = (
  wait: Pick<Wait, 'at' | 'since' | 'place' | 'until'>,
  sources: readonly Source[],
  upTo?: EngageMicros,
) => WaitVerdict;

function verdicts({ context }: Draft, eventTime: EngageMicros | undefined): Verdicts {
  const { waitMs } = context.settings;
  // Between connections events may be two seconds apart, on top of the wait itself.
  const horizon = eventTime === undefined ? undefined : engageLaterBy(eventTime, -2 * waitMs);
  return (wait, sources, upTo = wait.at) => {
    const { since, place = Number.POSITIVE_INFINITY } = wait;
    const haveCaughtUp = (at: EngageMicros) =>
      sources.every(({ site, connection }) => context.caughtUp(site, connection, at, place));
    if (wait.until <= context.now) {
      if (since === undefined || context.now - since >= longestWaitMs || haveCaughtUp(upTo)) return 'over';
      const stepMs = Math.max(postponeMs, Math.floor((context.now - since) * postponeShare));
      return { until: earliest(laterBy(context.now, stepMs), laterBy(since, longestWaitMs)) };
    }
    if (horizon === undefined || upTo >= horizon) return 'lasts';
    return haveCaughtUp(engageLaterBy(upTo, waitMs)) ? 'over' : 'lasts';
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
