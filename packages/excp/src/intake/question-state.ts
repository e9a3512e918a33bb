/** When a connection is asked whether there is more, as a pure state machine. */

import type { Step, Timeout, TimerEffect } from '@exec/common/machine';
import type { StreamPlace } from '../events/connection-clocks.ts';

/** `attempt` rises with each question: what answers an earlier one, or another connection, is recognised. */
export type QuestionState =
  | { readonly phase: 'idle'; readonly attempt: number }
  /** The connection tells of itself at present: it is asked for `place` when it has been quiet, or after that time. */
  | { readonly phase: 'listening'; readonly attempt: number; readonly place: StreamPlace }
  /** `next`: asked for after the answer. */
  | {
      readonly phase: 'asking';
      readonly attempt: number;
      readonly place: StreamPlace;
      readonly next: StreamPlace | undefined;
    };

/** `quietMs`: since the connection sent something. */
export type QuestionInput =
  | { readonly type: 'ask'; readonly place: StreamPlace; readonly quietMs: number }
  /** `valid`: false when nothing was answered. */
  | {
      readonly type: 'answered';
      readonly attempt: number;
      readonly valid: boolean;
      readonly quietMs: number;
    }
  /** The connection is gone: what was asked is not answered any more. */
  | { readonly type: 'close' };

export type QuestionTimer = 'quiet';

export type QuestionEffect =
  | { readonly type: 'ask'; readonly attempt: number }
  /** Everything up to `place` has come. */
  | { readonly type: 'tell'; readonly place: StreamPlace };

export type QuestionStep = Step<QuestionState, QuestionEffect | TimerEffect<QuestionTimer>>;

/** @param enoughMs a connection that has been quiet for so long is asked at once */
export function nextQuestion(
  state: QuestionState,
  input: QuestionInput | Timeout<QuestionTimer>,
  enoughMs: number,
): QuestionStep | undefined {
  const { attempt } = state;
  switch (input.type) {
    case 'ask':
      if (state.phase === 'idle') return begin(attempt, input.place, enoughMs - input.quietMs);
      if (state.phase === 'listening') return stay({ ...state, place: Math.max(state.place, input.place) });
      return stay({ ...state, next: Math.max(state.next ?? input.place, input.place) });
    case 'answered': {
      if (state.phase !== 'asking' || input.attempt !== attempt) return stay(state);
      const tell: QuestionEffect[] = input.valid ? [{ type: 'tell', place: state.place }] : [];
      const step =
        state.next === undefined
          ? stay({ phase: 'idle', attempt })
          : begin(attempt, state.next, enoughMs - input.quietMs);
      return { state: step.state, effects: [...tell, ...step.effects] };
    }
    // It may talk on and on: asked now, it answers before what it tells later.
    case 'timeout':
      return state.phase === 'listening' ? begin(attempt, state.place, 0) : undefined;
    case 'close':
      return {
        state: { phase: 'idle', attempt: attempt + 1 },
        effects: [{ type: 'clear-timer', timer: 'quiet' }],
      };
  }
}

function begin(attempt: number, place: StreamPlace, waitMs: number): QuestionStep {
  if (waitMs > 0)
    return {
      state: { phase: 'listening', attempt, place },
      effects: [{ type: 'set-timer', timer: 'quiet', ms: waitMs }],
    };
  const next = attempt + 1;
  return {
    state: { phase: 'asking', attempt: next, place, next: undefined },
    effects: [{ type: 'ask', attempt: next }],
  };
}

function stay(state: QuestionState): QuestionStep {
  return { state, effects: [] };
}
