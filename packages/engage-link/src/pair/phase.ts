/** Which server of a pair is used, tried or waited for, as a pure state machine: warm standby. */
import type { Ending } from '../connection/phase.ts';
import type { ServerRole } from '../wire/index.ts';

/** `server` is an index into the list of servers; `failures` counts the attempts since the last usable opening. */
export type PairState =
  | { readonly phase: 'idle' }
  /** Dialling and registering. */
  | { readonly phase: 'dialling'; readonly server: number; readonly failures: number }
  /** Open and primary, but not yet linked to the switch. */
  | { readonly phase: 'linking'; readonly server: number; readonly failures: number }
  /** `since`: monotonic milliseconds. */
  | { readonly phase: 'usable'; readonly server: number; readonly since: number }
  /** Was usable and lost the link to the switch; the connection stands. */
  | { readonly phase: 'unlinked'; readonly server: number }
  /** Nothing is dialled until the wait is over. */
  | { readonly phase: 'waiting'; readonly server: number; readonly failures: number }
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

/** A usable spell that is shorter does not earn an attempt without a wait: a server that flaps is not hammered. */
export const SHORT_SPELL_MS = 1_000;

export const stopped: Ending = {
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
  if (state.phase === 'stopped') return undefined;
  if (input.type === 'stop') return stop(state);
  switch (state.phase) {
    case 'idle':
      if (input.type === 'start') return dial(0, 0);
      return undefined;
    case 'dialling':
      if (input.type === 'opened') return opened(state, input, rules);
      if (input.type === 'closed') return attemptFailed(state, input.ending, rules);
      return undefined;
    case 'linking':
      if (input.type === 'link-connected') return usable(state.server, input.at);
      if (input.type === 'closed') return attemptFailed(state, input.ending, rules);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: neverLinked }] };
      return undefined;
    case 'usable':
      return whileUsable(state, input, rules);
    case 'unlinked':
      if (input.type === 'link-connected') return usable(state.server, input.at);
      if (input.type === 'timeout') return { state, effects: [{ type: 'close', ending: linkStaysLost }] };
      if (input.type === 'closed') {
        const step = after(state.server, 1, rules);
        return {
          state: step.state,
          effects: [{ type: 'tell-failed', ending: input.ending }, ...step.effects],
        };
      }
      return undefined;
    case 'waiting':
      if (input.type === 'timeout') return dial(state.server, state.failures);
      return undefined;
  }
}

function whileUsable(
  state: Extract<PairState, { phase: 'usable' }>,
  input: PairInput,
  rules: PairRules,
): PairStep | undefined {
  if (input.type === 'closed') {
    const step = after(state.server, input.at - state.since < SHORT_SPELL_MS ? 2 : 1, rules);
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
    const step = usable(state.server, input.at);
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
  if (!rules.needsLink) return usable(state.server, input.at);
  return {
    state: { phase: 'linking', server: state.server, failures: state.failures },
    effects: [{ type: 'limit-link' }],
  };
}

function usable(server: number, at: number): PairStep {
  return {
    state: { phase: 'usable', server, since: at },
    effects: [{ type: 'clear-timer' }, { type: 'tell-usable' }],
  };
}

function attemptFailed(
  state: { readonly server: number; readonly failures: number },
  ending: Ending,
  rules: PairRules,
): PairStep {
  const step = after(state.server, state.failures + 1, rules);
  return { state: step.state, effects: [{ type: 'tell-failed', ending }, ...step.effects] };
}

/** After the first failure the pair's other server is tried at once; then each in turn, with growing waits. */
function after(server: number, failures: number, rules: PairRules): PairStep {
  const other = (server + 1) % rules.servers;
  const attempt = failures - (rules.servers > 1 ? 2 : 1);
  if (attempt < 0) {
    const step = dial(other, failures);
    return { state: step.state, effects: [{ type: 'clear-timer' }, ...step.effects] };
  }
  return {
    state: { phase: 'waiting', server: other, failures },
    effects: [{ type: 'clear-timer' }, { type: 'wait', attempt }],
  };
}

function dial(server: number, failures: number): PairStep {
  return { state: { phase: 'dialling', server, failures }, effects: [{ type: 'dial', server }] };
}

function stop(state: PairState): PairStep {
  const told: PairEffect[] = state.phase === 'usable' ? [{ type: 'tell-unusable', ending: stopped }] : [];
  return {
    state: { phase: 'stopped' },
    effects: [{ type: 'clear-timer' }, ...told, { type: 'close', ending: stopped }],
  };
}
