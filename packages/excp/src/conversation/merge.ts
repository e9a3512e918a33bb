/** Two conversations turn out to be one: their calls and legs come together in one of them. */
import type { Change, LegIdentity } from './changes.ts';
import { copy, isOpen } from './draft.ts';
import type { Conversation, Disconnect, Leg, LegKey } from './state.ts';

export interface Merged {
  /** The conversation that goes on, with all calls; what is new in it is untold until its next step. */
  readonly target: Conversation;
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
  const names = namesIn(into, from);
  into.calls.push(...from.calls);
  for (const call of from.calls)
    for (const party of call.parties) if (party.leg !== undefined) party.leg = names(party.leg).key;
  into.touchedAt = Math.max(into.touchedAt, from.touchedAt);
  delete into.overAt;
  delete into.keepUntil;
  return source.told ? mergeTold(into, from, names, at, how) : mergeUntold(into, from, names);
}

/** The name of a leg in the conversation it comes to; `known`: the same party has its leg there already. */
type Names = (leg: LegKey) => { readonly key: LegKey; readonly known: boolean };

function namesIn(into: Conversation, from: Conversation): Names {
  const taken = new Set(into.legs.map((leg) => leg.key));
  const names = new Map<LegKey, { readonly key: LegKey; readonly known: boolean }>();
  for (const leg of from.legs) {
    const same = into.legs.find((other) => isOpen(other) && isOpen(leg) && isSameParty(other, leg));
    let { key } = leg;
    for (let n = 2; taken.has(key); n++) key = `${leg.key}#${n}`;
    if (same === undefined) taken.add(key);
    names.set(leg.key, same === undefined ? { key, known: false } : { key: same.key, known: true });
  }
  return (leg) => names.get(leg) ?? { key: leg, known: false };
}

function leavingIn({ leaving }: Leg, renamed: (leg: LegKey | undefined) => LegKey | undefined) {
  const towards = renamed(leaving?.towards);
  return leaving === undefined || towards === undefined ? {} : { leaving: { ...leaving, towards } };
}

function mergeUntold(into: Conversation, from: Conversation, names: Names): Merged {
  const renamed = (leg: LegKey | undefined) => (leg === undefined ? undefined : names(leg).key);
  into.legs.push(
    ...from.legs
      .filter((leg) => !names(leg.key).known)
      .map((leg) => ({ ...leg, key: names(leg.key).key, by: renamed(leg.by), ...leavingIn(leg, renamed) })),
  );
  for (const consult of from.consults) {
    const { initiator, target, reached, object, ...rest } = consult;
    into.consults.push({
      ...rest,
      ...(initiator === undefined ? {} : { initiator: names(initiator).key }),
      ...(target === undefined ? {} : { target: names(target).key }),
      ...(reached === undefined ? {} : { reached: names(reached).key }),
      ...(object === undefined ? {} : { object: names(object).key }),
    });
  }
  into.untold.push(...from.untold.flatMap((change) => rename(change, names)));
  return { target: into, source: undefined, sourceChanges: [] };
}

/** A change of a leg that another one stands for already is left out. */
function rename(change: Change, names: Names): Change[] {
  if ('leg' in change) {
    if (names(change.leg).known) return [];
    const leg = names(change.leg).key;
    if (change.change !== 'established' || change.invitedBy === undefined) return [{ ...change, leg }];
    return [{ ...change, leg, invitedBy: names(change.invitedBy).key }];
  }
  const { initiating, object, target } = change;
  const legs = {
    initiating: names(initiating).key,
    object: names(object).key,
    target: names(target).key,
  };
  if (change.change === 'transferred') return [{ ...change, ...legs }];
  return [{ ...change, ...legs, reached: names(change.reached).key }];
}

function mergeTold(
  into: Conversation,
  from: Conversation,
  names: Names,
  at: number,
  how: Disconnect,
): Merged {
  const sourceChanges: Change[] = [];
  into.open = true;
  for (const leg of from.legs.filter(isOpen)) {
    const { key, known } = names(leg.key);
    if (!known) {
      const again = continued(leg, key, into, at);
      into.legs.push(again);
      into.untold.push(...establishedAgain(again, at));
    }
    leg.endedAt = at;
    delete leg.leaving;
    sourceChanges.push({ change: 'ended', leg: leg.key, disconnect: how, at, into: into.key });
  }
  from.calls = [];
  from.consults = [];
  return { target: into, source: from, sourceChanges };
}

/** A conversation has one customer: a second one is a further number in it. */
function continued(leg: Leg, key: LegKey, into: Conversation, at: number): Leg {
  const second = leg.kind === 'external' && into.legs.some((other) => other.kind === 'external');
  const { by: _, ...kept } = copy(leg);
  return { ...kept, key, kind: second ? 'phone' : leg.kind, at };
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
  return isPerson(a) && isPerson(b) && a.site === b.site && a.dn === b.dn && a.dn !== '';
}

function isPerson(leg: Leg): boolean {
  return leg.kind === 'user' || leg.kind === 'phone' || leg.kind === 'external';
}

/** Whether somebody takes part in both: then bringing them together is a conference. */
export function shareParty(one: Conversation, two: Conversation): boolean {
  return one.legs.some(
    (leg) => isOpen(leg) && two.legs.some((other) => isOpen(other) && isSameParty(leg, other)),
  );
}

/** Everything that was told of it has ended: the cloud takes nothing more of it but dispositions. */
export function isClosed(conversation: Conversation): boolean {
  return conversation.told && !conversation.legs.some(isOpen);
}
