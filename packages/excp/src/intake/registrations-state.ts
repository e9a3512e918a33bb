/** When the addresses of a connection are registered, and when all of them are, as a pure state machine. */
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

interface Known {
  /** The mapping has said which addresses are wanted: until then nothing is complete, however much of nothing is registered. */
  readonly mapped: boolean;
  /** Rises with each pass over the addresses: what a pass of an earlier connection brings is recognised. */
  readonly pass: number;
}

export type RegistrationsState =
  /** There is no connection. */
  | ({ readonly phase: 'closed' } & Known)
  /** There is a connection, and no mapping yet. */
  | ({ readonly phase: 'unmapped' } & Known)
  /** A pass over the addresses is made; `again`: what is wanted has changed since it began. */
  | ({ readonly phase: 'registering'; readonly again: boolean; readonly retrying: boolean } & Known)
  /** Everything wanted has been answered. `retrying`: refused addresses wait to be tried again. */
  | ({ readonly phase: 'complete'; readonly retrying: boolean } & Known);

export type RegistrationsInput =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  /** What is wanted, or what is registered, has changed. */
  | { readonly type: 'changed' }
  /** Every address of the pass was answered; `refused`: addresses that are refused by now. */
  | { readonly type: 'passed'; readonly pass: number; readonly refused: number };

export type RegistrationsTimer = 'retry';

export type RegistrationsEffect =
  /** Makes the registrations what they shall be. */
  | { readonly type: 'register'; readonly pass: number }
  /** The connection is gone, and with it all registrations. */
  | { readonly type: 'forget' }
  /** Refused addresses are tried again with the next pass. */
  | { readonly type: 'forget-refused' }
  | { readonly type: 'say-refused' }
  | { readonly type: 'tell-complete' };

export type RegistrationsStep = Step<
  RegistrationsState,
  RegistrationsEffect | TimerEffect<RegistrationsTimer>
>;

/** @param retryMs after this time refused addresses are tried again */
export function nextRegistrations(
  state: RegistrationsState,
  input: RegistrationsInput | Timeout<RegistrationsTimer>,
  retryMs: number,
): RegistrationsStep | undefined {
  switch (input.type) {
    case 'open': {
      const { mapped, pass } = state;
      const next = mapped ? begin(pass, false) : stay({ phase: 'unmapped', mapped, pass });
      return { state: next.state, effects: [...forget, ...next.effects] };
    }
    case 'close':
      return { state: { phase: 'closed', mapped: state.mapped, pass: state.pass }, effects: forget };
    case 'changed':
      if (state.phase === 'closed') return stay({ ...state, mapped: true });
      if (state.phase === 'registering') return stay({ ...state, again: true });
      return begin(state.pass, state.phase === 'complete' && state.retrying);
    case 'passed':
      return state.phase === 'registering' && input.pass === state.pass
        ? passed(state, input.refused, retryMs)
        : stay(state);
    case 'timeout': {
      if (state.phase === 'registering')
        return { state: { ...state, again: true, retrying: false }, effects: [{ type: 'forget-refused' }] };
      if (state.phase !== 'complete') return undefined;
      const next = begin(state.pass, false);
      return { state: next.state, effects: [{ type: 'forget-refused' }, ...next.effects] };
    }
  }
}

function passed(
  { pass, mapped, again, retrying }: Extract<RegistrationsState, { readonly phase: 'registering' }>,
  refused: number,
  retryMs: number,
): RegistrationsStep {
  const retry: RegistrationsStep['effects'] =
    refused === 0 || retrying
      ? []
      : [{ type: 'say-refused' }, { type: 'set-timer', timer: 'retry', ms: retryMs }];
  const waits = retrying || refused > 0;
  if (!again)
    return {
      state: { phase: 'complete', mapped, pass, retrying: waits },
      effects: [{ type: 'tell-complete' }, ...retry],
    };
  const next = begin(pass, waits);
  return { state: next.state, effects: [...retry, ...next.effects] };
}

function begin(pass: number, retrying: boolean): RegistrationsStep {
  const next = pass + 1;
  return {
    state: { phase: 'registering', mapped: true, pass: next, again: false, retrying },
    effects: [{ type: 'register', pass: next }],
  };
}

const forget: RegistrationsStep['effects'] = [{ type: 'clear-timer', timer: 'retry' }, { type: 'forget' }];

function stay(state: RegistrationsState): RegistrationsStep {
  return { state, effects: [] };
}
