/** Error codes of the simulators. */
import type { ErrorCodeInfo } from './info.ts';

export const simulatorCodes = {
  'simulator.impossible': {
    status: 409,
    summary: 'A script asked a simulator for something that its present state does not allow.',
    remedy: 'Correct the script: the message names the number, the call or the agent.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
