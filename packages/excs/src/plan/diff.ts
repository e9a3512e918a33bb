/** Compares the desired state with what is known of the cloud and yields the steps between them, in order. */
import type { Conflict } from '../desired/model.ts';
import { DiffContext, type DiffInput } from './context.ts';
import { diffMembers } from './diff-members.ts';
import { diffQueueCodes } from './diff-queue-codes.ts';
import { diffQueues } from './diff-queues.ts';
import { diffRoles } from './diff-roles.ts';
import { diffSkills } from './diff-skills.ts';
import { diffSource } from './diff-source.ts';
import { diffUserDetails } from './diff-user-details.ts';
import { diffUsers } from './diff-users.ts';
import { diffWrapupCodes } from './diff-wrapup-codes.ts';
import { type Gone, goneOf } from './gone.ts';
import { type Operation, phaseOf } from './operation.ts';

export interface Difference {
  /** Sorted by phase; within a phase in the order in which they were found. */
  readonly operations: readonly Operation[];
  readonly gone: Gone;
  /** Conflicts between Engage and the cloud, beside those within Engage. */
  readonly conflicts: readonly Conflict[];
  /** Keys of everything whose absence this read shows; the next complete read confirms them. */
  readonly absent: ReadonlySet<string>;
  /** Removals that wait for that confirmation. */
  readonly waiting: number;
}

export function diff(input: DiffInput): Difference {
  const context = new DiffContext(input);
  diffSource(context);
  const skills = diffSkills(context);
  const codes = diffWrapupCodes(context);
  const queues = diffQueues(context);
  const users = diffUsers(context);
  diffUserDetails(context, users, skills);
  diffMembers(context, users, queues);
  diffRoles(context, users);
  diffQueueCodes(context, queues, codes);
  return {
    operations: context.operations.sort((a, b) => phaseOf(a) - phaseOf(b)),
    gone: goneOf(context),
    conflicts: context.conflicts,
    absent: context.absent,
    waiting: context.waiting,
  };
}
