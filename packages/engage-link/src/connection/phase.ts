/** The phases of one connection, from dialling to closed, as a pure state machine. */
import type { ErrorCode } from '@exec/common/errors';

/** `asked`: a keep-alive request was sent and nothing has been received since. */
export type Phase = 'dialling' | 'registering' | 'open' | 'asked' | 'closed';

export const phases: readonly Phase[] = ['dialling', 'registering', 'open', 'asked', 'closed'];

/** Why a connection ended. */
export interface Ending {
  readonly code: ErrorCode;
  readonly message: string;
}

export type PhaseInput =
  /** TCP, and TLS where it is used, stand. */
  | { readonly type: 'connected' }
  /** The server has accepted the registration. */
  | { readonly type: 'registered' }
  /** Any bytes at all. */
  | { readonly type: 'received' }
  /** The time of the phase is over. */
  | { readonly type: 'timeout' }
  /** The peer ended it, the network failed, a line was bad, the registration was refused, or the owner closes. */
  | { readonly type: 'end'; readonly ending: Ending };

export type PhaseTimer = 'connect' | 'registration' | 'keep-alive';

export type PhaseEffect =
  /** Replaces the timer that runs. */
  | { readonly type: 'arm'; readonly timer: PhaseTimer }
  | { readonly type: 'send-registration' }
  | { readonly type: 'send-keep-alive' }
  | { readonly type: 'tell-open' }
  | { readonly type: 'tear-down'; readonly ending: Ending };

export interface PhaseStep {
  readonly phase: Phase;
  readonly effects: readonly PhaseEffect[];
}

/** What `input` does in `phase`; undefined when it means nothing there, as everything after the end. */
export function nextPhase(phase: Phase, input: PhaseInput): PhaseStep | undefined {
  if (input.type === 'end' && phase !== 'closed') return closed(input.ending);
  switch (phase) {
    case 'dialling':
      if (input.type === 'connected')
        return {
          phase: 'registering',
          effects: [{ type: 'arm', timer: 'registration' }, { type: 'send-registration' }],
        };
      if (input.type === 'timeout')
        return closed({ code: 'link.connect-timeout', message: 'did not take the connection in time' });
      return undefined;
    case 'registering':
      if (input.type === 'registered')
        return { phase: 'open', effects: [{ type: 'arm', timer: 'keep-alive' }, { type: 'tell-open' }] };
      if (input.type === 'timeout')
        return closed({
          code: 'link.registration-timeout',
          message: 'did not answer the registration in time',
        });
      return undefined;
    case 'open':
      if (input.type === 'timeout')
        return {
          phase: 'asked',
          effects: [{ type: 'arm', timer: 'keep-alive' }, { type: 'send-keep-alive' }],
        };
      return undefined;
    case 'asked':
      if (input.type === 'received') return { phase: 'open', effects: [] };
      if (input.type === 'timeout')
        return closed({ code: 'link.silent', message: 'left a keep-alive request unanswered' });
      return undefined;
    case 'closed':
      return undefined;
  }
}

function closed(ending: Ending): PhaseStep {
  return { phase: 'closed', effects: [{ type: 'tear-down', ending }] };
}
