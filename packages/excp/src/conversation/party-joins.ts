/** A party that takes part: which leg it continues, which new leg it is, or what has to be known before. */
import { setLinkParty, setRouted } from './calls.ts';
import { type Draft, isOpen, writable } from './draft.ts';
import { attachLeg, establish, follow, followAudio } from './legs.ts';
import { initiatorFound, joinMain, legIsNew, toLeaving } from './machines.ts';
import type { Call, Leg, Party, PartyPassed } from './state.ts';
import type { Occupant } from './step-context.ts';
import { nextUndecided, type Question, type UndecidedInput } from './undecided.ts';

/** Who cannot speak is no participant until that changes; a supervisor who coaches speaks, if only to the agent. */
export function isSilent(party: Party): boolean {
  return party.flags.includes('NoTalk');
}

/**
 * @rule A party that joins continues the leg that it has in another call, or gets one of its own; listeners get none.
 * @scenario conference, conference-by-move, consult-completed, supervisor-silent, supervisor-coaches, ivr-call
 */
export function attach(draft: Draft, call: Call, party: Party): void {
  if (party.type === 'RoutingPoint' || party.type === 'Queue') {
    setRouted(call, party.at);
    return;
  }
  decideTwins(draft, call, party);
  if (continueLeg(draft, call, party)) return;
  if (isSilent(party)) return;
  const question = openQuestion(draft, call, party);
  toUndecided(draft, call, party, { kind: 'joined', question, wait: draft.wait(party.at) });
}

/** The same party in another call may not be decided yet: now it has to be. */
function decideTwins(draft: Draft, call: Call, party: Party): void {
  for (const other of draft.state.calls) {
    if (other === call || other.site !== call.site) continue;
    for (const twin of [...other.parties])
      if (twin.undecided !== undefined && (twin.dn === party.dn || twin.id === party.ref))
        toUndecided(draft, other, twin, { kind: 'needed' });
  }
}

/** Looks whether what was waited for has become known. */
export function lookAgain(draft: Draft, call: Call, party: Party): Parting | undefined {
  return toUndecided(draft, call, party, {
    kind: 'looked-again',
    question: openQuestion(draft, call, party),
  });
}

/** How a party left. */
export type Parting = Pick<PartyPassed, 'at' | 'cause' | 'ctrl'>;

/**
 * Runs the machine of parties that are not decided yet. Nothing else writes its state.
 * @returns how the party has left, when it is decided only after that
 */
export function toUndecided(
  draft: Draft,
  call: Call,
  party: Party,
  input: UndecidedInput,
): Parting | undefined {
  const { state, effects } = nextUndecided(party.undecided, input);
  if (state === undefined) delete writable(party).undecided;
  else writable(party).undecided = state;
  let leg: Leg | undefined;
  let left: Parting | undefined;
  for (const effect of effects)
    switch (effect.kind) {
      case 'establish':
        leg = establishParty(draft, call, party);
        break;
      case 'follow':
        if (leg !== undefined && effect.what.state !== 'gone')
          follow(draft, leg, effect.what.state, effect.what.at);
        break;
      case 'leave':
        left = effect.what;
        break;
      case 'too-much':
        draft.note('too-large');
        break;
    }
  return left;
}

/**
 * The same party in a further call of the conversation: the agent who consults, or a party that goes on in
 * another call after a transfer, a conference or a move.
 */
function continueLeg(draft: Draft, call: Call, party: Party): boolean {
  const leg = sameParty(draft, call, party);
  if (leg === undefined) return false;
  const consult = draft.consultOf(call);
  if (consult !== undefined && leg.home === consult.main && leg.leaving === undefined) {
    // In the consultation the agent is no participant of his own: his leg is that of the main call.
    initiatorFound(draft, consult, leg, party.at);
    return true;
  }
  attachLeg(leg, call, party);
  toLeaving(draft, leg, { kind: 'goes-on' });
  follow(draft, leg, party.state, party.at);
  followAudio(draft, leg, party, party.at);
  joinMain(draft, call, leg, party);
  return true;
}

function sameParty(draft: Draft, call: Call, party: Party): Leg | undefined {
  const candidates = draft.state.legs.filter(
    (leg) =>
      isOpen(leg) && leg.kind !== 'queue' && leg.site === call.site && leg.dn === party.dn && party.dn !== '',
  );
  return candidates.find((leg) => {
    const places = draft.places(leg);
    if (places.some((place) => place.call.key === call.key)) return false;
    if (leg.home === call.key) return false;
    return (
      related(draft, call, leg) ||
      places.some((place) => place.party.id === party.id || place.party.id === party.ref)
    );
  });
}

/** Whether the call of the leg is the consultation of this one, the other way round, or has been merged. */
function related(draft: Draft, call: Call, leg: Leg): boolean {
  const home = draft.call(leg.home);
  if (home === undefined) return true;
  return home.consultOf === call.key || call.consultOf === home.key || leg.leaving?.why === 'moving';
}

/** What must be known before anything is published of the party, undefined when nothing. */
function openQuestion(draft: Draft, call: Call, party: Party): Question | undefined {
  const { context } = draft;
  if (party.type === 'Extension' || party.type === 'Unknown') {
    const place = party.undecided?.place ?? context.place;
    const occupant = occupantOf(draft, call, party);
    if (occupant.kind === 'unknown' && !context.caughtUp(call.site, 'extensions', party.at, place))
      return 'agent';
    const delivered = call.type === 'Outbound' && party.state === 'Alerting' && wasRouted(call, party);
    const queueUnknown = !draft.state.legs.some((leg) => leg.kind === 'queue');
    if (delivered && queueUnknown && !context.caughtUp(call.site, 'queues', party.at, place)) return 'queue';
  }
  if (!context.settings.severalSites || otherHalf(draft, call) !== undefined) return undefined;
  // The other half of the call may become known; without one the party is what it seems.
  if (call.links.length > 0) return 'link';
  return party.type === 'External' && isFurtherNumber(draft, call) ? 'link' : undefined;
}

function wasRouted(call: Call, party: Party): boolean {
  return call.routedAt !== undefined || party.cause === 'Route' || party.cause === 'ACD';
}

function occupantOf(draft: Draft, call: Call, party: Party): Occupant {
  if (party.agentId !== undefined) return { kind: 'agent', agentId: party.agentId };
  return draft.context.occupant(call.site, party.dn, party.at);
}

/** The customer is the first outside party of a call that is not internal; what comes later is a further number. */
function isFurtherNumber(draft: Draft, call: Call): boolean {
  if (call.consultOf !== undefined || call.type === 'Internal' || call.type === 'Consult') return true;
  return draft.state.legs.some((leg) => leg.kind === 'external');
}

/** The call on another site that has the same link. */
function otherHalf(draft: Draft, call: Call): Call | undefined {
  return draft.state.calls.find(
    (other) => other.site !== call.site && other.links.some((link) => call.links.includes(link)),
  );
}

/**
 * Whether an outside party only stands for the other half of a call: in the half that came later it is the first one,
 * which stands for the caller; in the earlier half it is the one that is not the customer.
 */
function isLinkParty(draft: Draft, call: Call, party: Party): boolean {
  const other = otherHalf(draft, call);
  if (other === undefined || call.parties.some((candidate) => candidate !== party && candidate.link === true))
    return false;
  if (other.at <= call.at) return true;
  return call.type !== 'Inbound' || isFurtherNumber(draft, call);
}

function establishParty(draft: Draft, call: Call, party: Party): Leg | undefined {
  if (party.type === 'External' && isLinkParty(draft, call, party)) {
    setLinkParty(party);
    return undefined;
  }
  const is = identityOf(draft, call, party);
  if (is === undefined) return undefined;
  const originates =
    (party.type === 'Extension' || party.type === 'Unknown') &&
    (party.state === 'Initiated' || party.state === 'Dialing');
  const alerting = !originates && party.state !== 'Connected' && party.state !== 'Held';
  const by = party.ctrl === undefined ? undefined : legOfParty(draft, party.ctrl);
  const leg = establish(draft, {
    key: `p:${party.id}`,
    is,
    call,
    dn: party.dn,
    at: party.at,
    alerting,
    inbound: !originates && isInbound(draft, call),
    by: by?.key,
    invitedBy: inviter(draft, call, party, is.kind, by),
    number: is.kind === 'user' || is.kind === 'ivr' ? undefined : party.dn,
    ani: call.ani ?? (is.kind === 'external' && call.type === 'Inbound' ? party.dn : undefined),
    dnis: call.dnis ?? call.dialed,
    cause: party.cause,
  });
  if (leg === undefined) return undefined;
  attachLeg(leg, call, party);
  // A connected party was established as such; what is left is that it may be on hold, or have failed.
  follow(draft, leg, party.state, party.foundAt ?? party.at);
  followAudio(draft, leg, party, party.foundAt ?? party.at);
  legIsNew(draft, leg, party.at);
  return leg;
}

function identityOf(draft: Draft, call: Call, party: Party) {
  const { lookups } = draft.context;
  switch (party.type) {
    case 'IVR':
      return { kind: 'ivr' } as const;
    case 'External':
      return { kind: isFurtherNumber(draft, call) ? 'phone' : 'external' } as const;
    case 'Extension':
    case 'Unknown': {
      const occupant = occupantOf(draft, call, party);
      const userId =
        occupant.kind !== 'agent'
          ? undefined
          : ((occupant.employeeId === undefined ? undefined : lookups.userOfEmployee(occupant.employeeId)) ??
            lookups.userOfLogin(call.site, occupant.agentId));
      if (userId === undefined)
        return party.type === 'Unknown' && occupant.kind !== 'agent'
          ? undefined
          : ({ kind: 'phone' } as const);
      const delivered = !isInbound(draft, call) && party.state === 'Alerting';
      const queueId = delivered ? deliveredBy(draft) : undefined;
      return { kind: 'user', userId, ...(queueId === undefined ? {} : { queueId }) } as const;
    }
    case 'RoutingPoint':
    case 'Queue':
      return undefined;
  }
}

/** The queue of an outbound call that was handed to an agent. */
function deliveredBy(draft: Draft) {
  return draft.state.legs.findLast((leg) => leg.kind === 'queue')?.queueId;
}

function isInbound(draft: Draft, call: Call): boolean {
  const main = call.consultOf === undefined ? call : (draft.call(call.consultOf) ?? call);
  return main.type !== 'Outbound';
}

function legOfParty(draft: Draft, id: string): Leg | undefined {
  for (const call of draft.state.calls) {
    const party = call.parties.find((candidate) => candidate.id === id);
    if (party?.leg !== undefined) return draft.leg(party.leg);
  }
  return draft.state.legs.find((leg) => leg.key === `p:${id}`);
}

function inviter(
  draft: Draft,
  call: Call,
  party: Party,
  kind: string,
  by: Leg | undefined,
): string | undefined {
  const before = draft.state.legs.filter((leg) => leg.at <= party.at);
  const consult = draft.consultOf(call);
  if (consult?.initiator !== undefined) return consult.initiator;
  if (by !== undefined) return by.key;
  if (kind === 'external') return undefined;
  const queue = before.findLast((leg) => leg.kind === 'queue');
  if (kind === 'user' && queue !== undefined) return queue.key;
  return (before.find((leg) => leg.kind === 'external') ?? before[0])?.key;
}
