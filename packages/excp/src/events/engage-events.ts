/** What goes into the model: Engage events in normalised form, each with its site and its time on the server. */

import type { Connection } from '@exec/common/config';
import type { CallUuid, EmployeeId, PartyUuid } from '@exec/common/ids';
import type { EngageMicros } from '@exec/common/instants';
import type { CallType, Cause, PartyFlag, PartyState, PartyType } from '@exec/engage-link/wire';

interface Timed {
  /** Switch whose server sent it. */
  readonly site: string;
  /** Time of the server. */
  readonly at: EngageMicros;
}

interface OfCall extends Timed {
  readonly call: CallUuid;
}

interface OfParty extends OfCall {
  readonly party: PartyUuid;
  readonly dn: string;
  readonly cause?: Cause | undefined;
}

export interface CallCreated extends OfCall {
  readonly kind: 'call-created';
  readonly connId?: string | undefined;
  readonly type: CallType;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  readonly dialed?: string | undefined;
  /** Consultation: the main call, by CallUUID or by ConnID. */
  readonly origCall?: CallUuid | undefined;
  readonly origConnId?: string | undefined;
  readonly disposition?: string | undefined;
  /** Links to the other half of the call on another site. */
  readonly links?: readonly string[] | undefined;
}

/** Carries what changed. */
export interface CallData extends OfCall {
  readonly kind: 'call-data';
  readonly type?: CallType | undefined;
  readonly connId?: string | undefined;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  readonly disposition?: string | undefined;
  readonly links?: readonly string[] | undefined;
}

export interface PartyAdded extends OfParty {
  readonly kind: 'party-added';
  readonly type: PartyType;
  readonly state: PartyState;
  /** Login code of the agent. */
  readonly agentId?: string | undefined;
  readonly flags?: readonly PartyFlag[] | undefined;
  readonly ref?: PartyUuid | undefined;
  readonly ctrl?: PartyUuid | undefined;
}

export interface PartyStateChanged extends OfParty {
  readonly kind: 'party-state';
  readonly state: PartyState;
  readonly flags?: readonly PartyFlag[] | undefined;
}

export interface PartyMoved extends OfParty {
  readonly kind: 'party-moved';
  readonly newCall: CallUuid;
  readonly ctrl?: PartyUuid | undefined;
}

export interface PartyDeleted extends OfParty {
  readonly kind: 'party-deleted';
  readonly ref?: PartyUuid | undefined;
  readonly ctrl?: PartyUuid | undefined;
}

export interface CallDeleted extends OfCall {
  readonly kind: 'call-deleted';
  readonly cause?: Cause | undefined;
  /** The call it was merged into. */
  readonly into?: CallUuid | undefined;
}

/** One stay of a call in a queue begins. */
export interface Queued extends OfCall {
  readonly kind: 'queued';
  readonly queue: string;
  readonly connId?: string | undefined;
  readonly type: CallType;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
  /** Identity of the stay. */
  readonly stay?: string | undefined;
  /** Names of the skills that are asked for. */
  readonly skills?: readonly string[] | undefined;
}

/** The stay ends: `diverted` with the number the call went to, or without when another queue took it. */
export interface Unqueued extends OfCall {
  readonly kind: 'diverted' | 'abandoned';
  readonly queue: string;
  readonly stay?: string | undefined;
  readonly target?: string | undefined;
}

export interface AgentLogin extends Timed {
  readonly kind: 'agent-login';
  readonly dn: string;
  readonly agentId: string;
  readonly employeeId?: EmployeeId | undefined;
}

export interface AgentLogout extends Timed {
  readonly kind: 'agent-logout';
  readonly dn: string;
}

/** Disposition that an agent set after the release, on the extension. */
export interface DispositionSet extends Timed {
  readonly kind: 'disposition';
  readonly dn: string;
  readonly call?: CallUuid | undefined;
  readonly connId?: string | undefined;
  readonly value: string;
}

export interface Muted extends Timed {
  readonly kind: 'mute';
  readonly dn: string;
  readonly call?: CallUuid | undefined;
  readonly connId?: string | undefined;
  readonly muted: boolean;
}

export type CallInput =
  | CallCreated
  | CallData
  | PartyAdded
  | PartyStateChanged
  | PartyMoved
  | PartyDeleted
  | CallDeleted;
export type QueueInput = Queued | Unqueued;
export type ExtensionInput = AgentLogin | AgentLogout | DispositionSet | Muted;

/** One Engage event. */
export type EngageEvent = CallInput | QueueInput | ExtensionInput;

/** The connection on which an input comes. */
export function connectionOf(kind: EngageEvent['kind']): Connection {
  switch (kind) {
    case 'queued':
    case 'diverted':
    case 'abandoned':
      return 'queues';
    case 'agent-login':
    case 'agent-logout':
    case 'disposition':
    case 'mute':
      return 'extensions';
    case 'call-created':
    case 'call-data':
    case 'party-added':
    case 'party-state':
    case 'party-moved':
    case 'party-deleted':
    case 'call-deleted':
      return 'calls';
  }
}
