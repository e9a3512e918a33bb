/**
 * Being active or standing by, as a pure state machine: from the lease to the work, and back.
 *
 * Work is loaded anew under each token, because another instance may have been active in between. While a token is held
 * there is always something on its way that leads to `active`: a load, an end, or a timer.
 */
import type { Step, Timeout, TimerEffect } from '../machine/index.ts';
import type { LeaseToken } from './lease.ts';

/** What every phase carries. */
interface Count {
  /** Rises with each load and each end: an answer to an earlier one is known by it, and means nothing. */
  readonly attempt: number;
  /** Loads and terms that failed in a row: the wait before the next grows with them. */
  readonly failures: number;
}

export type LeadershipState = Count &
  (
    | { readonly phase: 'idle' }
    /** No lease, no work. */
    | { readonly phase: 'standby' }
    /** Reading what the work needs. `warm`: the work of an earlier term is kept beside it. */
    | { readonly phase: 'loading'; readonly token: LeaseToken; readonly warm: boolean }
    /** Reading failed, or the work did; tried again when the wait is over. */
    | { readonly phase: 'retrying'; readonly token: LeaseToken; readonly warm: boolean }
    | { readonly phase: 'active'; readonly token: LeaseToken }
    /** The lease is lost; what costs time to set up again is kept for a while. */
    | { readonly phase: 'lingering' }
    /** The work is being ended. `token`: what is held by now; `next`: what is done with it. */
    | { readonly phase: 'ending'; readonly token: LeaseToken | undefined; readonly next: AfterEnd }
    /** The work is being ended for good. */
    | { readonly phase: 'stopping' }
    | { readonly phase: 'stopped' }
  );

/**
 * `wait`: the work failed, so the next term does not begin at once. `give-way`: another is to have the lease. `renew`: the
 * next term begins under another token.
 */
type AfterEnd = 'load' | 'wait' | 'give-way' | 'renew';

export type LeadershipTimer = 'linger' | 'retry' | 'load' | 'end' | 'steady';

export type LeadershipInput =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'lease'; readonly token: LeaseToken | undefined }
  | { readonly type: 'loaded'; readonly attempt: number }
  | { readonly type: 'load-failed'; readonly attempt: number }
  /** The work of this term cannot go on by itself. */
  | { readonly type: 'work-failed'; readonly attempt: number }
  /** Another instance is to have the lease: it can do what this one cannot. */
  | { readonly type: 'hand-over'; readonly attempt: number }
  | { readonly type: 'ended'; readonly attempt: number }
  /** Redis was away: what was sent may still be carried out. Begin again from what is stored, under another token. */
  | { readonly type: 'reload' };

export type LeadershipEffect =
  | { readonly type: 'load'; readonly token: LeaseToken; readonly attempt: number }
  | { readonly type: 'begin'; readonly token: LeaseToken; readonly attempt: number }
  /** The lease is lost or won anew, and the work is kept: it must not act until it begins again. */
  | { readonly type: 'suspend' }
  | { readonly type: 'end'; readonly attempt: number }
  /** The lease is given up, and not asked for again for a while. */
  | { readonly type: 'give-way' }
  /** The token is given up for another one, which fences what was sent under it. */
  | { readonly type: 'renew-token' }
  /** Neither is waited for any longer. */
  | { readonly type: 'load-is-late' }
  | { readonly type: 'end-is-late' };

/** All in milliseconds. */
export interface LeadershipRules {
  /** How long the work is kept without the lease; 0: it ends at once. */
  readonly lingerMs: number;
  /** Before a second try; doubles with each failure in a row up to `longestRetryMs`. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** A load without an answer has failed. */
  readonly loadLimitMs: number;
  /** An end without an answer is not waited for any longer. */
  readonly endLimitMs: number;
  /** The same when the service stops. */
  readonly stopLimitMs: number;
  /** A term that has lasted so long forgets the failures before it. */
  readonly steadyMs: number;
}

type State<P extends LeadershipState['phase']> = Extract<LeadershipState, { phase: P }>;
type Effect = LeadershipEffect | TimerEffect<LeadershipTimer>;
type Input = LeadershipInput | Timeout<LeadershipTimer>;
type LeadershipStep = Step<LeadershipState, Effect>;

export const initialLeadership: LeadershipState = { phase: 'idle', attempt: 0, failures: 0 };

/** What `input` does in `state`; undefined when it must not come there. */
export function nextLeadership(
  state: LeadershipState,
  input: Input,
  rules: LeadershipRules,
): LeadershipStep | undefined {
  if (input.type === 'start') {
    return state.phase === 'idle' ? stay({ ...count(state), phase: 'standby' }) : undefined;
  }
  if (input.type === 'stop') return stop(state, rules);
  switch (state.phase) {
    case 'standby':
      return input.type === 'lease' && input.token !== undefined
        ? load(state, input.token, false, rules)
        : meaningless(state, input);
    case 'loading':
      return whileLoading(state, input, rules);
    case 'retrying':
      return whileRetrying(state, input, rules);
    case 'active':
      return whileActive(state, input, rules);
    case 'lingering':
      return whileLingering(state, input, rules);
    case 'ending':
      return whileEnding(state, input, rules);
    case 'stopping':
      return whileStopping(state, input);
    case 'idle':
    case 'stopped':
      return meaningless(state, input);
  }
}

function whileLoading(state: State<'loading'>, input: Input, rules: LeadershipRules) {
  switch (input.type) {
    case 'lease':
      if (input.token === undefined) return lost(state, ['load'], rules);
      return isSame(input.token, state.token) ? stay(state) : load(state, input.token, state.warm, rules);
    case 'reload':
      return renewed(lost(state, ['load'], rules));
    case 'loaded': {
      if (input.attempt !== state.attempt) return stay(state);
      const { token, attempt } = state;
      return step({ ...count(state), phase: 'active', token }, [
        clear('load'),
        { type: 'begin', token, attempt },
        { type: 'set-timer', timer: 'steady', ms: rules.steadyMs },
      ]);
    }
    case 'load-failed':
      return input.attempt === state.attempt ? retry(state, state.token, state.warm, rules) : stay(state);
    case 'timeout':
      return input.timer === 'load'
        ? prefixed([{ type: 'load-is-late' }], retry(state, state.token, state.warm, rules))
        : undefined;
    default:
      return meaningless(state, input);
  }
}

function whileRetrying(state: State<'retrying'>, input: Input, rules: LeadershipRules) {
  switch (input.type) {
    case 'lease':
      if (input.token === undefined) return lost(state, ['retry'], rules);
      return isSame(input.token, state.token) ? stay(state) : load(state, input.token, state.warm, rules);
    case 'reload':
      return renewed(lost(state, ['retry'], rules));
    case 'timeout':
      return input.timer === 'retry' ? load(state, state.token, state.warm, rules) : undefined;
    default:
      return meaningless(state, input);
  }
}

function whileActive(state: State<'active'>, input: Input, rules: LeadershipRules) {
  switch (input.type) {
    case 'lease':
      if (input.token === undefined) {
        if (rules.lingerMs === 0)
          return end(state, { token: undefined, next: 'load' }, [clear('steady')], rules);
        return prefixed([clear('steady'), { type: 'suspend' }], linger(state, rules));
      }
      if (isSame(input.token, state.token)) return stay(state);
      return rules.lingerMs > 0
        ? prefixed([clear('steady'), { type: 'suspend' }], load(state, input.token, true, rules))
        : end(state, { token: input.token, next: 'load' }, [clear('steady')], rules);
    case 'reload':
      // The work ends under its own token: what has become of what it sent is still written.
      return rules.lingerMs > 0
        ? renewed(prefixed([clear('steady'), { type: 'suspend' }], linger(state, rules)))
        : end(state, { token: state.token, next: 'renew' }, [clear('steady')], rules);
    case 'work-failed':
      if (input.attempt !== state.attempt) return stay(state);
      return end(failed(state), { token: state.token, next: 'wait' }, [clear('steady')], rules);
    case 'hand-over':
      if (input.attempt !== state.attempt) return stay(state);
      return end(state, { token: state.token, next: 'give-way' }, [clear('steady')], rules);
    case 'timeout':
      return input.timer === 'steady' ? stay({ ...state, failures: 0 }) : undefined;
    default:
      return meaningless(state, input);
  }
}

function whileLingering(state: State<'lingering'>, input: Input, rules: LeadershipRules) {
  switch (input.type) {
    case 'lease':
      if (input.token === undefined) return stay(state);
      return prefixed([clear('linger')], load(state, input.token, true, rules));
    case 'timeout':
      return input.timer === 'linger' ? end(state, { token: undefined, next: 'load' }, [], rules) : undefined;
    default:
      return meaningless(state, input);
  }
}

function whileEnding(state: State<'ending'>, input: Input, rules: LeadershipRules) {
  const { token } = state;
  const next = () => {
    const standby = { ...count(state), phase: 'standby' as const };
    // Also without a token by now: otherwise the lease would be asked for again at once, and won.
    if (state.next === 'give-way') return step(standby, [{ type: 'give-way' }]);
    if (token === undefined) return stay(standby);
    if (state.next === 'renew') return renewed(stay(standby));
    return state.next === 'wait' ? wait(state, token, false, rules) : load(state, token, false, rules);
  };
  switch (input.type) {
    case 'lease':
      return stay({ ...state, token: input.token });
    case 'reload':
      return stay(state.next === 'give-way' ? state : { ...state, next: 'renew' as const });
    case 'ended':
      return input.attempt === state.attempt ? prefixed([clear('end')], next()) : stay(state);
    case 'timeout':
      return input.timer === 'end' ? prefixed([{ type: 'end-is-late' }], next()) : undefined;
    default:
      return meaningless(state, input);
  }
}

function whileStopping(state: State<'stopping'>, input: Input) {
  const stopped = { ...count(state), phase: 'stopped' as const };
  if (input.type === 'ended')
    return input.attempt === state.attempt ? step(stopped, [clear('end')]) : stay(state);
  if (input.type === 'timeout' && input.timer === 'end') return step(stopped, [{ type: 'end-is-late' }]);
  return meaningless(state, input);
}

/** Whatever runs is ended; what is only being loaded is forgotten. */
function stop(state: LeadershipState, rules: LeadershipRules): LeadershipStep {
  const timers = (['linger', 'retry', 'load', 'steady'] as const).map(clear);
  switch (state.phase) {
    case 'stopping':
    case 'stopped':
      return stay(state);
    case 'ending':
      return step({ ...count(state), phase: 'stopping' }, [
        ...timers,
        { type: 'set-timer', timer: 'end', ms: rules.stopLimitMs },
      ]);
    case 'active':
    case 'lingering':
      return endForGood(state, timers, rules);
    case 'loading':
    case 'retrying':
      return state.warm
        ? endForGood(state, timers, rules)
        : step({ ...count(state), phase: 'stopped' }, timers);
    case 'idle':
    case 'standby':
      return step({ ...count(state), phase: 'stopped' }, timers);
  }
}

function endForGood(state: Count, timers: readonly Effect[], rules: LeadershipRules): LeadershipStep {
  const attempt = state.attempt + 1;
  return step({ ...count(state), attempt, phase: 'stopping' }, [
    ...timers,
    { type: 'set-timer', timer: 'end', ms: rules.stopLimitMs },
    { type: 'end', attempt },
  ]);
}

function load(state: Count, token: LeaseToken, warm: boolean, rules: LeadershipRules): LeadershipStep {
  const attempt = state.attempt + 1;
  return step({ ...count(state), attempt, phase: 'loading', token, warm }, [
    clear('retry'),
    { type: 'set-timer', timer: 'load', ms: rules.loadLimitMs },
    { type: 'load', token, attempt },
  ]);
}

/** A load failed. */
function retry(state: Count, token: LeaseToken, warm: boolean, rules: LeadershipRules): LeadershipStep {
  return prefixed([clear('load')], wait(failed(state), token, warm, rules));
}

function wait(state: Count, token: LeaseToken, warm: boolean, rules: LeadershipRules): LeadershipStep {
  const ms = Math.min(
    rules.longestRetryMs,
    rules.retryMs * 2 ** Math.min(20, Math.max(0, state.failures - 1)),
  );
  return step({ ...count(state), phase: 'retrying', token, warm }, [
    { type: 'set-timer', timer: 'retry', ms },
  ]);
}

/** The lease went before the work began. */
function lost(
  state: State<'loading' | 'retrying'>,
  timers: readonly LeadershipTimer[],
  rules: LeadershipRules,
): LeadershipStep {
  const cleared = timers.map(clear);
  return state.warm
    ? prefixed(cleared, linger(state, rules))
    : step({ ...count(state), phase: 'standby' }, cleared);
}

function linger(state: Count, rules: LeadershipRules): LeadershipStep {
  return step({ ...count(state), phase: 'lingering' }, [
    { type: 'set-timer', timer: 'linger', ms: rules.lingerMs },
  ]);
}

function end(
  state: Count,
  next: { readonly token: LeaseToken | undefined; readonly next: AfterEnd },
  before: readonly Effect[],
  rules: LeadershipRules,
): LeadershipStep {
  const attempt = state.attempt + 1;
  return step({ ...count(state), attempt, phase: 'ending', ...next }, [
    ...before,
    { type: 'set-timer', timer: 'end', ms: rules.endLimitMs },
    { type: 'end', attempt },
  ]);
}

/** Answers of earlier attempts and news that change nothing; a timer that was cleared must not fire. */
function meaningless(state: LeadershipState, input: Input): LeadershipStep | undefined {
  return input.type === 'timeout' ? undefined : stay(state);
}

function failed<S extends Count>(state: S): S {
  return { ...state, failures: state.failures + 1 };
}

function count({ attempt, failures }: Count): Count {
  return { attempt, failures };
}

function renewed({ state, effects }: LeadershipStep): LeadershipStep {
  return { state, effects: [...effects, { type: 'renew-token' }] };
}

function isSame(left: LeaseToken, right: LeaseToken): boolean {
  return left.value === right.value;
}

function clear(timer: LeadershipTimer): Effect {
  return { type: 'clear-timer', timer };
}

function stay(state: LeadershipState): LeadershipStep {
  return { state, effects: [] };
}

function step(state: LeadershipState, effects: readonly Effect[]): LeadershipStep {
  return { state, effects };
}

function prefixed(before: readonly Effect[], { state, effects }: LeadershipStep): LeadershipStep {
  return { state, effects: [...before, ...effects] };
}
