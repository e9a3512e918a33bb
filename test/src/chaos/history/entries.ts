/** What a history consists of: one entry a line, written while a run goes on, read by the judge afterwards. */

/** How the run was set up: the first entry. */
export interface RunEntry {
  readonly what: 'run';
  readonly at: number;
  readonly seed: number;
  readonly minutes: number;
  /** Instances of EXCP: a gap is what none of them could see. */
  readonly watchers: readonly string[];
}

/** An event that the Engage side told to whoever watched. */
export interface SaidEntry {
  readonly what: 'said';
  readonly at: number;
  readonly site: string;
  readonly connection: string;
  readonly dn?: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Whether an instance of EXCP would be told of all that happens on one of its connections, as the server sees it. */
export interface WatchingEntry {
  readonly what: 'watching';
  readonly at: number;
  readonly instance: string;
  readonly connection: string;
  readonly on: boolean;
}

/** What the cloud decided about one event. */
export interface DecidedEntry {
  readonly what: 'decided';
  readonly at: number;
  readonly request: number;
  readonly kind: string;
  readonly eventId: string;
  /** Conversation ID; user ID for agent states. */
  readonly subject: string;
  /** Its `eventDateTime`, milliseconds since 1970. */
  readonly eventAt: number;
  readonly outcome: 'accepted' | 'repeat' | 'refused';
  readonly refusal?: { readonly cause: string; readonly code: string; readonly message: string };
  readonly event: Readonly<Record<string, unknown>>;
}

/** How the cloud answered a request; status 0: not at all. */
export interface AnsweredEntry {
  readonly what: 'answered';
  readonly at: number;
  readonly request: number;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly client?: string | undefined;
  readonly status: number;
}

/** A leg of a conversation that was played: who took part, what happened and when (milliseconds since 1970). */
export interface ScriptLeg {
  /** `external`, `ivr`, `phone`, `queue:<number>@<switch>` or `user:<employee ID>`. */
  readonly participant: string;
  /** `established`, `answered`, `held`, `ended:<disconnect type>`, `disposition:<name>` and so on. */
  readonly steps: readonly string[];
  readonly times: readonly number[];
}

/** A conversation that was played, and what must come of it. */
export interface ScriptEntry {
  readonly what: 'script';
  readonly at: number;
  readonly scenario: string;
  /** Whether it goes over two sites. */
  readonly acrossSites?: boolean;
  /** CallUUID of its first call. */
  readonly call: string;
  readonly legs: readonly ScriptLeg[];
  /** Commands of transfer in the order of their begin. */
  readonly transfers: readonly string[];
}

/** The last state of an agent at Stat Server. */
export interface AgentEntry {
  readonly what: 'agent';
  readonly at: number;
  readonly employeeId: string;
  readonly status: string;
  readonly reason?: string;
}

/** What a fault may take away. `conversations`: those that live while it lasts may be incomplete; never split or doubled. */
export type Cost = 'nothing' | 'conversations';

export interface FaultEntry {
  readonly what: 'fault';
  readonly at: number;
  /** Number of the fault in the run. */
  readonly id: number;
  readonly phase: 'played' | 'healed' | 'over';
  readonly name: string;
  readonly kind: string;
  /** What it was played on, in words. */
  readonly on: string;
  readonly cost: Cost;
  /** Instances of EXCP that cannot see while it lasts, though the server may believe so. */
  readonly blinds: readonly string[];
}

/** A process of the services began, or ended. */
export interface ProcessEntry {
  readonly what: 'process';
  readonly at: number;
  readonly name: string;
  readonly event: 'started' | 'ended';
  /** `exit 0`, `signal SIGKILL`. */
  readonly how?: string;
  /** Whether the run had ended it. */
  readonly wanted: boolean;
}

/** Which cloud object stands for which Engage object, as the cloud itself tells it. */
export interface NamesEntry {
  readonly what: 'names';
  readonly at: number;
  /** Cloud user to employee ID. */
  readonly users: Readonly<Record<string, string>>;
  /** Cloud queue to `<number>@<switch>` of the virtual queue. */
  readonly queues: Readonly<Record<string, string>>;
  readonly wrapupCodes: Readonly<Record<string, string>>;
  /** Presence definition to system presence. */
  readonly presences: Readonly<Record<string, string>>;
}

/** An object of the cloud that the deployment did not make. */
export interface ForeignEntry {
  readonly what: 'foreign';
  readonly at: number;
  readonly when: 'before' | 'after';
  readonly type: string;
  readonly id: string;
  readonly content: string;
}

/** A figure of the configuration as it must be and as it is in the cloud at the end. */
export interface MappingEntry {
  readonly what: 'mapping';
  readonly at: number;
  readonly type: string;
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** What a service says of itself at the end. */
export interface ServiceEntry {
  readonly what: 'service';
  readonly at: number;
  readonly name: string;
  readonly ready: boolean;
  readonly problems: readonly string[];
}

export type Entry =
  | RunEntry
  | SaidEntry
  | WatchingEntry
  | DecidedEntry
  | AnsweredEntry
  | ScriptEntry
  | AgentEntry
  | FaultEntry
  | ProcessEntry
  | NamesEntry
  | ForeignEntry
  | MappingEntry
  | ServiceEntry;
