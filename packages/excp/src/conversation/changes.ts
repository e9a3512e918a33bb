/** What becomes of a conversation, as changes of its legs: the output of the model and the input of the translation. */

import type { CloudQueueId, CloudSkillId, CloudUserId, CloudWrapupCodeId } from '@exec/common/ids';
import type { EngageMicros } from '@exec/common/instants';
import type { Disconnect, LegKey } from './leg.ts';

interface Timed {
  /** Time on the Engage side. */
  readonly at: EngageMicros;
}

/** What a leg is, by kind. */
export type LegIdentity =
  | { readonly kind: 'user'; readonly userId: CloudUserId; readonly queueId?: CloudQueueId }
  | { readonly kind: 'queue'; readonly queueId: CloudQueueId; readonly skillIds?: readonly CloudSkillId[] }
  | { readonly kind: 'external' | 'phone' | 'ivr' };

export interface LegEstablished extends Timed {
  readonly change: 'established';
  readonly leg: LegKey;
  readonly is: LegIdentity;
  readonly alerting: boolean;
  readonly inbound: boolean;
  readonly invitedBy?: LegKey | undefined;
  /** Number of the party, for external numbers. */
  readonly number?: string | undefined;
  readonly ani?: string | undefined;
  readonly dnis?: string | undefined;
}

export interface LegAnswered extends Timed {
  readonly change: 'answered';
  readonly leg: LegKey;
}

export interface LegHeld extends Timed {
  readonly change: 'held';
  readonly leg: LegKey;
  readonly held: boolean;
}

export interface LegAudio extends Timed {
  readonly change: 'audio';
  readonly leg: LegKey;
  readonly canHear: boolean;
  readonly canSpeak: boolean;
}

export interface LegEnded extends Timed {
  readonly change: 'ended';
  readonly leg: LegKey;
  readonly disconnect: Disconnect;
  /** Key of the conversation in which the party goes on. */
  readonly into?: string | undefined;
}

export type Destination =
  | { readonly kind: 'user'; readonly userId: CloudUserId }
  | { readonly kind: 'queue'; readonly queueId: CloudQueueId }
  | { readonly kind: 'phone'; readonly number: string };

/** A transfer without consultation: begun, arrived and completed at once. */
export interface Transferred extends Timed {
  readonly change: 'transferred';
  readonly initiating: LegKey;
  readonly object: LegKey;
  readonly target: LegKey;
  readonly destination: Destination;
}

export interface ConsultChanged extends Timed {
  readonly change: 'consult-begun' | 'consult-progressed' | 'consult-ended';
  readonly initiating: LegKey;
  /** The party or the queue that was consulted first. */
  readonly target: LegKey;
  /** The party that was reached: behind a queue another one. */
  readonly reached: LegKey;
  readonly object: LegKey;
}

export interface DispositionApplied extends Timed {
  readonly change: 'disposition';
  readonly leg: LegKey;
  /** Absent: skipped, or a value without a mapping. */
  readonly code?: CloudWrapupCodeId | undefined;
}

export type Change =
  | LegEstablished
  | LegAnswered
  | LegHeld
  | LegAudio
  | LegEnded
  | Transferred
  | ConsultChanged
  | DispositionApplied;
