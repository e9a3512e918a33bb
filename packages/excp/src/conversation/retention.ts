/** When a conversation is over, and for how long it is kept for what may still come. */
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
  state.overAt ??= Math.max(0, ...state.calls.map((call) => call.endedAt ?? 0));
  const linger = state.touchedAt + context.settings.lingerMs;
  const disposable = state.reportable
    ? Math.max(0, ...state.legs.filter(awaitsDisposition).map((leg) => leg.disposableUntil ?? 0))
    : 0;
  state.keepUntil = Math.max(linger, disposable);
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
