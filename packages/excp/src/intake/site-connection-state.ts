/** What a connection to a site is at, as a pure state machine: down, or reading what is there and then what happens. */
import type { StreamMs } from '@exec/common/instants';
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

/** `attempt` rises whenever everything is read anew: what belongs to an earlier attempt is recognised. */
export type SiteConnectionState =
  | { readonly phase: 'down'; readonly attempt: number }
  /** Asks for the time of the stream: what became known later is newer than the snapshots. */
  | { readonly phase: 'starting'; readonly attempt: number }
  /** Snapshots are read, or have been; events come. */
  | { readonly phase: 'reading'; readonly attempt: number };

export type SiteConnectionInput =
  | { readonly type: 'opened' }
  | { readonly type: 'closed'; readonly detail: string }
  /** Everything is wanted once more. */
  | { readonly type: 'again' }
  /** `since`: time of the stream. */
  | { readonly type: 'started'; readonly attempt: number; readonly since: StreamMs }
  /** The server did not begin to tell of calls. */
  | { readonly type: 'refused'; readonly attempt: number }
  | { readonly type: 'stop' };

export type SiteConnectionTimer = 'retry';

export type SiteConnectionEffect =
  /** What is registered is forgotten, and the time of the stream is asked for. */
  | { readonly type: 'start'; readonly attempt: number }
  | { readonly type: 'read'; readonly attempt: number; readonly since: StreamMs }
  | { readonly type: 'tell-lost'; readonly detail: string };

export type SiteConnectionStep = Step<
  SiteConnectionState,
  SiteConnectionEffect | TimerEffect<SiteConnectionTimer>
>;

/** @param retryMs after this time a server that refused is asked again */
export function nextSiteConnection(
  state: SiteConnectionState,
  input: SiteConnectionInput | Timeout<SiteConnectionTimer>,
  retryMs: number,
): SiteConnectionStep | undefined {
  const { attempt } = state;
  switch (input.type) {
    case 'opened':
      return start(attempt);
    case 'again':
      return state.phase === 'down' ? stay(state) : start(attempt);
    case 'closed':
      return {
        state: { phase: 'down', attempt: attempt + 1 },
        effects: [cleared, { type: 'tell-lost', detail: input.detail }],
      };
    case 'started':
      if (state.phase !== 'starting' || input.attempt !== attempt) return stay(state);
      return {
        state: { phase: 'reading', attempt },
        effects: [{ type: 'read', attempt, since: input.since }],
      };
    case 'refused':
      if (state.phase !== 'reading' || input.attempt !== attempt) return stay(state);
      return { state, effects: [{ type: 'set-timer', timer: 'retry', ms: retryMs }] };
    case 'timeout':
      return state.phase === 'reading' ? start(attempt) : undefined;
    case 'stop':
      return { state, effects: [cleared] };
  }
}

const cleared = { type: 'clear-timer', timer: 'retry' } as const;

function start(attempt: number): SiteConnectionStep {
  const next = attempt + 1;
  return {
    state: { phase: 'starting', attempt: next },
    effects: [cleared, { type: 'start', attempt: next }],
  };
}

function stay(state: SiteConnectionState): SiteConnectionStep {
  return { state, effects: [] };
}
