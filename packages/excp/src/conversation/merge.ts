/** Two conversations turn out to be one: their calls and legs come together in one of them. */
import type { Change, LegIdentity } from './changes.ts';
import { copy, isOpen } from './draft.ts';
import type { Conversation, Disconnect, Leg, LegKey } from './state.ts';

export interface Merged {
  /** The conversation that goes on, with all calls. */
  readonly target: Conversation;
  readonly targetChanges: readonly Change[];
  /** What remains of the other: its ended legs, when it had been told. */
  readonly source: Conversation | undefined;
  readonly sourceChanges: readonly Change[];
}

/**
 * Brings `source` into `target`. `how`: what the legs of `source` end with. When nothing of `source` was told, its legs simply continue; else they end there,
 * with the name of the conversation they go on in, and are established again in `target` as they are at `at`.
 */
export function mergeInto(
  target: Conversation,
  source: Conversation,
  at: number,
  how: Disconnect = 'Transfer',
): Merged {
  const into = copy(target);
  const from = copy(source);
  const aliases = new Map<LegKey, LegKey>();
  for (const leg of from.legs) {
    const same = into.legs.find((other) => isOpen(other) && isOpen(leg) && isSameParty(other, leg));
    if (same !== undefined) aliases.set(leg.key, same.key);
  }
  into.calls.push(...from.calls);
  for (const call of from.calls)
    for (const party of call.parties) {
      const alias = party.leg === undefined ? undefined : aliases.get(party.leg);
      if (alias !== undefined) party.leg = alias;
    }
  into.touchedAt = Math.max(into.touchedAt, from.touchedAt);
  delete into.overAt;
  delete into.keepUntil;
  return source.open ? mergeTold(into, from, aliases, at, how) : mergeUntold(into, from, aliases);
}

function mergeUntold(into: Conversation, from: Conversation, aliases: ReadonlyMap<LegKey, LegKey>): Merged {
  into.legs.push(...from.legs.filter((leg) => !aliases.has(leg.key)));
  into.consults.push(...from.consults);
  const untold = [...into.untold, ...from.untold.filter((change) => !concerns(change, aliases))];
  into.untold = into.open ? [] : untold;
  return { target: into, targetChanges: into.open ? untold : [], source: undefined, sourceChanges: [] };
}

function mergeTold(
  into: Conversation,
  from: Conversation,
  aliases: ReadonlyMap<LegKey, LegKey>,
  at: number,
  how: Disconnect,
): Merged {
  const targetChanges: Change[] = [...into.untold];
  const sourceChanges: Change[] = [];
  into.untold = [];
  into.open = true;
  for (const leg of from.legs.filter(isOpen)) {
    if (!aliases.has(leg.key)) {
      const again = continued(leg, into, at);
      into.legs.push(again);
      targetChanges.push(...establishedAgain(again, at));
    }
    leg.endedAt = at;
    delete leg.leaving;
    sourceChanges.push({ change: 'ended', leg: leg.key, disconnect: how, at, into: into.key });
  }
  from.calls = [];
  from.consults = [];
  return { target: into, targetChanges, source: from, sourceChanges };
}

/** A conversation has one customer: a second one is a further number in it. */
function continued(leg: Leg, into: Conversation, at: number): Leg {
  const second = leg.kind === 'external' && into.legs.some((other) => other.kind === 'external');
  return { ...copy(leg), kind: second ? 'phone' : leg.kind, at };
}

function establishedAgain(leg: Leg, at: number): Change[] {
  const changes: Change[] = [
    {
      change: 'established',
      leg: leg.key,
      is: identity(leg),
      at,
      alerting: leg.alerting,
      inbound: true,
      number: leg.kind === 'external' || leg.kind === 'phone' ? leg.dn : undefined,
    },
  ];
  if (leg.held) changes.push({ change: 'held', leg: leg.key, held: true, at });
  if (!leg.canHear || !leg.canSpeak)
    changes.push({ change: 'audio', leg: leg.key, at, canHear: leg.canHear, canSpeak: leg.canSpeak });
  return changes;
}

function identity(leg: Leg): LegIdentity {
  if (leg.userId !== undefined) return { kind: 'user', userId: leg.userId };
  if (leg.queueId !== undefined) return { kind: 'queue', queueId: leg.queueId };
  return { kind: leg.kind === 'external' || leg.kind === 'ivr' ? leg.kind : 'phone' };
}

function isSameParty(a: Leg, b: Leg): boolean {
  return a.kind !== 'queue' && a.kind === b.kind && a.site === b.site && a.dn === b.dn && a.dn !== '';
}

function concerns(change: Change, legs: ReadonlyMap<LegKey, LegKey>): boolean {
  if ('leg' in change) return legs.has(change.leg);
  return legs.has(change.initiating) || legs.has(change.target) || legs.has(change.object);
}
