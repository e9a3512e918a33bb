/** Which server of a pair is used, tried or waited for, as a pure state machine: warm standby. */
import type { MonotonicMs } from '@exec/common/instants';
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';
import type { Ending } from '../connection/connection-state.ts';
import type { ServerRole } from '../wire/index.ts';
import { type BackOff, backOffMs } from './back-off.ts';

/** What is known of the way to the next usable opening. */
interface Search {
  /** Index into the list of servers. */
  readonly server: number;
  /** Attempts that failed since the last usable opening, and its own end. */
  readonly failures: number;
  /** Whether the last usable opening was over at once. */
  readonly flapping: boolean;
}

export type PairState =
  | { readonly phase: 'idle' }
  /** Dialling and registering. */
  | ({ readonly phase: 'dialling' } & Search)
  /** Open and primary, but not yet linked to the switch. */
  | ({ readonly phase: 'linking' } & Search)
  | {
      readonly phase: 'usable';
      readonly server: number;
      readonly since: MonotonicMs;
      readonly flapping: boolean;
    }
  /** Was usable and lost the link to the switch; the connection stands. */
  | { readonly phase: 'unlinked'; readonly server: number }
  /** Nothing is dialled until the wait is over. */
  | ({ readonly phase: 'waiting' } & Search)
  | { readonly phase: 'stopped' };

export type PairInput =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'opened'; readonly role: ServerRole; readonly at: MonotonicMs }
  | { readonly type: 'link-connected'; readonly at: MonotonicMs }
  | { readonly type: 'link-disconnected' }
  /** `random`: in [0, 1), for the wait that may follow. */
  | {
      readonly type: 'closed';
      readonly ending: Ending;
      readonly at: MonotonicMs;
      readonly random: number;
    };
type Closed = Extract<PairInput, { readonly type: 'closed' }>;

/** `wait`: nothing is dialled until then. `link`: how long a server may be without its link. */
export type PairTimer = 'wait' | 'link';

export type PairEffect =
  | { readonly type: 'dial'; readonly server: number }
  /** Ends the connection; `closed` follows as an input. */
  | { readonly type: 'close'; readonly ending: Ending }
  | { readonly type: 'tell-usable' }
  | { readonly type: 'tell-unusable'; readonly ending: Ending }
  | { readonly type: 'tell-failed'; readonly ending: Ending };

export type PairStep = Step<PairState, PairEffect | TimerEffect<PairTimer>>;

export interface PairRules {
  readonly servers: number;
  /** A SIP Server is usable with its link to the switch, a Stat Server at once. */
  readonly needsLink: boolean;
  readonly linkConnectedMs: number;
  readonly backOff: BackOff;
}

/** After two usable openings in a row that were shorter, even the other server is not tried without a wait. */
export const SHORT_SPELL_MS = 1_000;

const stopped: Ending = {
  code: 'link.stopped',
  message: 'is no longer needed: the client was stopped',
};
const backup: Ending = { code: 'link.not-primary', message: 'is the backup of its pair' };
const neverLinked: Ending = {
  code: 'link.switch-unavailable',
  message: 'reported no link to its switch in time',
};
const linkLost: Ending = { code: 'link.switch-unavailable', message: 'lost the link to its switch' };
const linkedAgain: Ending = {
  code: 'link.switch-unavailable',
  message: 'set up the link to its switch again',
};
const linkStaysLost: Ending = {
  code: 'link.switch-unavailable',
  message: 'did not get the link to its switch back in time',
};

/**
 * What `input` does in `state`; undefined when it must not come there.
 *
 * @rule After the first loss the other server of a pair is tried at once; then each alternately, with growing waits
 *   of at most 15 seconds.
 * @test pair.test.ts: goes to the other server at once when the first is away
 * @test pair.test.ts: grows while no server is usable, whatever the reason, and starts anew after a usable opening
 * @page docs/reference/engage-link.md
 */
export function nextPair(
  state: PairState,
  input: PairInput | Timeout<PairTimer>,
  rules: PairRules,
): PairStep | undefined {
  if (input.type === 'stop') return stop(state);
  switch (state.phase) {
    case 'idle':
      if (input.type === 'start') return dial({ server: 0, failures: 0, flapping: false });
      return undefined;
    case 'dialling':
      if (input.type === 'opened') return opened(state, input, rules);
      if (input.type === 'closed') return attemptFailed(state, input, rules);
      break;
    case 'linking':
      if (input.type === 'link-connected') return usable(state.server, input.at, state.flapping);
      if (input.type === 'closed') return attemptFailed(state, input, rules);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: neverLinked }] };
      break;
    case 'usable': {
      const step = whileUsable(state, input, rules);
      if (step !== undefined) return step;
      break;
    }
    case 'unlinked':
      if (input.type === 'link-connected') return usable(state.server, input.at, false);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: linkStaysLost }] };
      if (input.type === 'closed') {
        const step = after({ server: state.server, failures: 1, flapping: false }, input, rules);
        return prefixed([{ type: 'tell-failed', ending: input.ending }], step);
      }
      break;
    case 'waiting':
      if (input.type === 'timeout') return dial(state);
      break;
    case 'stopped':
      // The connection that was closed ends.
      return input.type === 'closed' ? stay(state) : undefined;
  }
  // What a server says of its link when nobody waits for it.
  return input.type === 'link-connected' || input.type === 'link-disconnected' ? stay(state) : undefined;
}

function whileUsable(
  state: Extract<PairState, { phase: 'usable' }>,
  input: PairInput | Timeout<PairTimer>,
  rules: PairRules,
): PairStep | undefined {
  if (input.type === 'closed') {
    const flapping = input.at - state.since < SHORT_SPELL_MS;
    const failures = flapping && state.flapping ? 2 : 1;
    const step = after({ server: state.server, failures, flapping }, input, rules);
    return prefixed([{ type: 'tell-unusable', ending: input.ending }], step);
  }
  if (!rules.needsLink) return undefined;
  if (input.type === 'link-disconnected')
    return {
      state: { phase: 'unlinked', server: state.server },
      effects: [{ type: 'tell-unusable', ending: linkLost }, limitLink(rules)],
    };
  // Registrations do not survive a new link, so it counts although no loss of the old one was announced.
  if (input.type === 'link-connected')
    return prefixed(
      [{ type: 'tell-unusable', ending: linkedAgain }],
      usable(state.server, input.at, state.flapping),
    );
  return undefined;
}

function opened(
  state: Extract<PairState, { phase: 'dialling' }>,
  input: Extract<PairInput, { type: 'opened' }>,
  rules: PairRules,
): PairStep {
  if (input.role === 'Backup') return { state, effects: [{ type: 'close', ending: backup }] };
  if (!rules.needsLink) return usable(state.server, input.at, state.flapping);
  return { state: { ...state, phase: 'linking' }, effects: [limitLink(rules)] };
}

function usable(server: number, at: MonotonicMs, flapping: boolean): PairStep {
  return {
    state: { phase: 'usable', server, since: at, flapping },
    effects: [clearLink, { type: 'tell-usable' }],
  };
}

function attemptFailed(search: Search, closed: Closed, rules: PairRules): PairStep {
  const step = after({ ...search, failures: search.failures + 1 }, closed, rules);
  return prefixed([{ type: 'tell-failed', ending: closed.ending }], step);
}

/** After the first failure the pair's other server is tried at once; then each alternately, with growing waits. */
function after({ server, failures, flapping }: Search, { random }: Closed, rules: PairRules): PairStep {
  const search = { server: (server + 1) % rules.servers, failures, flapping };
  const attempt = failures - (rules.servers > 1 ? 2 : 1);
  if (attempt < 0) return prefixed([clearLink], dial(search));
  const ms = backOffMs(attempt, random, rules.backOff);
  return {
    state: { phase: 'waiting', ...search },
    effects: [clearLink, { type: 'set-timer', timer: 'wait', ms }],
  };
}

function dial({ server, failures, flapping }: Search): PairStep {
  return {
    state: { phase: 'dialling', server, failures, flapping },
    effects: [{ type: 'dial', server }],
  };
}

function stop(state: PairState): PairStep {
  if (state.phase === 'stopped') return stay(state);
  const unusable: PairEffect[] = state.phase === 'usable' ? [{ type: 'tell-unusable', ending: stopped }] : [];
  return {
    state: { phase: 'stopped' },
    effects: [
      clearLink,
      { type: 'clear-timer', timer: 'wait' },
      ...unusable,
      { type: 'close', ending: stopped },
    ],
  };
}

const clearLink = { type: 'clear-timer', timer: 'link' } as const;

function limitLink({ linkConnectedMs }: PairRules): TimerEffect<PairTimer> {
  return { type: 'set-timer', timer: 'link', ms: linkConnectedMs };
}

function stay(state: PairState): PairStep {
  return { state, effects: [] };
}

function prefixed(before: PairStep['effects'], { state, effects }: PairStep): PairStep {
  return { state, effects: [...before, ...effects] };
}
