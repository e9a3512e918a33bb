import { describe, expect, it } from 'vitest';
import { missingOutside } from './outside-gaps.ts';

const gaps = [{ from: 20_000, to: 22_000, why: 'a switch-over' }];
const script = {
  legs: [
    { participant: 'external', steps: ['established', 'ended:Self'], times: [0, 60_000] },
    {
      participant: 'user:E1',
      steps: ['established(alerting)', 'answered', 'held', 'retrieved', 'ended:Peer'],
      times: [10_000, 15_000, 21_000, 40_000, 60_000],
    },
  ],
};

function leg(participant: string, ...steps: string[]) {
  return {
    communicationId: participant,
    participant,
    steps: steps.map((text, index) => ({ text, at: index })),
  };
}

describe('what is missing outside of the gaps', () => {
  const customer = leg('external', 'established', 'ended:Self');

  it('is nothing when only steps within a gap are missing', () => {
    const agent = leg('user:E1', 'established(alerting)', 'answered', 'retrieved', 'ended:Peer');
    expect(missingOutside(script, { legs: [customer, agent] }, gaps)).toEqual([]);
  });

  it('names a step that somebody saw, also one after the gap', () => {
    const agent = leg('user:E1', 'established(alerting)', 'answered', 'held', 'ended:Peer');
    expect(missingOutside(script, { legs: [customer, agent] }, gaps)).toEqual(['user:E1 retrieved']);
  });

  it('names every such step of a leg or a conversation that is not there', () => {
    expect(missingOutside(script, { legs: [customer] }, gaps)).toEqual([
      'user:E1 established(alerting)',
      'user:E1 answered',
      'user:E1 retrieved',
      'user:E1 ended:Peer',
    ]);
    expect(missingOutside(script, undefined, gaps)).toHaveLength(6);
  });

  it('does not take one step for two', () => {
    const twice = { legs: [{ participant: 'user:E1', steps: ['held', 'held'], times: [0, 40_000] }] };
    expect(missingOutside(twice, { legs: [leg('user:E1', 'held')] }, gaps)).toEqual(['user:E1 held']);
  });
});
