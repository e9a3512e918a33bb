/**
 * How a conversation ends: its last leg, when it is over, and how long it is kept for what may still come.
 *
 * The cloud takes nothing more of a conversation when its last leg has ended. So that end is held until the connection of
 * the queues has caught up with it: a stay in a queue that comes late is not lost.
 */
import { engageMicros, laterBy, latest } from '@exec/common/instants';
import { forgetDetails } from './calls.ts';
import type { LegEnded } from './changes.ts';
import { sitesOf } from './deadlines.ts';
import { awaitsDisposition } from './disposition.ts';
import { type Draft, isOpen } from './draft.ts';
import { keepUserLegs, takeEndBack } from './legs.ts';
import { dropConsults, toLeaving } from './machines.ts';

/**
 * After everything else in a step: takes back the end of the last leg where it comes too early to be published.
 *
 * @rule The last leg ends when the connection of the queues has caught up with it: no late stay in a queue is lost.
 * @page docs/decisions/0005-where-sources-are-silent.md
 */
export function holdLastEnd(draft: Draft): void {
  const { state, context } = draft;
  if (!state.reportable || state.legs.some(isOpen)) return;
  const ends = draft.changes.filter((change): change is LegEnded => change.change === 'ended');
  // What goes on elsewhere leaves nothing to be published here.
  if (ends.length === 0 || ends.some(({ into }) => into !== undefined)) return;
  const last = ends.reduce((a, b) => (b.at >= a.at ? b : a));
  const leg = draft.leg(last.leg);
  if (leg === undefined || draft.released.size > 0) return;
  // Its own end may come late: a stay between that and the end of another leg is one of this conversation too.
  const upTo = latest(last.at, ...state.legs.map(({ endedAt }) => endedAt ?? last.at));
  if (sitesOf(state).every((site) => context.caughtUp(site, 'queues', upTo, context.place))) return;
  draft.changes.splice(draft.changes.indexOf(last), 1);
  takeEndBack(leg);
  toLeaving(draft, leg, { kind: 'held-back', wait: draft.wait(last.at), upTo, otherwise: last.disconnect });
}

/**
 * @rule A conversation is over when no call and no leg is left; then it is kept as long as a disposition may come.
 * @scenario disposition-after-call, disposition-missing
 * @returns whether it may be forgotten
 */
export function updateRetention(draft: Draft): boolean {
  const { state, context } = draft;
  const live =
    state.calls.some((call) => call.endedAt === undefined || call.parties.some((party) => party.undecided)) ||
    state.legs.some(isOpen);
  if (live) {
    delete state.overAt;
    delete state.keepUntil;
    return false;
  }
  state.overAt ??= latest(engageMicros(0), ...state.calls.flatMap((call) => call.endedAt ?? []));
  const linger = laterBy(state.touchedAt, context.settings.lingerMs);
  const disposable = state.reportable
    ? state.legs.filter(awaitsDisposition).flatMap((leg) => leg.disposableUntil ?? [])
    : [];
  state.keepUntil = latest(linger, ...disposable);
  return state.keepUntil <= context.now;
}

/** Half an hour of ended conversations is kept: of each only what a disposition may still be about. */
export function keepForDispositions(draft: Draft): void {
  const { state } = draft;
  if (state.overAt === undefined || !state.published) return;
  keepUserLegs(state);
  dropConsults(state);
  for (const call of state.calls) forgetDetails(call);
}
