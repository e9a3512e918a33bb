/** Two conversations turn out to be one: their calls and legs come together in one of them. */
import { type EngageMicros, latest } from '@exec/common/instants';
import type { Change, LegIdentity } from './changes.ts';
import { copyOf, isOpen } from './draft.ts';
import { incompleteOf } from './incomplete.ts';
import { endedElsewhere } from './legs.ts';
import type { Call, Consult, Conversation, Disconnect, Leg, LegKey } from './state.ts';

export interface Merged {
  /** The conversation that goes on, with all calls; what is new in it is unpublished until its next step. */
  readonly target: Conversation;
  /** What remains of the other: its ended legs, when something of it had been published. */
  readonly source: Conversation | undefined;
  readonly sourceChanges: readonly Change[];
}

/**
 * Brings `source` into `target`. When nothing of `source` was published, its legs simply continue; else they end there,
 * with the name of the conversation they go on in, and are established again in `target` as they are at `at`.
 *
 * @rule Two conversations that turn out to be one go on in the one that was published, or else in the earlier one.
 * @scenario merge-of-two-calls, merge-by-move, two-sites-routed, two-sites-transferred
 * @param at event time, microseconds
 * @param how what the legs of `source` end with
 */
export function mergeInto(
  target: Conversation,
  source: Conversation,
  at: EngageMicros,
  how: Disconnect = 'Transfer',
): Merged {
  const from = copyOf(source);
  const names = namesIn(target, from);
  const { overAt: _, keepUntil: __, ...rest } = copyOf(target);
  const into: Conversation = {
    ...rest,
    calls: [...rest.calls, ...from.calls.map((call) => renamedIn(call, names))],
    touchedAt: latest(rest.touchedAt, from.touchedAt),
    ...incompleteOf(rest, from),
  };
  return source.published ? mergePublished(into, from, names, at, how) : mergeUnpublished(into, from, names);
}

function renamedIn(call: Call, names: Names): Call {
  const parties = call.parties.map((party) =>
    party.leg === undefined ? party : { ...party, leg: names(party.leg).key },
  );
  return { ...call, parties };
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

function mergeUnpublished(into: Conversation, from: Conversation, names: Names): Merged {
  const renamed = (leg: LegKey | undefined) => (leg === undefined ? undefined : names(leg).key);
  const legs = from.legs
    .filter((leg) => !names(leg.key).known)
    .map((leg) => ({ ...leg, key: names(leg.key).key, by: renamed(leg.by), ...leavingIn(leg, renamed) }));
  const target: Conversation = {
    ...into,
    legs: [...into.legs, ...legs],
    consults: [...into.consults, ...from.consults.map((consult) => consultIn(consult, names))],
    unpublished: [...into.unpublished, ...from.unpublished.flatMap((change) => rename(change, names))],
  };
  return { target, source: undefined, sourceChanges: [] };
}

function consultIn({ initiator, target, reached, object, ...rest }: Consult, names: Names): Consult {
  return {
    ...rest,
    ...(initiator === undefined ? {} : { initiator: names(initiator).key }),
    ...(target === undefined ? {} : { target: names(target).key }),
    ...(reached === undefined ? {} : { reached: names(reached).key }),
    ...(object === undefined ? {} : { object: names(object).key }),
  };
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

function mergePublished(
  into: Conversation,
  from: Conversation,
  names: Names,
  at: EngageMicros,
  how: Disconnect,
): Merged {
  const open = from.legs.filter(isOpen);
  const legs = [...into.legs];
  for (const leg of open) {
    const { key, known } = names(leg.key);
    if (!known) legs.push(continued(leg, key, legs, at));
  }
  const again = legs.slice(into.legs.length).flatMap((leg) => establishedAgain(leg, at));
  return {
    target: { ...into, legs, reportable: true, unpublished: [...into.unpublished, ...again] },
    source: {
      ...from,
      calls: [],
      legs: from.legs.map((leg) => (isOpen(leg) ? endedElsewhere(leg, at) : leg)),
      consults: [],
    },
    sourceChanges: open.map(({ key }) => ({
      change: 'ended',
      leg: key,
      disconnect: how,
      at,
      into: into.key,
    })),
  };
}

/** A conversation has one customer: a second one is a further number in it. */
function continued(leg: Leg, key: LegKey, others: readonly Leg[], at: EngageMicros): Leg {
  const second = leg.kind === 'external' && others.some((other) => other.kind === 'external');
  const { by: _, ...kept } = leg;
  return { ...kept, key, kind: second ? 'phone' : leg.kind, at };
}

function establishedAgain(leg: Leg, at: EngageMicros): Change[] {
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

/** Everything that was published of it has ended: the cloud takes nothing more of it but dispositions. */
export function isClosed(conversation: Conversation): boolean {
  return conversation.published && !conversation.legs.some(isOpen);
}
