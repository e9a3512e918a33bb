/** The state of one conversation: its calls with their parties, and the legs that stand for them in the cloud. */
import type { CallUuid, CloudQueueId, CloudUserId, PartyUuid } from '@exec/common/ids';
import type { CallType, Cause, PartyFlag, PartyState, PartyType } from '@exec/engage-link/wire';
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
  readonly at: number;
  /** Found by a resynchronisation: time of discovery, microseconds. */
  readonly foundAt?: number;
  /** Stream time of the newest event that spoke of it. */
  seen: number;
  agentId?: string | undefined;
  cause?: Cause | undefined;
  ctrl?: PartyUuid | undefined;
  /** The party of another call that it continues. */
  ref?: PartyUuid | undefined;
  flags: readonly PartyFlag[];
  /** The leg it is part of; none for routing points, silent supervisors and what is not decided yet. */
  leg?: LegKey;
  /** What is not decided yet: who is there, or whether the call came from a queue. */
  undecided?: Undecided;
  /** Stands for the half of the call on another site. */
  link?: true;
}

export interface Undecided {
  readonly why: 'agent' | 'queue' | 'link';
  /** Event time of the party, for comparison with what the other connection has told. */
  readonly at: number;
  /** Stream time at which the wait ends. */
  readonly until: number;
  /** State changes of the meantime, each with its time; the last may be `gone`. */
  readonly later: {
    readonly state: PartyState | 'gone';
    readonly at: number;
    readonly cause?: Cause | undefined;
    readonly ctrl?: PartyUuid | undefined;
  }[];
}

export interface Call {
  readonly key: CallKey;
  readonly site: string;
  readonly uuid: CallUuid;
  connIds: string[];
  type: CallType;
  ani?: string | undefined;
  dnis?: string | undefined;
  dialed?: string | undefined;
  readonly at: number;
  /** Consultation: the main call. */
  consultOf?: CallKey | undefined;
  parties: Party[];
  links: string[];
  /** Value of the attached disposition, to tell a change from a copy. */
  disposition?: string | undefined;
  /** Event time at which a routing point last began to take part. */
  routedAt?: number;
  /** Parties that left lately: a snapshot that still names them is older. */
  removed: PartyUuid[];
  /** Parties that took part in talking and have left. */
  left: number;
  endedAt?: number;
  /** Stream time at which it became known. */
  readonly seen: number;
}

/** Why a leg that lost its party is still open. */
export type LeavingReason =
  /** Left by a transfer whose target is not known yet. */
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
  | 'queue';

export interface Leaving {
  readonly why: LeavingReason;
  readonly at: number;
  readonly until: number;
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
  readonly at: number;
  /** Stream time of the newest event that spoke of it. */
  seen: number;
  readonly userId?: CloudUserId;
  readonly queueId?: CloudQueueId;
  /** Leg of the party that brought it in. */
  readonly by?: LegKey | undefined;
  readonly cause?: Cause | undefined;
  /** Queue leg: identity of the stay. */
  readonly stay?: string | undefined;
  /** Consultation it was called in. */
  readonly consult?: CallKey | undefined;
  alerting: boolean;
  answeredAt?: number;
  held: boolean;
  failed?: true;
  muted?: boolean;
  canHear: boolean;
  canSpeak: boolean;
  leaving?: Leaving;
  endedAt?: number;
  /** It had ended before the conversation was told, and is left out. */
  leftOut?: true;
  /** Newest value that was told for this leg. */
  disposition?: string;
  /** Whether the one disposition after the end has been told. */
  disposed?: true;
  /** Stream time until which a disposition is taken; set at the end of an agent's leg. */
  disposableUntil?: number;
}

export interface Consult {
  readonly call: CallKey;
  readonly main: CallKey;
  initiator?: LegKey;
  /** The party or the queue that is consulted at present. */
  target?: LegKey;
  /** The party that is reached. */
  reached?: LegKey;
  /** Leg that would be transferred. */
  object?: LegKey;
  phase: 'waiting' | 'begun' | 'joined' | 'over';
  /** `joined`: stream time after which it counts as a conference. */
  until?: number;
  joinedAt?: number;
}

export interface Conversation {
  /** The key of its first call. */
  readonly key: CallKey;
  readonly interactionId: CallUuid;
  calls: Call[];
  legs: Leg[];
  consults: Consult[];
  /** A mapped queue or a mapped agent has taken part. */
  open: boolean;
  /** Something of it has been told. */
  told: boolean;
  /** What has happened before that: told when it happens, with its original times, or never. */
  untold: Change[];
  /** Event time at which the last call was over and the last leg ended. */
  overAt?: number;
  /** Stream time after which it may be forgotten. */
  keepUntil?: number;
  /** Stream time of the newest input. */
  touchedAt: number;
}

/** Sizes that no real conversation reaches; what goes beyond is refused and counted. */
export const limits = {
  calls: 50,
  partiesOfCall: 100,
  legs: 500,
  later: 20,
  removed: 20,
  untold: 400,
} as const;

export function callKey(site: string, uuid: string): CallKey {
  return `${site}/${uuid}`;
}

export function newConversation(first: Call, now: number): Conversation {
  return {
    key: first.key,
    interactionId: first.uuid,
    calls: [first],
    legs: [],
    consults: [],
    open: false,
    told: false,
    untold: [],
    touchedAt: now,
  };
}
