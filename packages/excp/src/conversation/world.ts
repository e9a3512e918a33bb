/** What the model may ask about the world around one conversation; all answers are values of the moment. */
import type {
  CloudQueueId,
  CloudSkillId,
  CloudUserId,
  CloudWrapupCodeId,
  EmployeeId,
} from '@exec/common/ids';
import type { Connection } from '../intake/inputs.ts';

/** Look-ups of the mapping; undefined = absent from a complete mapping, thus unmapped. */
export interface Facts {
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
  /** Whether calls may be linked between the sites that are watched. */
  readonly severalSites: boolean;
}

export const defaultSettings: ModelSettings = {
  waitMs: 2_000,
  dispositionGraceMs: 1_800_000,
  afterCallWorkRequired: false,
  lingerMs: 10_000,
  lostMs: 86_400_000,
  severalSites: false,
};

export interface World {
  /** Stream time in milliseconds: when the input was stored. Waits are measured in it. */
  readonly now: number;
  readonly facts: Facts;
  readonly settings: ModelSettings;
  /** Who worked at a DN at a time (microseconds). */
  occupant(site: string, dn: string, at: number): Occupant;
  /** Whether everything that the connection told up to and including that time (microseconds) is known. */
  caughtUp(site: string, connection: Connection, at: number): boolean;
}

/** Things that were not as expected; counted by kind, never fatal. */
export const oddities = [
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
] as const;
export type Oddity = (typeof oddities)[number];
