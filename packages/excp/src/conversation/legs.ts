/** The life of one leg: established once, answered, held, muted, ended once. */
import type { Cause, PartyState } from '@exec/engage-link/wire';
import type { LegIdentity } from './changes.ts';
import { type Draft, isOpen } from './draft.ts';
import { type Call, type Disconnect, type Leg, type LegKey, limits, type Party } from './state.ts';

export interface NewLeg {
  readonly key: string;
  readonly is: LegIdentity;
  readonly call: Call;
  readonly dn: string;
  readonly at: number;
  readonly alerting: boolean;
  readonly inbound: boolean;
  readonly by?: LegKey | undefined;
  readonly invitedBy?: LegKey | undefined;
  readonly number?: string | undefined;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  readonly stay?: string | undefined;
  readonly cause?: Cause | undefined;
}

/** Undefined when the conversation has more legs than any real one. */
export function establish(draft: Draft, from: NewLeg): Leg | undefined {
  const { state } = draft;
  if (state.legs.length >= limits.legs) {
    draft.note('too-large');
    return undefined;
  }
  // A conversation ends with its last leg: what comes later cannot be told any more.
  if (state.told && !state.legs.some(isOpen)) {
    draft.note('call-ended');
    return undefined;
  }
  const leg: Leg = {
    key: unusedKey(state.legs, from.key),
    kind: from.is.kind,
    home: from.call.key,
    site: from.call.site,
    dn: from.dn,
    at: from.at,
    seen: draft.world.now,
    ...(from.is.kind === 'user' ? { userId: from.is.userId } : {}),
    ...(from.is.kind === 'queue' ? { queueId: from.is.queueId } : {}),
    by: from.by,
    cause: from.cause,
    stay: from.stay,
    consult: from.call.consultOf === undefined ? undefined : from.call.key,
    alerting: from.alerting,
    ...(from.alerting ? {} : { answeredAt: from.at }),
    held: false,
    canHear: true,
    canSpeak: true,
  };
  state.legs.push(leg);
  delete state.overAt;
  delete state.keepUntil;
  // A mapped agent or a mapped queue is what makes a call worth telling.
  if (from.is.kind === 'user' || from.is.kind === 'queue') state.open = true;
  draft.changes.push({
    change: 'established',
    leg: leg.key,
    is: from.is,
    at: from.at,
    alerting: from.alerting,
    inbound: from.inbound,
    invitedBy: from.invitedBy,
    number: from.number,
    ani: from.ani,
    dnis: from.dnis,
  });
  return leg;
}

export function answer(draft: Draft, leg: Leg, at: number): void {
  if (!isOpen(leg) || !leg.alerting) return;
  leg.alerting = false;
  leg.answeredAt = at;
  draft.changes.push({ change: 'answered', leg: leg.key, at: notBefore(leg, at) });
}

export function hold(draft: Draft, leg: Leg, held: boolean, at: number): void {
  if (!isOpen(leg) || leg.held === held || leg.alerting) return;
  leg.held = held;
  draft.changes.push({ change: 'held', leg: leg.key, held, at: notBefore(leg, at) });
}

/** Follows the flags of the party and the mute button; told only when what the party can do changes. */
export function setAudio(draft: Draft, leg: Leg, canHear: boolean, canSpeak: boolean, at: number): void {
  if (!isOpen(leg) || (leg.canHear === canHear && leg.canSpeak === canSpeak)) return;
  leg.canHear = canHear;
  leg.canSpeak = canSpeak;
  draft.changes.push({ change: 'audio', leg: leg.key, at: notBefore(leg, at), canHear, canSpeak });
}

/** What the state of its party means for a leg. */
export function follow(draft: Draft, leg: Leg, state: PartyState, at: number): void {
  switch (state) {
    case 'Connected':
      answer(draft, leg, at);
      hold(draft, leg, false, at);
      return;
    case 'Held':
      answer(draft, leg, at);
      hold(draft, leg, true, at);
      return;
    case 'Busy':
    case 'Failed':
      leg.failed = true;
      return;
    case 'Initiated':
    case 'Dialing':
    case 'Queued':
    case 'Alerting':
    case 'Null':
    case 'Unknown':
      return;
  }
}

/** Follows the flags of a party and the mute button together. */
export function followAudio(draft: Draft, leg: Leg, party: Party, at: number): void {
  setAudio(
    draft,
    leg,
    !party.flags.includes('NoListen'),
    !party.flags.includes('NoTalk') && leg.muted !== true,
    at,
  );
}

export function end(draft: Draft, leg: Leg, disconnect: Disconnect, at: number, into?: string): void {
  if (!isOpen(leg)) return;
  leg.endedAt = at;
  leg.seen = draft.world.now;
  leg.alerting = false;
  delete leg.leaving;
  draft.changes.push({ change: 'ended', leg: leg.key, disconnect, at: notBefore(leg, at), into });
  for (const call of draft.state.calls)
    for (const party of call.parties) if (party.leg === leg.key) delete party.leg;
  if (leg.kind !== 'user' || into !== undefined) return;
  leg.disposableUntil = draft.world.now + draft.world.settings.dispositionGraceMs;
}

/** Nothing happens to a leg before it is there, whatever the times of the events say. */
export function notBefore(leg: Leg, at: number): number {
  return Math.max(leg.at, at);
}

function unusedKey(legs: readonly Leg[], wanted: string): string {
  let key = wanted;
  for (let n = 2; legs.some((leg) => leg.key === key); n++) key = `${wanted}#${n}`;
  return key;
}
