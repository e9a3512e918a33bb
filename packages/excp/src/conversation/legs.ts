/** The life of one leg: established once, answered, held, muted, ended once. */
import { type EngageMicros, laterBy, latest } from '@exec/common/instants';
import type { Cause, PartyState } from '@exec/engage-link/wire';
import type { LegIdentity } from './changes.ts';
import { applyChosen } from './disposition.ts';
import { type Draft, isOpen } from './draft.ts';
import {
  type Call,
  type Conversation,
  type Disconnect,
  type Leg,
  type LegKey,
  limits,
  type Party,
} from './state.ts';

export interface NewLeg {
  readonly key: string;
  readonly is: LegIdentity;
  readonly call: Call;
  readonly dn: string;
  readonly at: EngageMicros;
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

/**
 * @rule A leg is established once; a call that no mapped agent or queue takes part in is not reported.
 * @scenario untouched-call, unmapped-agent, unmapped-queue
 * @returns undefined when the conversation has more legs than any real one, or has ended in the cloud
 */
export function establish(draft: Draft, from: NewLeg): Leg | undefined {
  const { state } = draft;
  if (state.legs.length >= limits.legs) {
    draft.note('too-large');
    return undefined;
  }
  // The cloud ends a conversation with its last leg, and takes no leg after that.
  if (state.published && !state.legs.some(isOpen)) {
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
    seen: draft.context.now,
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
  if (from.is.kind === 'user' || from.is.kind === 'queue') state.reportable = true;
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

/**
 * @rule A leg that alerts is answered once, by the first state in which its party talks.
 * @scenario inbound-queue-call, divert-on-answer
 */
export function answer(draft: Draft, leg: Leg, at: EngageMicros): void {
  if (!isOpen(leg) || !leg.alerting) return;
  leg.alerting = false;
  leg.answeredAt = at;
  draft.changes.push({ change: 'answered', leg: leg.key, at: notBefore(leg, at) });
}

/**
 * @rule A leg is held and retrieved as its party is, once it was answered.
 * @scenario hold, abandon-on-hold
 */
export function hold(draft: Draft, leg: Leg, held: boolean, at: EngageMicros): void {
  if (!isOpen(leg) || leg.held === held || leg.alerting) return;
  leg.held = held;
  draft.changes.push({ change: 'held', leg: leg.key, held, at: notBefore(leg, at) });
}

/** Follows the flags of the party and the mute button; published only when what the party can do changes. */
export function setAudio(
  draft: Draft,
  leg: Leg,
  canHear: boolean,
  canSpeak: boolean,
  at: EngageMicros,
): void {
  if (!isOpen(leg) || (leg.canHear === canHear && leg.canSpeak === canSpeak)) return;
  leg.canHear = canHear;
  leg.canSpeak = canSpeak;
  draft.changes.push({ change: 'audio', leg: leg.key, at: notBefore(leg, at), canHear, canSpeak });
}

/** What the state of its party means for a leg. */
export function follow(draft: Draft, leg: Leg, state: PartyState, at: EngageMicros): void {
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
export function followAudio(draft: Draft, leg: Leg, party: Party, at: EngageMicros): void {
  setAudio(
    draft,
    leg,
    !party.flags.includes('NoListen'),
    !party.flags.includes('NoTalk') && leg.muted !== true,
    at,
  );
}

/** Whether the party of a leg was there at an event time: an end that is held back is one. */
export function wasThere(leg: Leg, at: EngageMicros): boolean {
  return leg.at <= at && at < (leg.endedAt ?? leg.leaving?.at ?? Number.POSITIVE_INFINITY);
}

/**
 * @rule What a party can hear and say follows its mute button and its flags NoTalk and NoListen.
 * @scenario mute, conference-deafened
 */
export function mute(draft: Draft, leg: Leg, muted: boolean, at: EngageMicros): void {
  leg.muted = muted;
  const place = draft.places(leg)[0];
  // The party has left, and what is left to publish is of the time before that.
  if (place === undefined) setAudio(draft, leg, leg.canHear, !muted, at);
  else followAudio(draft, leg, place.party, at);
}

/** The party takes part in `call` with this leg. */
export function attachLeg(leg: Leg, call: Call, party: Party): void {
  party.leg = leg.key;
  leg.home = call.key;
}

/** Another call decides its state from now on. */
export function moveHome(leg: Leg, call: Call): void {
  leg.home = call.key;
}

/**
 * The leg ends; called where its state of leaving is cleared (`machines.ts`).
 * @param at event time, microseconds
 */
export function markEnded(draft: Draft, leg: Leg, disconnect: Disconnect, at: EngageMicros): void {
  leg.endedAt = at;
  leg.seen = draft.context.now;
  leg.alerting = false;
  draft.changes.push({ change: 'ended', leg: leg.key, disconnect, at: notBefore(leg, at) });
  for (const call of draft.state.calls)
    for (const party of call.parties) if (party.leg === leg.key) delete party.leg;
  if (leg.kind !== 'user') return;
  leg.disposableUntil = laterBy(draft.context.now, draft.context.settings.dispositionGraceMs);
  applyChosen(draft, leg);
}

/** Takes an end back that is to be published later. */
export function takeEndBack(leg: Leg): void {
  delete leg.endedAt;
  delete leg.disposableUntil;
}

/** The leg as it stands in a conversation whose legs go on in another one. */
export function endedElsewhere(leg: Leg, at: EngageMicros): Leg {
  const { leaving: _, ...rest } = leg;
  return { ...rest, endedAt: at };
}

export function keepUserLegs(state: Conversation): void {
  state.legs = state.legs.filter((leg) => leg.kind === 'user');
}

/** Nothing happens to a leg before it is there, whatever the times of the events say. */
export function notBefore(leg: Leg, at: EngageMicros): EngageMicros {
  return latest(leg.at, at);
}

function unusedKey(legs: readonly Leg[], wanted: string): string {
  let key = wanted;
  for (let n = 2; legs.some((leg) => leg.key === key); n++) key = `${wanted}#${n}`;
  return key;
}
