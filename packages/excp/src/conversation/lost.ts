/** A conversation that the model cannot carry on: what was published of it is closed, and nothing of it is kept. */
import { discoveredAt } from '@exec/common/instants';
import type { Change } from './changes.ts';
import { next, type Step } from './next.ts';
import type { Conversation, Leg, LegKey } from './state.ts';
import type { StepContext } from './step-context.ts';

/**
 * The last step of a conversation that is given up.
 *
 * @rule A conversation that the model cannot carry on is closed as System at the time of discovery, dispositions skipped.
 * @test quarantine.test.ts
 */
export function closeAsLost(conversation: Conversation, context: StepContext): Step {
  const step = lastStep(conversation, context);
  return { ...step, changes: [...step.changes, ...skippedWork(step.state, context)], done: true };
}

function lastStep(conversation: Conversation, context: StepContext): Step {
  const at = discoveredAt(context.now);
  try {
    return next(conversation, { kind: 'gone', at }, context);
  } catch {
    // Where every step fails one thing is left to be said: that the legs have ended.
    const changes = publishedLegs(conversation)
      .filter((leg) => leg.endedAt === undefined)
      .map((leg): Change => ({ change: 'ended', leg: leg.key, disconnect: 'System', at }));
    return { state: conversation, changes, anomalies: ['lost-conversation'], done: true };
  }
}

/** Nobody will choose a disposition any more: where one is required the agent must not wait for it. */
function skippedWork(conversation: Conversation, context: StepContext): Change[] {
  if (!context.settings.afterCallWorkRequired) return [];
  return publishedLegs(conversation)
    .filter((leg) => leg.kind === 'user' && leg.disposed !== true && leg.disposition === undefined)
    .map((leg) => ({ change: 'disposition', leg: leg.key, at: discoveredAt(context.now) }));
}

function publishedLegs({ published, legs }: Conversation): readonly Leg[] {
  return published ? legs.filter((leg) => leg.leftOut !== true) : [];
}

export function speaksOf(change: Change, legs: ReadonlySet<LegKey>): boolean {
  if ('leg' in change) return legs.has(change.leg);
  return [change.initiating, change.object, change.target].some((leg) => legs.has(leg));
}
