/** What is known of a resource that is asked for again and again: pure. */

export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

export type Remote<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'shown'; readonly value: T }
  /** The service refused; what was shown before may still be there. */
  | { readonly kind: 'refused'; readonly fault: Fault; readonly value?: T }
  /** No answer comes; `since`: milliseconds since 1970. */
  | { readonly kind: 'away'; readonly since: number; readonly value?: T };

export type RemoteEvent<T> =
  | { readonly type: 'asked-anew' }
  | { readonly type: 'answered'; readonly value: T }
  | { readonly type: 'unchanged' }
  | { readonly type: 'refused'; readonly fault: Fault }
  | { readonly type: 'no-answer'; readonly at: number };

export function nextRemote<T>(state: Remote<T>, event: RemoteEvent<T>): Remote<T> {
  switch (event.type) {
    case 'asked-anew':
      return { kind: 'loading' };
    case 'answered':
      return { kind: 'shown', value: event.value };
    case 'unchanged': {
      const value = lastValue(state);
      return value === undefined ? state : { kind: 'shown', value };
    }
    case 'refused':
      return { kind: 'refused', fault: event.fault, ...held(state) };
    case 'no-answer':
      return { kind: 'away', since: state.kind === 'away' ? state.since : event.at, ...held(state) };
  }
}

export function lastValue<T>(state: Remote<T>): T | undefined {
  return state.kind === 'loading' ? undefined : state.value;
}

function held<T>(state: Remote<T>): { readonly value?: T } {
  const value = lastValue(state);
  return value === undefined ? {} : { value };
}

/** Waits so many times as long as an answer took: then it costs the service at most that part of a core. */
const restPerWork = 100;

/**
 * Milliseconds until it is asked again: as asked while answers come, longer where an answer takes long, up to 30 s; while
 * none comes longer and longer up to 15 s.
 * @param tookMs how long the last answer took
 */
export function waitAfter(everyMs: number, failures: number, tookMs = 0): number {
  if (failures === 0) return Math.max(everyMs, Math.min(30_000, restPerWork * tookMs));
  return Math.min(15_000, 1_000 * 2 ** Math.min(failures - 1, 4));
}
