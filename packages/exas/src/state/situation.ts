/** What an agent is doing, decided from all actions of the tree and from what was seen just before. */
import type { EngageSeconds } from '@exec/common/instants';
import type { AgentAction, AgentTree, StatusName } from '../statistics/tree.ts';
import { treeSignature } from '../statistics/tree.ts';

/** One name per row of the translation table. */
export const situationKinds = [
  'loggedOut',
  'unknown',
  'notReady',
  'ready',
  'inboundCall',
  'otherCallReady',
  'otherCallNotReady',
  'ringingReady',
  'ringingNotReady',
  'offHook',
  'afterCallWork',
  'ringNoAnswer',
] as const;

export type SituationKind = (typeof situationKinds)[number];

export interface Situation {
  readonly kind: SituationKind;
  /** Begin of the situation. */
  readonly since: EngageSeconds;
  /** Not-ready reason as the site spells it. */
  readonly reason?: string;
}

/** What is remembered of an agent between two observations. */
export interface AgentMemory {
  readonly situation?: Situation;
  readonly signature?: string;
  /** Readiness seen last, for trees without actions. */
  readonly ready?: boolean;
  /** Connections known as inbound calls: a held call may be listed as on hold only. */
  readonly inbound: ReadonlySet<string>;
}

export const noMemory: AgentMemory = { inbound: new Set() };

const otherCalls: ReadonlySet<StatusName> = new Set([
  'CallDialing',
  'CallUnknown',
  'CallConsult',
  'CallInternal',
  'CallOutbound',
  'ASM_Engaged',
  'ASM_Outbound',
]);

/**
 * The next situation. `unchanged` is set for a repeated notification, which means nothing.
 * `isMapped` tells whether a reason has a presence of its own.
 *
 * @rule What an agent is doing follows from all actions of the tree, not from the top status alone.
 * @test agent.test.ts
 * @test state/agent.test.ts: gives only pairs of the table, and the last tree decides once the agreement time is over
 * @page docs/reference/agent-states.md
 */
export function nextSituation(
  memory: AgentMemory,
  tree: AgentTree,
  isMapped: (reason: string) => boolean,
): { memory: AgentMemory; unchanged: boolean } {
  const signature = treeSignature(tree);
  if (signature === memory.signature) return { memory, unchanged: true };

  const inbound = inboundConnections(memory, tree);
  const ready = readiness(memory, tree);
  const observed = observe(tree, memory, inbound, ready);
  const situation = withRingNoAnswer(memory.situation, observed, isMapped);
  return {
    memory: { situation, signature, inbound, ...(ready === undefined ? {} : { ready }) },
    unchanged: false,
  };
}

function observe(
  tree: AgentTree,
  memory: AgentMemory,
  inbound: ReadonlySet<string>,
  ready: boolean | undefined,
): Situation {
  if (tree.status === 'LoggedOut') return { kind: 'loggedOut', since: tree.since };
  const has = (name: StatusName) => tree.actions.some(({ action }) => action === name);
  const notReady = pick(tree.actions, 'NotReadyForNextCall');
  const { since } = tree;
  const reason = notReady?.reason === undefined ? {} : { reason: notReady.reason };

  const wasInbound = memory.situation?.kind === 'inboundCall';
  if (tree.actions.some((action) => isInboundCall(action, inbound, wasInbound))) {
    return { kind: 'inboundCall', since };
  }
  if (tree.actions.some(({ action }) => otherCalls.has(action) || action === 'CallOnHold')) {
    return ready === false
      ? { kind: 'otherCallNotReady', since, ...reason }
      : { kind: 'otherCallReady', since };
  }
  if (has('AfterCallWork')) return { kind: 'afterCallWork', since };
  if (has('CallRinging')) {
    return { kind: ready === false ? 'ringingNotReady' : 'ringingReady', since, ...reason };
  }
  if (notReady !== undefined) return { kind: 'notReady', since, ...reason };
  if (has('OffHook')) return { kind: 'offHook', since };
  if (has('WaitForNextCall')) return { kind: 'ready', since };
  return { kind: 'unknown', since };
}

/**
 * Ringing followed directly by not ready without a mapped reason: the agent let it ring. It stays so until the next
 * status or reason; a call in between makes it plain not ready.
 *
 * @rule Ringing followed directly by not ready without a mapped reason is ring, no answer, until the next status or
 *   reason.
 * @test agent.test.ts: is ringing followed directly by not ready without a mapped reason
 * @test agent.test.ts: ends with the next status or reason
 * @test agent.test.ts: is never what follows an answered call
 */
function withRingNoAnswer(
  previous: Situation | undefined,
  observed: Situation,
  isMapped: (reason: string) => boolean,
): Situation {
  if (observed.kind !== 'notReady') return observed;
  if (observed.reason !== undefined && isMapped(observed.reason)) return observed;
  const ringing = previous?.kind === 'ringingReady';
  const stays =
    previous?.kind === 'ringNoAnswer' &&
    previous.since === observed.since &&
    previous.reason === observed.reason;
  return ringing || stays ? { ...observed, kind: 'ringNoAnswer' } : observed;
}

/** True for ready, false for not ready, undefined when neither was ever seen. */
function readiness(memory: AgentMemory, tree: AgentTree): boolean | undefined {
  if (tree.actions.some(({ action }) => action === 'NotReadyForNextCall')) return false;
  if (tree.actions.some(({ action }) => action === 'WaitForNextCall')) return true;
  // Every durable action is listed in a detailed tree: no not-ready action means ready.
  return tree.detailed && tree.actions.length > 0 ? true : memory.ready;
}

/** On hold without a connection ID says nothing of the kind of call: what it was a moment ago decides. */
function isInboundCall(
  { action, connectionId }: AgentAction,
  inbound: ReadonlySet<string>,
  wasInbound: boolean,
): boolean {
  if (action === 'CallInbound') return true;
  if (action !== 'CallOnHold') return false;
  return connectionId === undefined ? wasInbound : inbound.has(connectionId);
}

/** Keeps only connections that are still in the tree, so the memory of an agent cannot grow. */
function inboundConnections(memory: AgentMemory, tree: AgentTree): ReadonlySet<string> {
  const inbound = new Set<string>();
  for (const { action, connectionId } of tree.actions) {
    if (connectionId === undefined) continue;
    if (action === 'CallInbound' || memory.inbound.has(connectionId)) inbound.add(connectionId);
  }
  return inbound;
}

/** Of several actions of one kind the newest counts; a reason decides between equals. */
function pick(actions: readonly AgentAction[], name: StatusName): AgentAction | undefined {
  let best: AgentAction | undefined;
  for (const action of actions) {
    if (action.action !== name) continue;
    const newer = best === undefined || action.since > best.since;
    const tells = best !== undefined && action.since === best.since && best.reason === undefined;
    if (newer || tells) best = action;
  }
  return best;
}
