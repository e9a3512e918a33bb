/** Dispositions (wrap-up codes): attached to the call while it lasts, or set by the agent after the release. */
import { type EngageMicros, engageLaterBy, latest } from '@exec/common/instants';
import { setDisposition } from './calls.ts';
import { type Draft, isOpen, isPresent } from './draft.ts';
import type { Call, Leg } from './state.ts';

/**
 * @rule A disposition that is attached to a call belongs to the agents who talk in it, else to the one who left it last.
 * @scenario disposition-during-call, attached-data, disposition-unmapped
 */
export function callDisposition(draft: Draft, call: Call, value: string, at: EngageMicros): void {
  if (!setDisposition(call, value)) return;
  const agents = draft.state.legs.filter((leg) => leg.kind === 'user' && !leg.alerting);
  const here = agents.filter((leg) => isOpen(leg) && draft.places(leg).some((place) => place.call === call));
  if (here.length > 0) for (const leg of here) apply(draft, leg, value, at);
  else {
    const last = agents.findLast((leg) => leg.home === call.key && !isPresent(leg));
    if (last === undefined) draft.note('no-leg');
    else apply(draft, last, value, at);
  }
}

/**
 * @rule A disposition that an agent sets at his telephone belongs to the call that he has just ended, else to the one he has.
 * @scenario disposition-after-call, disposition-by-conn-id, disposition-by-telephone, disposition-changed-after
 * @returns whether a leg took it
 */
export function agentDisposition(
  draft: Draft,
  dn: string,
  site: string,
  value: string,
  at: EngageMicros,
): boolean {
  const legs = draft.state.legs.filter((leg) => leg.kind === 'user' && leg.dn === dn && leg.site === site);
  const leg =
    legs.findLast((candidate) => !isOpen(candidate) && candidate.disposed !== true) ??
    legs.findLast(isOpen) ??
    legs.at(-1);
  if (leg === undefined) return false;
  apply(draft, leg, value, at);
  return true;
}

/** While the leg lasts the agent may choose again; after its end one choice is taken, in time. */
function apply(draft: Draft, leg: Leg, value: string, at: EngageMicros): void {
  if (leg.disposition === value || leg.chosen?.value === value) return;
  if (leg.leaving?.why === 'last' && at >= leg.leaving.at) {
    // Its end is known and only held back: what is chosen after it is sent after it, and one choice is taken.
    if (leg.chosen === undefined) leg.chosen = { value, at };
    else draft.note('late-disposition');
    return;
  }
  if (!isOpen(leg)) {
    const late = leg.disposableUntil === undefined || leg.disposableUntil < draft.context.now;
    if (leg.disposed === true || late) {
      draft.note('late-disposition');
      return;
    }
    leg.disposed = true;
  }
  leg.disposition = value;
  const code = draft.context.lookups.wrapupCode(value);
  if (code === undefined) draft.note('unmapped-disposition');
  draft.changes.push({ change: 'disposition', leg: leg.key, code, at: latest(at, leg.endedAt ?? at) });
}

/** What was chosen while the end of the leg was held back. */
export function applyChosen(draft: Draft, leg: Leg): void {
  const { chosen } = leg;
  if (chosen === undefined) return;
  delete leg.chosen;
  apply(draft, leg, chosen.value, chosen.at);
}

/**
 * @rule Where a disposition is required and nobody chose one in time, the lack of one is published: the wrap-up ends.
 * @scenario disposition-missing
 */
export function skipDispositions(draft: Draft): void {
  const { now, settings } = draft.context;
  for (const leg of draft.state.legs) {
    if (leg.disposableUntil === undefined || leg.disposed === true || leg.disposableUntil > now) continue;
    leg.disposed = true;
    if (!settings.afterCallWorkRequired || leg.disposition !== undefined) continue;
    const at = engageLaterBy(leg.endedAt ?? leg.at, settings.dispositionGraceMs);
    draft.changes.push({ change: 'disposition', leg: leg.key, at });
  }
}

/** Whether a disposition may still come for a leg. */
export function awaitsDisposition(leg: Leg): boolean {
  return leg.kind === 'user' && leg.disposed !== true && leg.disposableUntil !== undefined;
}
