/** When a conversation is over, and for how long it is kept for what may still come. */
import { engageMicros, laterBy, latest } from '@exec/common/instants';
import { forgetDetails } from './calls.ts';
import { awaitsDisposition } from './disposition.ts';
import { type Draft, isOpen } from './draft.ts';
import { keepUserLegs } from './legs.ts';
import { dropConsults } from './machines.ts';

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
