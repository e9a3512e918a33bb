/** Which server of a pair is used, tried or waited for, as a pure state machine: warm standby. */
import type { Ending } from '../connection/phase.ts';
import type { ServerRole } from '../wire/index.ts';

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
  /** `since`: monotonic milliseconds. */
  | { readonly phase: 'usable'; readonly server: number; readonly since: number; readonly flapping: boolean }
  /** Was usable and lost the link to the switch; the connection stands. */
  | { readonly phase: 'unlinked'; readonly server: number }
  /** Nothing is dialled until the wait is over. */
  | ({ readonly phase: 'waiting' } & Search)
  | { readonly phase: 'stopped' };

export type PairInput =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'opened'; readonly role: ServerRole; readonly at: number }
  | { readonly type: 'link-connected'; readonly at: number }
  | { readonly type: 'link-disconnected' }
  | { readonly type: 'closed'; readonly ending: Ending; readonly at: number }
  /** The wait, or the time that a server may be without its link, is over. */
  | { readonly type: 'timeout' };

export type PairEffect =
  | { readonly type: 'dial'; readonly server: number }
  /** Ends the connection; `closed` follows as an input. */
  | { readonly type: 'close'; readonly ending: Ending }
  /** Waits before attempt `attempt` (from 0) of the back-off. */
  | { readonly type: 'wait'; readonly attempt: number }
  | { readonly type: 'limit-link' }
  | { readonly type: 'clear-timer' }
  | { readonly type: 'tell-usable' }
  | { readonly type: 'tell-unusable'; readonly ending: Ending }
  | { readonly type: 'tell-failed'; readonly ending: Ending };

export interface PairStep {
  readonly state: PairState;
  readonly effects: readonly PairEffect[];
}

export interface PairRules {
  readonly servers: number;
  /** A SIP Server is usable with its link to the switch, a Stat Server at once. */
  readonly needsLink: boolean;
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

/** What `input` does in `state`; undefined when it means nothing there. */
export function nextPair(state: PairState, input: PairInput, rules: PairRules): PairStep | undefined {
  if (input.type === 'stop' && state.phase !== 'stopped') return stop(state);
  switch (state.phase) {
    case 'idle':
      if (input.type === 'start') return dial({ server: 0, failures: 0, flapping: false });
      return undefined;
    case 'dialling':
      if (input.type === 'opened') return opened(state, input, rules);
      if (input.type === 'closed') return attemptFailed(state, input.ending, rules);
      return undefined;
    case 'linking':
      if (input.type === 'link-connected') return usable(state.server, input.at, state.flapping);
      if (input.type === 'closed') return attemptFailed(state, input.ending, rules);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: neverLinked }] };
      return undefined;
    case 'usable':
      return whileUsable(state, input, rules);
    case 'unlinked':
      if (input.type === 'link-connected') return usable(state.server, input.at, false);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: linkStaysLost }] };
      if (input.type === 'closed') {
        const step = after({ server: state.server, failures: 1, flapping: false }, rules);
        return {
          state: step.state,
          effects: [{ type: 'tell-failed', ending: input.ending }, ...step.effects],
        };
      }
      return undefined;
    case 'waiting':
      if (input.type === 'timeout') return dial(state);
      return undefined;
    case 'stopped':
      return undefined;
  }
}

function whileUsable(
  state: Extract<PairState, { phase: 'usable' }>,
  input: PairInput,
  rules: PairRules,
): PairStep | undefined {
  if (input.type === 'closed') {
    const flapping = input.at - state.since < SHORT_SPELL_MS;
    const step = after(
      { server: state.server, failures: flapping && state.flapping ? 2 : 1, flapping },
      rules,
    );
    return { state: step.state, effects: [{ type: 'tell-unusable', ending: input.ending }, ...step.effects] };
  }
  if (!rules.needsLink) return undefined;
  if (input.type === 'link-disconnected')
    return {
      state: { phase: 'unlinked', server: state.server },
      effects: [{ type: 'tell-unusable', ending: linkLost }, { type: 'limit-link' }],
    };
  // Registrations do not survive a new link, so it counts although the loss of the old one was not told.
  if (input.type === 'link-connected') {
    const step = usable(state.server, input.at, state.flapping);
    return { state: step.state, effects: [{ type: 'tell-unusable', ending: linkedAgain }, ...step.effects] };
  }
  return undefined;
}

function opened(
  state: Extract<PairState, { phase: 'dialling' }>,
  input: Extract<PairInput, { type: 'opened' }>,
  rules: PairRules,
): PairStep {
  if (input.role === 'Backup') return { state, effects: [{ type: 'close', ending: backup }] };
  if (!rules.needsLink) return usable(state.server, input.at, state.flapping);
  return { state: { ...state, phase: 'linking' }, effects: [{ type: 'limit-link' }] };
}

function usable(server: number, at: number, flapping: boolean): PairStep {
  return {
    state: { phase: 'usable', server, since: at, flapping },
    effects: [{ type: 'clear-timer' }, { type: 'tell-usable' }],
  };
}

function attemptFailed(search: Search, ending: Ending, rules: PairRules): PairStep {
  const step = after({ ...search, failures: search.failures + 1 }, rules);
  return { state: step.state, effects: [{ type: 'tell-failed', ending }, ...step.effects] };
}

/** After the first failure the pair's other server is tried at once; then each in turn, with growing waits. */
function after({ server, failures, flapping }: Search, rules: PairRules): PairStep {
  const search = { server: (server + 1) % rules.servers, failures, flapping };
  const attempt = failures - (rules.servers > 1 ? 2 : 1);
  if (attempt < 0) {
    const step = dial(search);
    return { state: step.state, effects: [{ type: 'clear-timer' }, ...step.effects] };
  }
  return {
    state: { phase: 'waiting', ...search },
    effects: [{ type: 'clear-timer' }, { type: 'wait', attempt }],
  };
}

function dial({ server, failures, flapping }: Search): PairStep {
  return {
    state: { phase: 'dialling', server, failures, flapping },
    effects: [{ type: 'dial', server }],
  };
}

function stop(state: PairState): PairStep {
  const told: PairEffect[] = state.phase === 'usable' ? [{ type: 'tell-unusable', ending: stopped }] : [];
  return {
    state: { phase: 'stopped' },
    effects: [{ type: 'clear-timer' }, ...told, { type: 'close', ending: stopped }],
  };
}
