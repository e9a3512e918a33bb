/**
 * A leg whose party has left, as a state machine: whether it ends at once, how, or what is waited for before that is
 * known. The state is undefined while the party takes part.
 */
import { type EngageMicros, latest, type StreamMs } from '@exec/common/instants';
import type { Step } from '@exec/common/machine';
import type { Cause } from '@exec/engage-link/wire';
import type { Disconnect, Leaving, LegKey, Wait } from './state.ts';

/** Why a leg that lost its party is still open. */
export type LeavingReason = Leaving['why'];

/** The leg as it was when its party left. */
export type Departure =
  /** It could not be reached. */
  | { readonly as: 'failed' }
  /** The transfer to it is complete, and the main call has not named it yet. */
  | { readonly as: 'transferred' }
  /** It was consulted. */
  | {
      readonly as: 'consulted';
      readonly cause: Cause | undefined;
      readonly isAlerting: boolean;
      readonly wasOffered: boolean;
      readonly isAlone: boolean;
      readonly side: 'Self' | 'Peer';
    }
  /** Nobody has talked on it. `isAlone`: nobody else is in the call, and it was not routed. */
  | {
      readonly as: 'unanswered';
      readonly cause: Cause | undefined;
      readonly wasOffered: boolean;
      readonly isAlone: boolean;
    }
  | {
      readonly as: 'answered';
      readonly cause: Cause | undefined;
      readonly isIvr: boolean;
      readonly side: 'Self' | 'Peer';
      /** A person, who leaves others behind. */
      readonly handsOver: HandingOver | undefined;
    };

/** Who may have handed the call over when he left. */
export interface HandingOver {
  readonly sign: TransferSign;
  /** What the call goes on with, if that is known. `queueMayCome`: a queue may have been between. */
  readonly target?: { readonly leg: LegKey; readonly queueMayCome: boolean };
}

/** Whether a party that left others behind handed the call over: events say so, or say that not, or nothing. */
export type TransferSign = 'said' | 'unsaid' | 'plain';

export type LeavingInput =
  /** Its party has left the last call that it took part in. */
  | { readonly kind: 'left'; readonly wait: Wait; readonly how: Departure }
  /** Its call has ended, and goes on in another one, or the queue itself may still say how the stay ended. */
  | {
      readonly kind: 'call-ended';
      readonly why: 'moving' | 'queue';
      readonly wait: Wait;
      readonly otherwise: Disconnect;
    }
  /** It was to end as the last one; `upTo`: event time that the queues have to have passed, microseconds. */
  | {
      readonly kind: 'held-back';
      readonly wait: Wait;
      readonly upTo: EngageMicros;
      readonly otherwise: Disconnect;
    }
  /** Its party takes part again, in this call or in another one. */
  | { readonly kind: 'goes-on' }
  /** It has ended for another reason. */
  | { readonly kind: 'ended' }
  /** A new leg, which the call may have been handed to, at event time `at`. */
  | {
      readonly kind: 'target';
      readonly leg: LegKey;
      readonly at: EngageMicros;
      readonly queueMayCome: boolean;
    }
  /** Nobody stays in the call. `isLinked`: but the half of the call on another site. */
  | { readonly kind: 'nobody-stays'; readonly isLinked: boolean }
  /** The consultation that it was called in is over. */
  | { readonly kind: 'consult-over' }
  /** The wait is over, or what was waited for is known. `target`: see `towards`, while it is present. */
  | {
      readonly kind: 'wait-over';
      readonly target?: { readonly leg: LegKey; readonly at: EngageMicros } | undefined;
    }
  /** What is waited for has not caught up. `until`: stream time, milliseconds. */
  | { readonly kind: 'postponed'; readonly until: StreamMs };

export type LeavingEffect =
  | { readonly kind: 'end'; readonly how: Disconnect; readonly at: EngageMicros }
  /** Completes a consultation with that leg, else transfers without one; and ends. */
  | { readonly kind: 'hand-over'; readonly to: LegKey; readonly at: EngageMicros }
  /** Counts as a party that took part in talking and has left. */
  | { readonly kind: 'count' }
  /** Was held back as the last one: is not held back again. */
  | { readonly kind: 'release' };

type LeavingStep = Step<Leaving | undefined, LeavingEffect>;

/**
 * @rule A party's leg ends when it is known how: what may still be a transfer, a redirection or a move is waited for.
 * @scenario transfer-to-agent, transfer-abandoned, no-answer-redirected, no-answer-queued-again, agent-hangs-up
 * @test leaving.test.ts
 */
export function nextLeaving(state: Leaving | undefined, input: LeavingInput): LeavingStep {
  switch (input.kind) {
    case 'left':
      return state === undefined ? left(input.wait, input.how) : { state, effects: [] };
    case 'call-ended': {
      const { why, wait, otherwise } = input;
      return { state: state ?? { why, ...wait, otherwise }, effects: [] };
    }
    case 'held-back': {
      const { wait, upTo, otherwise } = input;
      return { state: { why: 'last', ...wait, upTo, otherwise }, effects: [] };
    }
    case 'goes-on':
    case 'ended':
      return { state: undefined, effects: [] };
    case 'target':
      return state === undefined ? { state, effects: [] } : targetKnown(state, input);
    case 'nobody-stays':
      if (state?.why === 'unanswered') return ends(state, 'Peer', state.at);
      if (state?.why === 'unsure' && !input.isLinked) return ends(state, state.otherwise, state.at);
      return { state, effects: [] };
    case 'consult-over':
      return state?.why === 'consult' ? ends(state, state.otherwise, state.at) : { state, effects: [] };
    case 'wait-over':
      return state === undefined ? { state, effects: [] } : waitOver(state, input.target);
    case 'postponed':
      return { state: state === undefined ? state : { ...state, until: input.until }, effects: [] };
  }
}

/** What the cause and a stay at a routing point say of a party that left. `talking`: others who talk on. */
export function transferSign(
  cause: Cause | undefined,
  sentToRouting: boolean,
  talking: number,
): TransferSign {
  if (isTransferCause(cause)) return 'said';
  if (isSilent(cause) && sentToRouting) return 'said';
  return cause === 'Normal' || cause === 'Abandoned' || talking > 1 ? 'plain' : 'unsaid';
}

export function isTransferCause(cause: Cause | undefined): boolean {
  return cause === 'Transfer' || cause === 'SingleStepTransfer';
}

function isSilent(cause: Cause | undefined): boolean {
  return cause === undefined || cause === 'Empty';
}

function left(wait: Wait, how: Departure): LeavingStep {
  switch (how.as) {
    case 'failed':
      return ends(undefined, 'Error', wait.at, 'counts');
    case 'transferred':
      return waits(wait, 'moving', 'Peer');
    case 'consulted':
      return consultedLeft(wait, how);
    case 'unanswered':
      return unansweredLeft(wait, how);
    case 'answered':
      return answeredLeft(wait, how);
  }
}

/** The consulted party left its call: given up, or about to take part in the main call. */
function consultedLeft(wait: Wait, how: Extract<Departure, { as: 'consulted' }>): LeavingStep {
  const { cause, isAlerting, side } = how;
  if (isTransferCause(cause) || cause === 'Conference') return waits(wait, 'moving', 'Peer');
  const isPlain = cause === 'Normal' || cause === 'Abandoned';
  if (isAlerting && !isSilent(cause) && !isPlain) return unansweredLeft(wait, { ...how, as: 'unanswered' });
  if (isAlerting) return isPlain ? ends(undefined, 'Peer', wait.at) : waits(wait, 'consult', 'Peer');
  return isPlain ? ends(undefined, side, wait.at, 'counts') : waits(wait, 'consult', side, 'counts');
}

/** Nobody has talked on this leg: it never counts as the party that left first. */
function unansweredLeft(wait: Wait, how: Extract<Departure, { as: 'unanswered' }>): LeavingStep {
  const { at } = wait;
  switch (how.cause) {
    case 'Redirect':
    case 'Forward':
    case 'Coverage':
    case 'Route':
    case 'ACD':
      return ends(undefined, 'Transfer', at);
    case 'NoAnswer':
    case 'Reject':
      return ends(undefined, how.wasOffered ? 'Transfer' : 'Error', at);
    case 'Abandoned':
    case 'Normal':
      return ends(undefined, 'Peer', at);
    case 'Transfer':
    case 'SingleStepTransfer':
    case 'Conference':
      return waits(wait, 'moving', 'Transfer');
    case 'Busy':
    case 'Empty':
    case undefined:
      return how.isAlone
        ? ends(undefined, 'Peer', at)
        : waits(wait, 'unanswered', how.wasOffered ? 'Transfer' : 'Peer');
  }
}

function answeredLeft(wait: Wait, how: Extract<Departure, { as: 'answered' }>): LeavingStep {
  const { cause, side, handsOver } = how;
  // Who hands the call on is not the one who ended it.
  if (how.isIvr && (isTransferCause(cause) || cause === 'Route' || cause === 'Redirect'))
    return ends(undefined, 'Transfer', wait.at);
  if (handsOver === undefined || handsOver.sign === 'plain') return ends(undefined, side, wait.at, 'counts');
  const { sign, target } = handsOver;
  if (target?.queueMayCome === false)
    return { state: undefined, effects: [{ kind: 'hand-over', to: target.leg, at: wait.at }] };
  if (sign === 'unsaid') return waits(wait, 'unsure', side, 'counts');
  const { state, effects } = waits(wait, 'transfer', 'Transfer');
  return { state: target === undefined ? state : { ...state, towards: target.leg }, effects };
}

function targetKnown(
  state: Leaving,
  { leg, at, queueMayCome }: Extract<LeavingInput, { kind: 'target' }>,
): LeavingStep {
  switch (state.why) {
    case 'unanswered':
      return ends(state, 'Transfer', state.at);
    case 'transfer':
    case 'unsure':
      if (queueMayCome) return { state: { ...state, towards: state.towards ?? leg }, effects: [] };
      return { state, effects: [{ kind: 'hand-over', to: leg, at: latest(at, state.at) }] };
    case 'consult':
    case 'moving':
    case 'queue':
    case 'last':
      return { state, effects: [] };
  }
}

function waitOver(
  state: Leaving,
  target: { readonly leg: LegKey; readonly at: EngageMicros } | undefined,
): LeavingStep {
  if (target !== undefined)
    return { state, effects: [{ kind: 'hand-over', to: target.leg, at: latest(target.at, state.at) }] };
  const { effects } = ends(state, state.otherwise, state.at);
  return { state, effects: state.why === 'last' ? [{ kind: 'release' }, ...effects] : effects };
}

/** What is waited for stays known until the leg has ended. */
function ends(state: Leaving | undefined, how: Disconnect, at: EngageMicros, counts?: 'counts'): LeavingStep {
  const end: LeavingEffect = { kind: 'end', how, at };
  return { state, effects: counts === undefined ? [end] : [{ kind: 'count' }, end] };
}

function waits(wait: Wait, why: LeavingReason, otherwise: Disconnect, counts?: 'counts') {
  const state: Leaving = { why, ...wait, otherwise };
  const effects: readonly LeavingEffect[] = counts === undefined ? [] : [{ kind: 'count' }];
  return { state, effects };
}
