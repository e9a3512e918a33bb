/** The words of the switch model: directory numbers, calls, parties and what its clients are told about them. */
import type { CallUuid, PartyUuid } from '@exec/common/ids';
import type {
  CallType,
  Frame,
  KeyValueList,
  PartyFlag,
  PartyState,
  PartyType,
  SnapshotAgentStatus,
} from '@exec/engage-link/wire';

export type {
  CallType,
  Cause,
  Frame,
  KeyValueList,
  PartyFlag,
  PartyState,
  PartyType,
  SnapshotAgentStatus,
} from '@exec/engage-link/wire';

export type DnType = 'Extension' | 'ACDPosition' | 'VirtualQueue' | 'RoutingPoint' | 'IVR';
/** How a supervisor takes part: hears only, speaks to the agent alone, speaks to all. */
export type SupervisorMode = 'mute' | 'coach' | 'open';

/** The connection of a consumer that gets an event: call monitoring, virtual queues or extensions. */
export type SwitchStream = 'calls' | 'queues' | 'extensions';

/** Time of the server as the events carry it. */
export interface EventTime {
  /** Whole seconds since 1970 UTC. */
  readonly seconds: number;
  /** 0–999,999. */
  readonly microseconds: number;
}

/** One event of the switch, before it is fanned out to the clients that asked for it. */
export interface SwitchEvent {
  /** Name of the switch. */
  readonly site: string;
  readonly stream: SwitchStream;
  /** The registered address; absent on the monitoring stream. */
  readonly dn?: string;
  readonly frame: Frame;
  readonly time: EventTime;
}

export interface Party {
  readonly uuid: PartyUuid;
  readonly dn: string;
  readonly type: PartyType;
  readonly agentId: string | undefined;
  /** Switch of a party that is at another site. */
  readonly location: string | undefined;
  /** Time of the event that added it. */
  readonly addedAt: EventTime;
  state: PartyState;
  /** Milliseconds since 1970 at which `state` began. */
  stateSince: number;
  /** Milliseconds since 1970 at which the party was first connected. */
  connectedSince: number | undefined;
  flags: readonly PartyFlag[];
  /** The agent a supervisor listens to. */
  supervises: { readonly dn: string; mode: SupervisorMode } | undefined;
}

/** Entry of the list that ties the calls of several sites together. */
export interface InterSiteLink {
  readonly LinkId: string;
  readonly Location: string;
}

export interface Call {
  readonly uuid: CallUuid;
  connId: string;
  callType: CallType;
  readonly ani: string | undefined;
  readonly dnis: string | undefined;
  readonly dialedNumber: string | undefined;
  readonly origCallUuid: CallUuid | undefined;
  readonly previousConnId: string | undefined;
  readonly createdAt: EventTime;
  userData: KeyValueList;
  links: readonly InterSiteLink[];
  parties: Party[];
  /** Where the call is routed, also while no routing point holds it. */
  routingPoint: string | undefined;
  /** With `divertOnRinging` off: the agent who rings while the call still waits, and the queue that chose. */
  delivery: { readonly dn: string; readonly queue: string | undefined } | undefined;
}

/** One stay of a call in a virtual queue. */
export interface QueueStay {
  readonly vqId: string;
  readonly queue: string;
  call: CallUuid;
}

/** The agent who works at a DN. */
export interface AgentSession {
  readonly dn: string;
  /** Login code of this switch. */
  readonly agentId: string;
  readonly employeeId: string | undefined;
  status: Exclude<SnapshotAgentStatus, 'LoggedOut'>;
  reasons: KeyValueList;
  /** Milliseconds since 1970 at which `status` began. */
  since: number;
}
