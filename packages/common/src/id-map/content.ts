/** What the ID map holds: which Engage object is which object of the EX organisation. */
import { z } from 'zod';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
  type EmployeeId,
} from '../ids.ts';

export interface LoginMapping {
  readonly switch: string;
  /** Unique per switch only. */
  readonly code: string;
}

export interface AgentMapping {
  readonly employeeId: EmployeeId;
  readonly dbid: Dbid;
  readonly userId: CloudUserId;
  readonly email: string;
  readonly state: 'active' | 'inactive';
  readonly supervisor: boolean;
  readonly logins: readonly LoginMapping[];
}

export interface QueueMapping {
  readonly switch: string;
  readonly number: string;
  readonly dbid: Dbid;
  readonly queueId: CloudQueueId;
  /** Name in the EX organisation. */
  readonly name: string;
}

export interface SkillMapping {
  readonly name: string;
  readonly dbid: Dbid;
  readonly id: CloudSkillId;
}

export interface WrapupCodeMapping {
  readonly name: string;
  readonly displayName?: string;
  readonly dbid: Dbid;
  readonly id: CloudWrapupCodeId;
}

export interface DnEntry {
  readonly switch: string;
  readonly number: string;
  readonly type: 'Extension' | 'ACDPosition';
}

export interface IdMapContent {
  readonly agents: readonly AgentMapping[];
  readonly queues: readonly QueueMapping[];
  readonly skills: readonly SkillMapping[];
  readonly wrapupCodes: readonly WrapupCodeMapping[];
  readonly dns: readonly DnEntry[];
  /** The presence source of the deployment. */
  readonly sourceId?: CloudSourceId;
}

export const emptyContent: IdMapContent = { agents: [], queues: [], skills: [], wrapupCodes: [], dns: [] };

const dbid = z
  .number()
  .int()
  .transform((value) => asId<Dbid>(value));

/** The same shapes as read from outside: Redis, or the REST pages of EXCS. */
export const agentMappingSchema = z.object({
  employeeId: z.string().transform((value) => asId<EmployeeId>(value)),
  dbid,
  userId: z.string().transform((value) => asId<CloudUserId>(value)),
  email: z.string(),
  state: z.enum(['active', 'inactive']),
  supervisor: z.boolean(),
  logins: z.array(z.object({ switch: z.string(), code: z.string() })),
});

export const queueMappingSchema = z.object({
  switch: z.string(),
  number: z.string(),
  dbid,
  queueId: z.string().transform((value) => asId<CloudQueueId>(value)),
  name: z.string(),
});

export const skillMappingSchema = z.object({
  name: z.string(),
  dbid,
  id: z.string().transform((value) => asId<CloudSkillId>(value)),
});

export const wrapupCodeMappingSchema = z.object({
  name: z.string(),
  displayName: z.string().exactOptional(),
  dbid,
  id: z.string().transform((value) => asId<CloudWrapupCodeId>(value)),
});

export const dnEntrySchema = z.object({
  switch: z.string(),
  number: z.string(),
  type: z.enum(['Extension', 'ACDPosition']),
});

export const sourceIdSchema = z.string().transform((value) => asId<CloudSourceId>(value));
