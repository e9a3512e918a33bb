/** A plan: the steps between Engage and the cloud, what they cost, and whether they may be taken. */
import { createHash } from 'node:crypto';
import type { Dbid } from '@exec/common/ids';
import type { Conflict, EngageKind, EngageObject } from '../desired/model.ts';
import type { Difference } from './diff.ts';
import {
  type Allowed,
  type Demand,
  demands,
  type LimitRules,
  type Stop,
  stopOf,
  type Totals,
} from './limits.ts';
import type { Operation } from './operation.ts';

export interface Plan {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether the cloud was read for it. */
  readonly drift: boolean;
  readonly operations: readonly Operation[];
  /** Users that the plan creates, activates or restores. */
  readonly billableUsers: number;
  readonly demands: readonly Demand[];
  readonly stop: Stop | undefined;
  /** Removals that wait until a second complete read shows the absence too. */
  readonly waiting: number;
  readonly conflicts: readonly Conflict[];
  /** Where an object lies in Engage; undefined for one that is gone. */
  readonly describe: (kind: EngageKind, dbid: Dbid) => EngageObject | undefined;
}

export interface PlanInput {
  readonly difference: Difference;
  readonly createdAt: number;
  readonly drift: boolean;
  readonly rules: LimitRules;
  readonly totals: Totals;
  readonly allowed: Allowed;
  /** Conflicts within Engage. */
  readonly conflicts: readonly Conflict[];
  readonly describe: Plan['describe'];
}

export function makePlan(input: PlanInput): Plan {
  const { operations, waiting } = input.difference;
  const list = demands(operations, input.rules, input.totals, input.allowed);
  const id = planId(operations);
  return {
    id,
    createdAt: input.createdAt,
    drift: input.drift,
    operations,
    billableUsers: list.find((demand) => demand.limit === 'creations')?.inPlan ?? 0,
    demands: list,
    stop: stopOf(list, id),
    waiting,
    conflicts: [...input.conflicts, ...input.difference.conflicts],
    describe: input.describe,
  };
}

/** Equal steps have equal IDs: an allowance holds for a plan that was made again, and for no other. */
function planId(operations: readonly Operation[]): string {
  const hash = createHash('sha256');
  for (const operation of operations) {
    hash.update(`${operation.id}\n${operation.cloudId ?? ''}\n${operation.before ?? ''}\n`);
    hash.update(`${operation.after ?? ''}\n${operation.counted?.items.join() ?? ''}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Operations by `<kind>.<operation>`, in the order of the plan. */
export function planCounts(operations: readonly Operation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, operation } of operations) {
    const key = `${kind}.${operation}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
