/**
 * Joins the two statistics of an agent, which arrive apart, into one stream of trees.
 *
 * CurrentState (subject DNStatus) says the status, CurrentStateReasons (subject DNAction) says the actions and the
 * reasons. A tree is complete when both agree on status and time; when they have not agreed within a short time, the
 * newest is taken as it is. Order of arrival decides: the times are whole seconds and order nothing.
 */
import { laterBy, type MonotonicMs } from '@exec/common/instants';
import { agreementMs, type StatisticInput, type StatisticKind } from '../statistics/input.ts';
import type { AgentTree } from '../statistics/tree.ts';

export interface MergeState {
  readonly status?: AgentTree;
  readonly reasons?: AgentTree;
  readonly unavailable: ReadonlySet<StatisticKind>;
  /** The tree that waits for its partner, and until when. */
  readonly waiting?: {
    readonly tree: AgentTree;
    readonly receivedAt: MonotonicMs;
    readonly until: MonotonicMs;
  };
}

/** A tree to act on, with the moment its first notification arrived. */
export interface Observation {
  readonly tree: AgentTree;
  readonly receivedAt: MonotonicMs;
}

export const initialMerge: MergeState = { unavailable: new Set() };

/**
 * `observations` come in order of arrival; `state.waiting` tells when to call again with the time.
 *
 * @rule A state is published when both statistics agree on status and time, else after 250 ms; order of arrival
 *   decides, since the times are whole seconds.
 * @test agent.test.ts: wait for each other
 * @test agent.test.ts: are not waited for longer than the agreement time
 * @test agent.test.ts: stand in for each other when one cannot be opened
 */
export function merge(
  state: MergeState,
  input: StatisticInput,
): { state: MergeState; observations: readonly Observation[] } {
  switch (input.type) {
    case 'tree':
      return onTree(state, input.kind, input.tree, input.at);
    case 'unavailable': {
      const unavailable = new Set(state.unavailable).add(input.kind);
      const { [input.kind]: _lost, waiting: _waiting, ...rest } = state;
      return { state: { ...rest, unavailable }, observations: released(state) };
    }
    case 'time':
      if (state.waiting === undefined || input.at < state.waiting.until) return { state, observations: [] };
      return { state: withoutWaiting(state), observations: released(state) };
  }
}

function onTree(
  state: MergeState,
  kind: StatisticKind,
  tree: AgentTree,
  at: MonotonicMs,
): { state: MergeState; observations: readonly Observation[] } {
  const unavailable = new Set(state.unavailable);
  unavailable.delete(kind);
  const known: MergeState = { ...state, [kind]: tree, unavailable };
  const other = kind === 'status' ? known.reasons : known.status;
  const waiting = state.waiting;

  if (unavailable.has(kind === 'status' ? 'reasons' : 'status')) {
    return { state: withoutWaiting(known), observations: [...released(state), { tree, receivedAt: at }] };
  }
  if (other !== undefined && agree(tree, other)) {
    const detailed = known.reasons ?? tree;
    const isPartner = waiting !== undefined && agree(waiting.tree, tree);
    const earlier = isPartner ? [] : released(state);
    const receivedAt = isPartner ? waiting.receivedAt : at;
    return { state: withoutWaiting(known), observations: [...earlier, { tree: detailed, receivedAt }] };
  }
  if (waiting !== undefined && agree(waiting.tree, tree)) {
    // A repetition or a further reason of what waits already: keep the earlier deadline.
    return {
      state: { ...known, waiting: { ...waiting, tree: tree.detailed ? tree : waiting.tree } },
      observations: [],
    };
  }
  return {
    state: { ...known, waiting: { tree, receivedAt: at, until: laterBy(at, agreementMs) } },
    observations: released(state),
  };
}

function agree(left: AgentTree, right: AgentTree): boolean {
  return left.status === right.status && left.since === right.since;
}

/** What waited is an observation of its own once something newer arrives: it was true for a moment. */
function released(state: MergeState): Observation[] {
  return state.waiting === undefined
    ? []
    : [{ tree: state.waiting.tree, receivedAt: state.waiting.receivedAt }];
}

function withoutWaiting(state: MergeState): MergeState {
  const { waiting: _waiting, ...rest } = state;
  return rest;
}
