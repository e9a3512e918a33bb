/**
 * When what waits is claimed, as a pure state machine: one claim at a time, a moment between two so that what comes in it
 * goes together, and again after a while when Redis took nothing.
 */
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

export type ClaimerState =
  /** Nothing waits. */
  | { readonly phase: 'idle' }
  | { readonly phase: 'claiming' }
  /** Redis was called a moment ago. `more`: something waits for the end of that moment. */
  | { readonly phase: 'resting'; readonly more: boolean }
  /** Redis did not take it: tried again when the time is over, or when Redis is back. */
  | { readonly phase: 'waiting' }
  /** What waits is claimed for as long as Redis takes it; `chances`: failures that are still met with another try. */
  | { readonly phase: 'closing'; readonly chances: number }
  | { readonly phase: 'closed' };

export type ClaimerInput =
  /** Something waits that has to be claimed. */
  | { readonly type: 'offered' }
  /** Redis took a claim. `left`: what waits still, and whether it fills a claim already. */
  | { readonly type: 'claimed'; readonly left: 'none' | 'some' | 'a claim' }
  /** Redis did not take all of a claim; whether it was carried out may be unknown. Claiming again is harmless. */
  | { readonly type: 'failed' }
  | { readonly type: 'redis-back' }
  | { readonly type: 'stop'; readonly more: boolean };

export type ClaimerTimer = 'rest' | 'retry';

export type ClaimerEffect = { readonly type: 'claim' } | { readonly type: 'tell-closed' };

export type ClaimerStep = Step<ClaimerState, ClaimerEffect | TimerEffect<ClaimerTimer>>;

/** Both in milliseconds. */
export interface ClaimerWaits {
  /** After a claim, before the next: what comes meanwhile goes together, which saves calls of Redis. */
  readonly rest: number;
  readonly retry: number;
}

export function nextClaimer(
  state: ClaimerState,
  input: ClaimerInput | Timeout<ClaimerTimer>,
  waits: ClaimerWaits,
): ClaimerStep | undefined {
  switch (state.phase) {
    case 'idle':
      if (input.type === 'offered' || input.type === 'redis-back') return claim({ phase: 'claiming' });
      if (input.type === 'stop') return input.more ? claim({ phase: 'closing', chances: 0 }) : closed();
      return undefined;
    case 'claiming':
      if (input.type === 'claimed')
        return input.left === 'a claim'
          ? claim(state)
          : wait({ phase: 'resting', more: input.left === 'some' }, 'rest', waits);
      if (input.type === 'failed') return wait({ phase: 'waiting' }, 'retry', waits);
      if (input.type === 'stop') return stay({ phase: 'closing', chances: 1 });
      return input.type === 'timeout' ? undefined : stay(state);
    case 'resting':
      if (input.type === 'offered') return stay({ ...state, more: true });
      if (input.type === 'redis-back') return claim({ phase: 'claiming' }, clear('rest'));
      if (input.type === 'timeout' && input.timer === 'rest')
        return state.more ? claim({ phase: 'claiming' }) : stay({ phase: 'idle' });
      if (input.type !== 'stop') return undefined;
      return input.more ? claim({ phase: 'closing', chances: 0 }, clear('rest')) : closed(clear('rest'));
    case 'waiting':
      if (input.type === 'timeout' && input.timer === 'retry') return claim({ phase: 'claiming' });
      if (input.type === 'redis-back') return claim({ phase: 'claiming' }, clear('retry'));
      if (input.type === 'stop') return claim({ phase: 'closing', chances: 0 }, clear('retry'));
      return input.type === 'offered' ? stay(state) : undefined;
    case 'closing':
      if (input.type === 'claimed') return input.left === 'none' ? closed() : claim(state);
      if (input.type === 'failed') return state.chances > 0 ? claim({ ...state, chances: 0 }) : closed();
      return input.type === 'timeout' ? undefined : stay(state);
    case 'closed':
      return input.type === 'offered' || input.type === 'stop' || input.type === 'redis-back'
        ? stay(state)
        : undefined;
  }
}

function clear(timer: ClaimerTimer): ClaimerStep['effects'] {
  return [{ type: 'clear-timer', timer }];
}

function wait(state: ClaimerState, timer: ClaimerTimer, waits: ClaimerWaits): ClaimerStep {
  return { state, effects: [{ type: 'set-timer', timer, ms: waits[timer] }] };
}

function claim(state: ClaimerState, before: ClaimerStep['effects'] = []): ClaimerStep {
  return { state, effects: [...before, { type: 'claim' }] };
}

function closed(before: ClaimerStep['effects'] = []): ClaimerStep {
  return { state: { phase: 'closed' }, effects: [...before, { type: 'tell-closed' }] };
}

function stay(state: ClaimerState): ClaimerStep {
  return { state, effects: [] };
}
