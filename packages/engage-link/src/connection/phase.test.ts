import { describe, expect, it } from 'vitest';
import { type Ending, nextPhase, type Phase, type PhaseInput, phases } from './phase.ts';

const ending: Ending = { code: 'link.lost', message: 'closed the connection' };
const inputs: Record<PhaseInput['type'], PhaseInput> = {
  connected: { type: 'connected' },
  registered: { type: 'registered' },
  received: { type: 'received' },
  timeout: { type: 'timeout' },
  end: { type: 'end', ending },
};

/** Phase, input, next phase, and the effects by name; every pair that is not listed means nothing. */
const table: readonly (readonly [Phase, PhaseInput['type'], Phase, string])[] = [
  ['dialling', 'connected', 'registering', 'arm registration, send-registration'],
  ['dialling', 'timeout', 'closed', 'tear-down link.connect-timeout'],
  ['dialling', 'end', 'closed', 'tear-down link.lost'],
  ['registering', 'registered', 'open', 'arm keep-alive, tell-open'],
  ['registering', 'timeout', 'closed', 'tear-down link.registration-timeout'],
  ['registering', 'end', 'closed', 'tear-down link.lost'],
  ['open', 'timeout', 'asked', 'arm keep-alive, send-keep-alive'],
  ['open', 'end', 'closed', 'tear-down link.lost'],
  ['asked', 'received', 'open', ''],
  ['asked', 'timeout', 'closed', 'tear-down link.silent'],
  ['asked', 'end', 'closed', 'tear-down link.lost'],
];

const pairs = phases.flatMap((phase) => Object.values(inputs).map((input) => [phase, input] as const));

describe('phases of a connection', () => {
  it.each(pairs)('%s, %j', (phase, input) => {
    const step = nextPhase(phase, input);
    const row = table.find(([from, type]) => from === phase && type === input.type);
    if (row === undefined) {
      expect(step).toBeUndefined();
      return;
    }
    const effects = step?.effects.map((effect) => {
      if (effect.type === 'arm') return `arm ${effect.timer}`;
      return effect.type === 'tear-down' ? `tear-down ${effect.ending.code}` : effect.type;
    });
    expect([step?.phase, effects?.join(', ')]).toEqual([row[2], row[3]]);
  });
});
