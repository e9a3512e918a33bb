/** Dispositions: attached to the call while it lasts, or set by the agent after the release; one per agent's leg. */
import { type Draft, isOpen } from './draft.ts';
import type { Call, Leg } from './state.ts';

/** The attached value of a call has become another one: it belongs to the agents who talk in it. */
export function callDisposition(draft: Draft, call: Call, value: string, at: number): void {
  if (call.disposition === value) return;
  call.disposition = value;
  const agents = draft.state.legs.filter((leg) => leg.kind === 'user' && leg.alerting === false);
  const here = agents.filter((leg) => isOpen(leg) && draft.places(leg).some((place) => place.call === call));
  if (here.length > 0) {
    // Told at the end of the leg: until then the agent may change his mind.
    for (const leg of here) leg.disposition = { value, at };
    return;
  }
  const last = agents.findLast((leg) => leg.home === call.key && !isOpen(leg));
  if (last === undefined) draft.note('no-leg');
  else set(draft, last, value, at);
}

/** Set by the agent at a DN for a call that he has, or had. Answers whether a leg took it. */
export function agentDisposition(draft: Draft, dn: string, site: string, value: string, at: number): boolean {
  const legs = draft.state.legs.filter((leg) => leg.kind === 'user' && leg.dn === dn && leg.site === site);
  const leg = legs.findLast((candidate) => candidate.disposed !== true) ?? legs.at(-1);
  if (leg === undefined) return false;
  set(draft, leg, value, at);
  return true;
}

function set(draft: Draft, leg: Leg, value: string, at: number): void {
  if (leg.disposed === true || (leg.disposableUntil !== undefined && leg.disposableUntil < draft.world.now))
    return draft.note('late-disposition');
  leg.disposition = { value, at };
  if (!isOpen(leg)) apply(draft, leg);
}

/** Applies what was set before the end, and, where one is required, what nobody set in time. */
export function settleDispositions(draft: Draft): void {
  const { now, settings } = draft.world;
  for (const leg of draft.state.legs) {
    if (leg.kind !== 'user' || isOpen(leg) || leg.disposed === true || leg.disposableUntil === undefined)
      continue;
    if (leg.disposition !== undefined) apply(draft, leg);
    else if (settings.afterCallWorkRequired && leg.disposableUntil <= now) applyNone(draft, leg);
  }
}

function apply(draft: Draft, leg: Leg): void {
  if (leg.disposition === undefined) return;
  const { value, at } = leg.disposition;
  const code = draft.world.facts.wrapupCode(value);
  if (code === undefined) draft.note('unmapped-disposition');
  leg.disposed = true;
  draft.changes.push({ change: 'disposition', leg: leg.key, code, at: Math.max(at, leg.endedAt ?? at) });
}

function applyNone(draft: Draft, leg: Leg): void {
  leg.disposed = true;
  const at = Math.max((leg.disposableUntil ?? 0) * 1000, leg.endedAt ?? 0);
  draft.changes.push({ change: 'disposition', leg: leg.key, at });
}
