/** One agent from the first notification to the state to inject: the whole of the rules as one transition. */
import type { MonotonicMs } from '@exec/common/instants';
import type { StatisticInput } from '../statistics/input.ts';
import { initialMerge, type MergeState, merge } from './merge.ts';
import { type AgentMemory, nextSituation, noMemory, type Situation } from './situation.ts';
import { type CloudState, presenceOfReason, type Translation, translate } from './table.ts';

export interface AgentState {
  readonly merge: MergeState;
  readonly memory: AgentMemory;
  /** Whether Stat Server has no data for the agent: the last state is kept. */
  readonly stale: boolean;
}

/** The agent's state changed: this is what the cloud should show from now on. */
export interface StateChange {
  readonly state: CloudState;
  readonly situation: Situation;
  /** When the notification arrived. */
  readonly receivedAt: MonotonicMs;
}

export const initialAgent: AgentState = { merge: initialMerge, memory: noMemory, stale: false };

/**
 * The next state of an agent and what follows from it, in order. A change may repeat the cloud state it follows (a new
 * reason that maps to the same presence): whoever injects compares with what was accepted.
 *
 * @rule An agent without data keeps the last state and is marked stale.
 * @test agent.test.ts: marks an agent without data stale and keeps the last state until there is data again
 */
export function nextAgent(
  agent: AgentState,
  input: StatisticInput,
  translation: Translation,
): { agent: AgentState; changes: readonly StateChange[] } {
  const merged = merge(agent.merge, input);
  let { memory, stale } = agent;
  const changes: StateChange[] = [];
  for (const { tree, receivedAt } of merged.observations) {
    const next = nextSituation(
      memory,
      tree,
      (reason) => presenceOfReason(translation.reasons, reason) !== undefined,
    );
    memory = next.memory;
    if (next.unchanged || memory.situation === undefined) continue;
    const { situation } = memory;
    stale = situation.kind === 'unknown';
    const state = translate(translation, situation);
    if (state !== undefined) changes.push({ state, situation, receivedAt });
  }
  return { agent: { merge: merged.state, memory, stale }, changes };
}

/**
 * Forgets what only held on the connection that was lost; the situation stays, so that a ring that went unanswered
 * across a switch-over is still recognised, and nothing is re-injected when nothing changed.
 *
 * @rule A switch-over injects nothing that did not change, and an unanswered ring is recognised across it.
 * @test agent.test.ts: repeat themselves after a reconnect without consequence
 * @test outbox/roster.test.ts: keeps a ring without answer across a restart
 */
export function reconnected(agent: AgentState): AgentState {
  return { ...agent, merge: initialMerge };
}
