/** Users and their skills, as the cloud answers them and as we send them. */
import { z } from 'zod';
import { division, entityState, skillId, userId } from './schemas.ts';

/** A skill of a user. */
export const userSkill = z.looseObject({
  id: skillId,
  name: z.string().optional(),
  /** 0.0 to 5.0 */
  proficiency: z.number().optional(),
  state: entityState.optional(),
});
export type UserSkill = z.output<typeof userSkill>;

export const user = z.looseObject({
  id: userId,
  name: z.string().optional(),
  email: z.string().optional(),
  /** `active`, `inactive` or `deleted`. */
  state: entityState.optional(),
  /** Needed for every change; grows with every write, those of skills included. */
  version: z.number().optional(),
  division: division.optional(),
  username: z.string().optional(),
  department: z.string().optional(),
  title: z.string().optional(),
  /** Only with `expand: ['skills']`. */
  skills: z.array(userSkill).optional(),
  /** Only with `expand: ['authorization']`. */
  authorization: z
    .looseObject({
      roles: z.array(z.looseObject({ id: z.string().optional(), name: z.string().optional() })).optional(),
    })
    .optional(),
});
export type User = z.output<typeof user>;

export type UserState = 'active' | 'inactive' | 'deleted';
export type UserExpand = 'skills' | 'authorization' | 'presence' | 'routingStatus' | 'station' | 'groups';

export const createUser = z.strictObject({
  name: z.string().min(1),
  email: z.string().min(1),
  divisionId: z.string().min(1),
  // Without it a user becomes inactive unless an invitation goes out; none ever does.
  state: z.enum(['active', 'inactive']),
  department: z.string().optional(),
  title: z.string().optional(),
});
export type CreateUser = z.output<typeof createUser>;

const version = z.int().min(0);

/** A change of fields, or of the state alone: the cloud takes the state only by itself. */
export const userPatch = z.union([
  z.strictObject({ version, state: z.enum(['active', 'inactive']) }),
  z.strictObject({
    version,
    name: z.string().min(1).optional(),
    email: z.string().min(1).optional(),
    department: z.string().optional(),
    title: z.string().optional(),
  }),
]);
export type UserPatch = z.output<typeof userPatch>;

/** What to change; the version is that of the user read. */
export type UserChange =
  | { readonly state: 'active' | 'inactive' }
  | {
      readonly name?: string;
      readonly email?: string;
      readonly department?: string;
      readonly title?: string;
    };

export const skillAssignment = z.strictObject({
  id: z.string().min(1),
  proficiency: z.number().min(0).max(5),
});

export const routingStatus = z.looseObject({
  userId: z.string().optional(),
  /** `OFF_QUEUE`, `IDLE`, `INTERACTING`, `NOT_RESPONDING`, `COMMUNICATING`; `OFF_QUEUE` also for unknown users. */
  status: z.string().optional(),
  startTime: z.string().optional(),
});
export type CloudRoutingStatus = z.output<typeof routingStatus>;
