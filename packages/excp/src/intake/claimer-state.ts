/** When what waits is claimed, as a pure state machine: one claim at a time, again after a while when Redis took nothing. */
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

export type ClaimerState =
  /** Nothing waits. */
  | { readonly phase: 'idle' }
  | { readonly phase: 'claiming' }
  /** Redis did not take it: tried again when the time is over, or when Redis is back. */
  | { readonly phase: 'waiting' }
  /** What waits is claimed for as long as Redis takes it; `chances`: failures that are still met with another try. */
  | { readonly phase: 'closing'; readonly chances: number }
  | { readonly phase: 'closed' };

export type ClaimerInput =
  /** Something waits that has to be claimed. */
  | { readonly type: 'offered' }
  /** Redis took a claim; `more`: something waits still. */
  | { readonly type: 'claimed'; readonly more: boolean }
  /** Redis did not take all of a claim; whether it was carried out may be unknown. Claiming again is harmless. */
  | { readonly type: 'failed' }
  | { readonly type: 'redis-back' }
  | { readonly type: 'stop'; readonly more: boolean };

export type ClaimerTimer = 'retry';

export type ClaimerEffect = { readonly type: 'claim' } | { readonly type: 'tell-closed' };

export type ClaimerStep = Step<ClaimerState, ClaimerEffect | TimerEffect<ClaimerTimer>>;

export function nextClaimer(
  state: ClaimerState,
  input: ClaimerInput | Timeout<ClaimerTimer>,
  retryMs: number,
): ClaimerStep | undefined {
  switch (state.phase) {
    case 'idle':
      if (input.type === 'offered' || input.type === 'redis-back') return claim({ phase: 'claiming' });
      if (input.type === 'stop') return input.more ? claim({ phase: 'closing', chances: 0 }) : closed();
      return undefined;
    case 'claiming':
      if (input.type === 'claimed') return input.more ? claim(state) : stay({ phase: 'idle' });
      if (input.type === 'failed')
        return {
          state: { phase: 'waiting' },
          effects: [{ type: 'set-timer', timer: 'retry', ms: retryMs }],
        };
      if (input.type === 'stop') return stay({ phase: 'closing', chances: 1 });
      return input.type === 'timeout' ? undefined : stay(state);
    case 'waiting':
      if (input.type === 'timeout') return claim({ phase: 'claiming' });
      if (input.type === 'redis-back') return claim({ phase: 'claiming' }, cleared);
      if (input.type === 'stop') return claim({ phase: 'closing', chances: 0 }, cleared);
      return input.type === 'offered' ? stay(state) : undefined;
    case 'closing':
      if (input.type === 'claimed') return input.more ? claim(state) : closed();
      if (input.type === 'failed') return state.chances > 0 ? claim({ ...state, chances: 0 }) : closed();
      return input.type === 'timeout' ? undefined : stay(state);
    case 'closed':
      return input.type === 'offered' || input.type === 'stop' || input.type === 'redis-back'
        ? stay(state)
        : undefined;
  }
}

const cleared: ClaimerStep['effects'] = [{ type: 'clear-timer', timer: 'retry' }];

function claim(state: ClaimerState, before: ClaimerStep['effects'] = []): ClaimerStep {
  return { state, effects: [...before, { type: 'claim' }] };
}

function closed(): ClaimerStep {
  return { state: { phase: 'closed' }, effects: [{ type: 'tell-closed' }] };
}

function stay(state: ClaimerState): ClaimerStep {
  return { state, effects: [] };
}
