import { describe, expect, it } from 'vitest';
import { nextRemote, type Remote, type RemoteEvent, waitAfter } from './remote.ts';

const fault = { status: 409, code: 'plan.changed', title: 'changed', detail: 'look again' };

describe('a resource that is asked for again and again', () => {
  it.each<[string, Remote<number>, RemoteEvent<number>, Remote<number>]>([
    [
      'is shown when it comes',
      { kind: 'loading' },
      { type: 'answered', value: 1 },
      { kind: 'shown', value: 1 },
    ],
    [
      'stays when it is unchanged',
      { kind: 'shown', value: 1 },
      { type: 'unchanged' },
      { kind: 'shown', value: 1 },
    ],
    [
      'is away from the first silence on',
      { kind: 'shown', value: 1 },
      { type: 'no-answer', at: 5 },
      { kind: 'away', since: 5, value: 1 },
    ],
    [
      'stays away since then',
      { kind: 'away', since: 5, value: 1 },
      { type: 'no-answer', at: 9 },
      { kind: 'away', since: 5, value: 1 },
    ],
    [
      'is back with the same value',
      { kind: 'away', since: 5, value: 1 },
      { type: 'unchanged' },
      { kind: 'shown', value: 1 },
    ],
    [
      'keeps what was shown when it is refused',
      { kind: 'shown', value: 1 },
      { type: 'refused', fault },
      { kind: 'refused', fault, value: 1 },
    ],
    [
      'has nothing to show when the first answer is a refusal',
      { kind: 'loading' },
      { type: 'refused', fault },
      { kind: 'refused', fault },
    ],
    [
      'begins anew for another question',
      { kind: 'shown', value: 1 },
      { type: 'asked-anew' },
      { kind: 'loading' },
    ],
  ])('%s', (_name, state, event, after) => {
    expect(nextRemote(state, event)).toEqual(after);
  });

  it('is asked at its pace, and less and less often while no answer comes', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((failures) => waitAfter(2_000, failures))).toEqual([
      2_000, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
  });

  it('is asked less often where an answer takes long, so that no open page costs more than a hundredth of a core', () => {
    expect([0, 19, 20, 50, 124, 300, 5_000].map((tookMs) => waitAfter(2_000, 0, tookMs))).toEqual([
      2_000, 2_000, 2_000, 5_000, 12_400, 30_000, 30_000,
    ]);
  });
});
