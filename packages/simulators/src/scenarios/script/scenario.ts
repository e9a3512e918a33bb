/** What a scenario is: people, steps in virtual time, and the conversations that must come of them. */
import type { CallUuid } from '@exec/common/ids';
import type { People } from './cast.ts';
import type { Stage } from './stage.ts';

export interface AgentRole {
  /** False: the agent is not mapped to a user. Default true. */
  readonly mapped?: boolean;
  /** False: nobody is logged in at the telephone when the scenario begins. Default true. */
  readonly loggedIn?: boolean;
  /** Works at the second site. */
  readonly otherSite?: boolean;
}

export interface QueueRole {
  readonly mapped?: boolean;
  readonly otherSite?: boolean;
}

/** Who takes part, by the names that the steps use. */
export interface Cast {
  readonly agents?: Readonly<Record<string, AgentRole>>;
  readonly queues?: Readonly<Record<string, QueueRole>>;
}

export interface Step {
  /** Milliseconds after the scenario's begin. */
  readonly at: number;
  /** What happens, in words. */
  readonly text: string;
  readonly run: (stage: Stage) => void;
}

/** In a script, `<role>` is a name of the cast; in a performance, the employee ID or the number of the queue. */
export type Participant = 'external' | 'ivr' | 'phone' | `queue:${string}` | `user:${string}`;

/**
 * - `established`, `established(alerting)`, `answered`
 * - `held`, `retrieved`, `muted`, `unmuted`, `deafened`, `undeafened`
 * - `ended:<disconnect type>`
 * - `disposition:<name of the wrap-up code>`; `disposition` alone: one without a code
 */
export type LegStep = string;

export interface ExpectedLeg {
  readonly participant: Participant;
  readonly steps: readonly LegStep[];
  /** Milliseconds, one for each step: in a script since its begin, in a performance since 1970. */
  readonly times: readonly number[];
  /** Number of an outside leg: the role in a script, the number in a performance. */
  readonly number?: string;
  /** Of the customer's leg. */
  readonly inbound?: boolean;
  /** The leg that called this one in: `<participant>`, the second of the kind `<participant>#2`. */
  readonly invitedBy?: string;
  /** Queue on whose behalf an outbound call was made. */
  readonly queue?: string;
  /** Names of the skills that a queue was asked for, where the attached data says so. */
  readonly skills?: readonly string[];
  /** The conversation in which the party goes on (destinationConversationId), by its first call. */
  readonly goesOnIn?: string;
}

export type TransferCommand = 'userTransfer' | 'routingTransfer' | 'phoneTransfer' | 'consultTransfer';

export interface ExpectedTransfer {
  readonly command: TransferCommand;
  /** Milliseconds, as in {@link ExpectedLeg}: the first of the events. */
  readonly at: number;
  /** The leg that transfers; also the one transferred away from. */
  readonly by: string;
  /** The leg that is moved. */
  readonly moves: string;
  /** The leg it goes to, as the first event names it; of a consultation to a queue this is the queue's. */
  readonly to: string;
  /** The leg it reaches, as the progress names it, when that is another one. */
  readonly reaches?: string;
  /** `begin`, `progress`, `end` (of a consultation) or `end:<final state>`. */
  readonly steps: readonly string[];
}

export interface ExpectedConversation {
  /** The conversation's first call: its label in a script, its CallUUID in a performance (`interactionId`). */
  readonly call: string;
  /** In the order in which they are established. */
  readonly legs: readonly ExpectedLeg[];
  readonly transfers: readonly ExpectedTransfer[];
}

export interface Scenario {
  /** Lower case with hyphens; unique. */
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
  readonly cast: Cast;
  /** In the order of time. */
  readonly steps: readonly Step[];
  readonly expected: readonly ExpectedConversation[];
  /** How the consumer must be set, where it is not the default. */
  readonly settings?: {
    readonly acwRequired?: boolean;
    readonly dispositionGraceSeconds?: number;
  };
  /** Cuts the consumer's connections, so it cannot be played beside others. */
  readonly solo: boolean;
  /** Milliseconds from the begin after which everything that is expected can have been sent. */
  readonly lasts: number;
}

/** A scenario with real numbers: what a runner plays. */
export interface Performance extends People {
  readonly scenario: Scenario;
}

/** A performance that has run to its end. */
export interface Played {
  readonly performance: Performance;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly calls: ReadonlyMap<string, CallUuid>;
  /** With numbers, CallUUIDs and absolute times in place of roles, labels and offsets. */
  readonly expected: readonly ExpectedConversation[];
}
