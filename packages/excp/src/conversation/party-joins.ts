/** A party that takes part with a leg of its own: which one it is, and what has to be known before. */
import { setLinkParty } from './calls.ts';
import { type Draft, writable } from './draft.ts';
import { attachLeg, establish, follow, followAudio } from './legs.ts';
import { legIsNew } from './machines.ts';
import type { Call, Leg, Party, PartyPassed } from './state.ts';
import type { Occupant } from './step-context.ts';
import { nextUndecided, type Question, type UndecidedInput } from './undecided.ts';

/** Who cannot speak is no participant until that changes; a supervisor who coaches speaks, if only to the agent. */
export function isSilent(party: Party): boolean {
  return party.flags.includes('NoTalk');
}

/** It takes part from now on, with a leg of its own once it is known which. */
export function join(draft: Draft, call: Call, party: Party): void {
  const question = openQuestion(draft, call, party);
  toUndecided(draft, call, party, { kind: 'joined', question, wait: draft.wait(party.at) });
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
  if (context.settings.sites.length < 2 || otherHalf(draft, call) !== undefined) return undefined;
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
