/** The state of one conversation: its calls with their parties, and the legs that stand for them in the cloud. */

import type { CallUuid, CloudQueueId, CloudUserId, PartyUuid } from '@exec/common/ids';
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { CallType, Cause, PartyFlag, PartyState, PartyType } from '@exec/engage-link/wire';
import type { StreamPlace } from '../events/connection-clocks.ts';
import type { Change } from './changes.ts';
import type { Disconnect, LegKey, LegKind } from './leg.ts';

export type { Disconnect, LegKey, LegKind } from './leg.ts';

/** `<site>/<CallUUID>`: a CallUUID is unique on its own site only. */
export type CallKey = string;

export interface Party {
  readonly id: PartyUuid;
  readonly dn: string;
  readonly type: PartyType;
  state: PartyState;
  readonly at: EngageMicros;
  /** Found by a resynchronisation: time of discovery. */
  readonly foundAt?: EngageMicros;
  /** Stream time of the newest event that spoke of it. */
  seen: StreamMs;
  agentId?: string | undefined;
  cause?: Cause | undefined;
  ctrl?: PartyUuid | undefined;
  /** The party of another call that it continues. */
  ref?: PartyUuid | undefined;
  flags: readonly PartyFlag[];
  /** The leg it is part of; none for routing points, silent supervisors and what is not decided yet. */
  leg?: LegKey;
  /** What is not decided yet: who is there, or whether the call came from a queue; see `undecided.ts`. */
  readonly undecided?: Undecided;
  /** Stands for the half of the call on another site. */
  link?: true;
}

/** Something is waited for, for a time. */
export interface Wait {
  /** Event time of what waits, for comparison with how far connections are. */
  readonly at: EngageMicros;
  /** Stream time at which it began; absent: written by an earlier release. */
  readonly since?: StreamMs;
  /** Where in the stream it began. */
  readonly place?: StreamPlace;
  /** Stream time at which it ends; later while the connection that it waits for has not caught up. */
  readonly until: StreamMs;
}

/** What happens to a party before it is decided what it is. */
export interface PartyPassed {
  readonly state: PartyState | 'gone';
  readonly at: EngageMicros;
  readonly cause?: Cause | undefined;
  readonly ctrl?: PartyUuid | undefined;
}

export interface Undecided extends Wait {
  readonly why: 'agent' | 'queue' | 'link';
  /** State changes of the meantime, each with its time; the last may be `gone`. */
  readonly later: readonly PartyPassed[];
}

export interface Call {
  readonly key: CallKey;
  readonly site: string;
  readonly uuid: CallUuid;
  connIds: readonly string[];
  type: CallType;
  ani?: string | undefined;
  dnis?: string | undefined;
  dialed?: string | undefined;
  readonly at: EngageMicros;
  /** Consultation: the main call. */
  consultOf?: CallKey | undefined;
  parties: Party[];
  links: readonly string[];
  /** Value of the attached disposition, to distinguish a change from a copy. */
  disposition?: string | undefined;
  /** Event time at which a routing point last began to take part. */
  routedAt?: EngageMicros;
  /** Parties that left lately: a snapshot that still names them is older. */
  removed: readonly PartyUuid[];
  /** Parties that took part in talking and have left. */
  left: number;
  endedAt?: EngageMicros;
  /** Nothing but a queue has named it. */
  queuedOnly?: true;
  /** Stream time at which it became known. */
  readonly seen: StreamMs;
}

/** What a leg that lost its party waits for; see `leaving.ts`. */
export interface Leaving extends Wait {
  readonly why: /** Left by a transfer whose target is not known yet. */
    | 'transfer'
    /** No cause was given: may be a transfer or a plain end. */
    | 'unsure'
    /** Ended without an answer and without a cause: redirected, or the caller gave up. */
    | 'unanswered'
    /** A consulted party: the consultation may be over, or the party goes on in the main call. */
    | 'consult'
    /** Goes on in another call that has not named it yet. */
    | 'moving'
    /** Queue leg of a call that ended: its own event may still come. */
    | 'queue'
    /** The last one of its conversation: the connection of the queues may still report a stay before its end. */
    | 'last';
  /** `last`: event time that the queues have to have passed. */
  readonly upTo?: EngageMicros;
  /** What the call goes on with, unless a queue turns out to have been between. */
  readonly towards?: LegKey;
  /** How it ends when nothing else becomes known. */
  readonly otherwise: Disconnect;
}

export interface Leg {
  readonly key: LegKey;
  readonly kind: LegKind;
  /** Call that decides its state; another one after a transfer. */
  home: CallKey;
  readonly site: string;
  readonly dn: string;
  readonly at: EngageMicros;
  /** Stream time of the newest event that spoke of it. */
  seen: StreamMs;
  readonly userId?: CloudUserId;
  readonly queueId?: CloudQueueId;
  /** Leg of the party that brought it in. */
  readonly by?: LegKey | undefined;
  readonly cause?: Cause | undefined;
  /** Queue leg: identity of the stay. */
  stay?: string | undefined;
  /** Consultation it was called in. */
  readonly consult?: CallKey | undefined;
  alerting: boolean;
  answeredAt?: EngageMicros;
  held: boolean;
  failed?: true;
  muted?: boolean;
  canHear: boolean;
  canSpeak: boolean;
  readonly leaving?: Leaving;
  endedAt?: EngageMicros;
  /** It had ended before the conversation was published, and is left out. */
  leftOut?: true;
  /** Newest value that was published for this leg. */
  disposition?: string;
  /** Disposition that was chosen (event time) after an end that is still held back. */
  chosen?: { readonly value: string; readonly at: EngageMicros };
  /** Whether the one disposition after the end has been published. */
  disposed?: true;
  /** Stream time until which a disposition is taken; set at the end of an agent's leg. */
  disposableUntil?: StreamMs;
}

/** A consultation; see `consult.ts`. */
export interface Consult {
  readonly call: CallKey;
  /** The call that is consulted about; when that was a consultation itself and is over, the main call of it. */
  readonly main: CallKey;
  readonly initiator?: LegKey;
  /** The party or the queue that is consulted at present. */
  readonly target?: LegKey;
  /** The party that is reached. */
  readonly reached?: LegKey;
  /** Leg that would be transferred. */
  readonly object?: LegKey;
  readonly phase: 'waiting' | 'begun' | 'joined' | 'over';
  /** `joined`: stream time after which it counts as a conference. */
  readonly until?: StreamMs;
  readonly joinedAt?: EngageMicros;
}

/**
 * `gap`: events of it were lost, so that something was found or missed at a resynchronisation. `too-long`: closed
 * because it had lasted too long. `shed`: given up because a bound was reached.
 */
export const incompletions = ['gap', 'too-long', 'shed'] as const;
export type Incomplete = (typeof incompletions)[number];

export interface Conversation {
  /** The key of its first call. */
  readonly key: CallKey;
  readonly interactionId: CallUuid;
  calls: Call[];
  legs: Leg[];
  consults: Consult[];
  /** A mapped queue or a mapped agent has taken part. */
  reportable: boolean;
  /** Something of it has been published: the cloud knows the conversation. */
  published: boolean;
  /**
   * Changes made before `reportable` became true; published with their own times when it does, dropped if it never
   * does.
   */
  unpublished: readonly Change[];
  /** Event time at which the last call was over and the last leg ended. */
  overAt?: EngageMicros;
  /** Stream time after which it may be forgotten. */
  keepUntil?: StreamMs;
  /** Why the cloud does not have all of it; see `incomplete.ts`. */
  incomplete?: Incomplete;
  /** Stream time of the newest input. */
  touchedAt: StreamMs;
}

/** Sizes that no real conversation reaches; what goes beyond is refused and counted. */
export const limits = {
  calls: 50,
  partiesOfCall: 100,
  legs: 500,
  later: 20,
  removed: 20,
  unpublished: 400,
} as const;

export function callKey(site: string, uuid: string): CallKey {
  return `${site}/${uuid}`;
}

export function newConversation(first: Call, now: StreamMs): Conversation {
  return {
    key: first.key,
    interactionId: first.uuid,
    calls: [first],
    legs: [],
    consults: [],
    reportable: false,
    published: false,
    unpublished: [],
    touchedAt: now,
  };
}
