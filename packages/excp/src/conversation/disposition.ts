/** Dispositions: attached to the call while it lasts, or set by the agent after the release. */
import { type Draft, isOpen } from './draft.ts';
import type { Call, Leg } from './state.ts';

/** The attached value of a call has become another one: it belongs to the agents who talk in it. */
export function callDisposition(draft: Draft, call: Call, value: string, at: number): void {
  if (call.disposition === value) return;
  call.disposition = value;
  const agents = draft.state.legs.filter((leg) => leg.kind === 'user' && !leg.alerting);
  const here = agents.filter((leg) => isOpen(leg) && draft.places(leg).some((place) => place.call === call));
  if (here.length > 0) for (const leg of here) apply(draft, leg, value, at);
  else {
    const last = agents.findLast((leg) => leg.home === call.key && !isOpen(leg));
    if (last === undefined) draft.note('no-leg');
    else apply(draft, last, value, at);
  }
}

/** Set by the agent at a DN for a call that he has, or had. Answers whether a leg took it. */
export function agentDisposition(draft: Draft, dn: string, site: string, value: string, at: number): boolean {
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
function apply(draft: Draft, leg: Leg, value: string, at: number): void {
  if (leg.disposition === value) return;
  if (!isOpen(leg)) {
    const late = leg.disposableUntil === undefined || leg.disposableUntil < draft.world.now;
    if (leg.disposed === true || late) {
      draft.note('late-disposition');
      return;
    }
    leg.disposed = true;
  }
  leg.disposition = value;
  const code = draft.world.facts.wrapupCode(value);
  if (code === undefined) draft.note('unmapped-disposition');
  draft.changes.push({ change: 'disposition', leg: leg.key, code, at: Math.max(at, leg.endedAt ?? at) });
}

/** Where one is required and nobody chose in time, it is told that there is none. */
export function settleDispositions(draft: Draft): void {
  const { now, settings } = draft.world;
  for (const leg of draft.state.legs) {
    if (leg.disposableUntil === undefined || leg.disposed === true || leg.disposableUntil > now) continue;
    leg.disposed = true;
    if (!settings.afterCallWorkRequired || leg.disposition !== undefined) continue;
    const at = (leg.endedAt ?? 0) + settings.dispositionGraceMs * 1000;
    draft.changes.push({ change: 'disposition', leg: leg.key, at });
  }
}
