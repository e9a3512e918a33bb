/** What the model may ask about the world around one conversation; all answers are values of the moment. */

import type { Connection } from '@exec/common/config';
import type {
  CloudQueueId,
  CloudSkillId,
  CloudUserId,
  CloudWrapupCodeId,
  EmployeeId,
} from '@exec/common/ids';
import type { EngageMicros, StreamMs } from '@exec/common/instants';
import type { StreamPlace } from '../events/connection-clocks.ts';

/** Look-ups of the mapping; undefined = absent from a complete mapping, thus unmapped. */
export interface MappingLookups {
  userOfLogin(site: string, code: string): CloudUserId | undefined;
  userOfEmployee(employeeId: EmployeeId): CloudUserId | undefined;
  queue(site: string, number: string): CloudQueueId | undefined;
  /** Those that are mapped. */
  skills(names: readonly string[]): CloudSkillId[];
  wrapupCode(name: string): CloudWrapupCodeId | undefined;
}

/** Who works at a DN: an agent, nobody, or it is not known. */
export type Occupant =
  | { readonly kind: 'agent'; readonly agentId: string; readonly employeeId?: EmployeeId | undefined }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'unknown' };

export interface ModelSettings {
  /** Events of another connection, or the target of a transfer, are waited for this long. */
  readonly waitMs: number;
  /** A disposition is taken this long after the end of the agent's leg. */
  readonly dispositionGraceMs: number;
  /** Whether every agent's leg gets a disposition. */
  readonly afterCallWorkRequired: boolean;
  /** Ended conversations without an agent's leg are known this long, for late events. */
  readonly lingerMs: number;
  /** A conversation without any event for this long is closed as lost. */
  readonly lostMs: number;
  /** A conversation that has lasted for this long is closed, whatever happens in it. */
  readonly longestMs: number;
  /** Open conversations beyond which a call that begins is left out whole. */
  readonly openMost: number;
  /** Who worked at a DN is forgotten when nobody does and so long nothing was heard of it. */
  readonly vacantMs: number;
  /** Those that are watched: calls may be linked between them. */
  readonly sites: readonly string[];
}

export const defaultSettings: ModelSettings = {
  waitMs: 2_000,
  dispositionGraceMs: 1_800_000,
  afterCallWorkRequired: false,
  lingerMs: 10_000,
  lostMs: 86_400_000,
  longestMs: 43_200_000,
  openMost: 20_000,
  vacantMs: 30 * 86_400_000,
  sites: [],
};

export interface StepContext {
  /** Stream time: when the input was stored. Waits are measured in it. */
  readonly now: StreamMs;
  /** Where the input stands in the stream. */
  readonly place: StreamPlace;
  readonly lookups: MappingLookups;
  readonly settings: ModelSettings;
  /** Who worked at a DN at an event time. */
  occupant(site: string, dn: string, at: EngageMicros): Occupant;
  /**
   * Whether everything that the connection reports up to and including that event time is known. `place`: where
   * the wait for it began.
   */
  caughtUp(site: string, connection: Connection, at: EngageMicros, place: StreamPlace): boolean;
}

/** Things that were not as expected; counted by kind, never fatal. */
export const anomalies = [
  'unknown-call',
  'unknown-party',
  'unknown-stay',
  'repeated-call',
  'repeated-party',
  'repeated-stay',
  'call-ended',
  'too-large',
  'unmapped-disposition',
  'late-disposition',
  'no-leg',
  'lost-conversation',
  'too-long',
] as const;
export type Anomaly = (typeof anomalies)[number];
