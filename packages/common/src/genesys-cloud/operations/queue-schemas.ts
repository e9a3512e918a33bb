/** Queues and members, as the cloud answers them and as we send them. */
import { z } from 'zod';
import { division, queueId, userId } from './schemas.ts';

export const queue = z.looseObject({
  id: queueId,
  name: z.string().optional(),
  description: z.string().optional(),
  division: division.optional(),
  /** Ties the queue to one outside: `<number>@<switch>`. */
  peerId: z.string().optional(),
  memberCount: z.number().optional(),
  userMemberCount: z.number().optional(),
});
export type Queue = z.output<typeof queue>;

export const createQueue = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  division: z.strictObject({ id: z.string().min(1) }).optional(),
  peerId: z.string().optional(),
});
export type CreateQueue = z.output<typeof createQueue>;

export const member = z.looseObject({
  /** ID of the user. */
  id: userId,
  name: z.string().optional(),
  joined: z.boolean().optional(),
  /** `user` or `group`. */
  memberBy: z.string().optional(),
});
export type QueueMember = z.output<typeof member>;
