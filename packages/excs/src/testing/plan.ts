/** Small plans for tests of what is made of them. */
import type { Operation } from '../plan/operation.ts';
import type { Plan } from '../plan/plan.ts';

/** A plan with these operations, which may be applied. */
export function planOf(operations: readonly Operation[] = []): Plan {
  return {
    id: 'plan',
    createdAt: 0,
    drift: false,
    operations,
    gone: { persons: new Set(), queues: new Set() },
    billableUsers: 0,
    demands: [],
    stop: undefined,
    review: undefined,
    waiting: 0,
    conflicts: [],
    describe: () => undefined,
  };
}

/** A plan that waits for approval. */
export function planWaitingFor(detail: string): Plan {
  return { ...planOf(), review: { reason: 'first-plan', detail } };
}

/** A plan that a safety limit stops. */
export function planStoppedBy(detail: string): Plan {
  return { ...planOf(), stop: { exceeded: [], detail } };
}
