/** When the mapping is looked at, as a pure state machine: one look at a time, the next one after a while. */
import type { Step, Timeout, TimerEffect } from '@exec/common/machine';

export type MirrorState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'looking' }
  | { readonly phase: 'waiting' }
  /** The last look ends. */
  | { readonly phase: 'stopping' }
  | { readonly phase: 'stopped' };

export type MirrorInput =
  | { readonly type: 'look' }
  /** `known`: there is a complete mapping by now. */
  | { readonly type: 'looked'; readonly known: boolean }
  | { readonly type: 'stop' };

export type MirrorTimer = 'next';

export type MirrorEffect = { readonly type: 'look' } | { readonly type: 'tell-stopped' };

export type MirrorStep = Step<MirrorState, MirrorEffect | TimerEffect<MirrorTimer>>;

/** Milliseconds between two looks; the shorter time while there is no mapping. */
export interface MirrorRules {
  readonly intervalMs: number;
  readonly hurriedMs: number;
}

export function nextMirror(
  state: MirrorState,
  input: MirrorInput | Timeout<MirrorTimer>,
  { intervalMs, hurriedMs }: MirrorRules,
): MirrorStep | undefined {
  switch (state.phase) {
    case 'idle':
    case 'waiting':
      if (input.type === 'look') return { state: { phase: 'looking' }, effects: [cleared, look] };
      if (input.type === 'timeout') return { state: { phase: 'looking' }, effects: [look] };
      if (input.type === 'stop') return { state: { phase: 'stopped' }, effects: [cleared, stopped] };
      return undefined;
    case 'looking':
      if (input.type === 'looked') {
        const ms = input.known ? intervalMs : hurriedMs;
        return { state: { phase: 'waiting' }, effects: [{ type: 'set-timer', timer: 'next', ms }] };
      }
      if (input.type === 'stop') return { state: { phase: 'stopping' }, effects: [] };
      return input.type === 'look' ? { state, effects: [] } : undefined;
    case 'stopping':
      if (input.type === 'looked') return { state: { phase: 'stopped' }, effects: [stopped] };
      return input.type === 'timeout' ? undefined : { state, effects: [] };
    case 'stopped':
      return input.type === 'look' || input.type === 'stop' ? { state, effects: [] } : undefined;
  }
}

const look = { type: 'look' } as const;
const stopped = { type: 'tell-stopped' } as const;
const cleared = { type: 'clear-timer', timer: 'next' } as const;
