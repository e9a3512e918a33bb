import { describe, expect, it } from 'vitest';
import type { Agent } from '../api/answers.ts';
import { differenceOf, situationText, stateText } from './agents.ts';

const agent: Agent = {
  employeeId: 'e1',
  userId: 'u1',
  engage: { situation: 'ready', since: null },
  stale: false,
  accepted: { presence: 'OnQueue', routingStatus: 'Idle' },
  pending: null,
  lastError: null,
};
const pending = { presence: 'Break', routingStatus: 'OffQueue', since: null };

describe('an agent in Engage and in the cloud', () => {
  it.each<[string, Partial<Agent>, string]>([
    ['is in step', {}, 'same'],
    ['is on its way', { pending }, 'on-its-way'],
    ['was refused, whatever else waits', { pending, lastError: 'no such user' }, 'refused'],
    ['is stale', { stale: true }, 'stale'],
    ['is not known', { accepted: null }, 'unknown'],
    ['has no state yet', { engage: null }, 'unknown'],
  ])('%s', (_name, change, difference) => {
    expect(differenceOf({ ...agent, ...change })).toBe(difference);
  });

  it('has words', () => {
    expect(situationText({ engage: { situation: 'notReady', since: null, reason: 'Lunch' } })).toBe(
      'Not ready: Lunch',
    );
    expect(situationText({ engage: { situation: 'someNewState', since: null } })).toBe('Some new state');
    expect(stateText(null)).toBe('not known');
    expect(stateText(agent.accepted)).toBe('OnQueue / Idle');
  });
});
