/** The phases of one connection, from dialling to closed, as a pure state machine. */
import type { ErrorCode } from '@exec/common/errors';
import type { MonotonicMs } from '@exec/common/instants';
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

export type ConnectionState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'dialling' }
  | { readonly phase: 'registering' }
  /** `heardAt`: when the last bytes came. */
  | { readonly phase: 'open'; readonly heardAt: MonotonicMs }
  /** A keep-alive request was sent and nothing has been received since. */
  | { readonly phase: 'probing' }
  | { readonly phase: 'closed' };

/** Why a connection ended. */
export interface Ending {
  readonly code: ErrorCode;
  readonly message: string;
}

export type ConnectionInput =
  | { readonly type: 'dial' }
  /** TCP, and TLS where it is used, stand. */
  | { readonly type: 'connected' }
  /** The server has accepted the registration. */
  | { readonly type: 'registered'; readonly at: MonotonicMs }
  /** Any bytes at all. */
  | { readonly type: 'received'; readonly at: MonotonicMs }
  /** The peer ended it, the network failed, a line was bad, the registration was refused, or the owner closes. */
  | { readonly type: 'end'; readonly ending: Ending }
  /** Everything is written: the socket may end in order. */
  | { readonly type: 'farewell' }
  /** The socket is gone. */
  | { readonly type: 'gone' };

/** `phase`: what the phase waits for. `farewell`: the orderly end of the socket. */
export type ConnectionTimer = 'phase' | 'farewell';

export type ConnectionEffect =
  | { readonly type: 'dial' }
  | { readonly type: 'send-registration' }
  | { readonly type: 'send-keep-alive' }
  | { readonly type: 'tell-open' }
  | { readonly type: 'tear-down'; readonly ending: Ending }
  /** Cuts a socket that does not end by itself. */
  | { readonly type: 'cut' };

/** Times in milliseconds, see `LinkLimits`. */
export interface ConnectionRules {
  readonly connectMs: number;
  readonly registrationMs: number;
  /** Silence after which a keep-alive request is sent; after the same again the connection is dead. */
  readonly keepAliveMs: number;
}

export type ConnectionStep = Step<ConnectionState, ConnectionEffect | TimerEffect<ConnectionTimer>>;
type Input = ConnectionInput | Timeout<ConnectionTimer>;

/** Time that the orderly end of a socket may take before it is cut. */
const farewellMs = 1_000;

/** What `input` does in `state`; undefined when it must not come there. */
export function nextConnection(
  state: ConnectionState,
  input: Input,
  rules: ConnectionRules,
): ConnectionStep | undefined {
  if (input.type === 'end' && state.phase !== 'closed') return closed(input.ending);
  switch (state.phase) {
    case 'idle':
      return input.type === 'dial'
        ? { state: { phase: 'dialling' }, effects: [setTimer(rules.connectMs), { type: 'dial' }] }
        : undefined;
    case 'dialling':
      if (input.type === 'received') return stay(state);
      if (input.type === 'connected')
        return {
          state: { phase: 'registering' },
          effects: [setTimer(rules.registrationMs), { type: 'send-registration' }],
        };
      if (input.type === 'timeout')
        return closed({ code: 'link.connect-timeout', message: 'did not take the connection in time' });
      return undefined;
    case 'registering':
      if (input.type === 'received') return stay(state);
      if (input.type === 'registered')
        return {
          state: { phase: 'open', heardAt: input.at },
          effects: [setTimer(rules.keepAliveMs), { type: 'tell-open' }],
        };
      if (input.type === 'timeout')
        return closed({
          code: 'link.registration-timeout',
          message: 'did not answer the registration in time',
        });
      return undefined;
    case 'open':
      if (input.type === 'received') return stay({ phase: 'open', heardAt: input.at });
      return input.type === 'timeout' ? silent(state, input.at, rules) : undefined;
    case 'probing':
      if (input.type === 'received')
        return {
          state: { phase: 'open', heardAt: input.at },
          effects: [setTimer(rules.keepAliveMs)],
        };
      if (input.type === 'timeout')
        return closed({ code: 'link.silent', message: 'left a keep-alive request unanswered' });
      return undefined;
    case 'closed':
      return whileClosed(state, input);
  }
}

/** One timer however many frames arrive: when it fires too early, it is set for what is left of the silence. */
function silent(
  state: Extract<ConnectionState, { readonly phase: 'open' }>,
  now: MonotonicMs,
  { keepAliveMs }: ConnectionRules,
): ConnectionStep {
  const left = state.heardAt + keepAliveMs - now;
  if (left > 0) return { state, effects: [setTimer(left)] };
  return { state: { phase: 'probing' }, effects: [setTimer(keepAliveMs), { type: 'send-keep-alive' }] };
}

/** It ends once, whatever else is heard of it. */
function whileClosed(state: ConnectionState, input: Input): ConnectionStep | undefined {
  switch (input.type) {
    case 'farewell':
      return { state, effects: [{ type: 'set-timer', timer: 'farewell', ms: farewellMs }] };
    case 'gone':
      return { state, effects: [{ type: 'clear-timer', timer: 'farewell' }] };
    case 'timeout':
      return input.timer === 'farewell' ? { state, effects: [{ type: 'cut' }] } : undefined;
    case 'dial':
      return undefined;
    default:
      return stay(state);
  }
}

function closed(ending: Ending): ConnectionStep {
  return {
    state: { phase: 'closed' },
    effects: [
      { type: 'clear-timer', timer: 'phase' },
      { type: 'tear-down', ending },
    ],
  };
}

function setTimer(ms: number): TimerEffect<ConnectionTimer> {
  return { type: 'set-timer', timer: 'phase', ms };
}

function stay(state: ConnectionState): ConnectionStep {
  return { state, effects: [] };
}
