/** Every path of the content of a file, from the first look to being used or refused. */
import { describe, expect, it } from 'vitest';
import { type FollowedInput, followedAtFirst, nextFollowed } from './followed-state.ts';

const looked = (fingerprint: string): FollowedInput => ({ kind: 'looked', fingerprint });
const tried = (fingerprint: string, ok: boolean): FollowedInput => ({ kind: 'tried', fingerprint, ok });

describe('nextFollowed', () => {
  it.each<[string, FollowedInput[], { used: string; refused: string | undefined; attempts: string[] }]>([
    ['nothing changes', [looked('a'), looked('a')], { used: 'a', refused: undefined, attempts: [] }],
    ['one look is too early', [looked('b')], { used: 'a', refused: undefined, attempts: [] }],
    [
      'half of it is never tried',
      [looked('half'), looked('b'), looked('b'), tried('b', true)],
      { used: 'b', refused: undefined, attempts: ['b'] },
    ],
    [
      'what came back to the old is forgotten',
      [looked('b'), looked('a'), looked('b')],
      { used: 'a', refused: undefined, attempts: [] },
    ],
    [
      'what is refused is not tried again',
      [looked('x'), looked('x'), tried('x', false), looked('x'), looked('x')],
      { used: 'a', refused: 'x', attempts: ['x'] },
    ],
    [
      'what was refused and is put right is used',
      [looked('x'), looked('x'), tried('x', false), looked('b'), looked('b'), tried('b', true)],
      { used: 'b', refused: undefined, attempts: ['x', 'b'] },
    ],
    [
      'what was refused and is taken back is no trouble any more',
      [looked('x'), looked('x'), tried('x', false), looked('a')],
      { used: 'a', refused: undefined, attempts: ['x'] },
    ],
  ])('%s', (_, inputs, { used, refused, attempts }) => {
    let state = followedAtFirst('a');
    const attempted: string[] = [];
    for (const input of inputs) {
      const step = nextFollowed(state, input);
      state = step.state;
      if (step.attempt) attempted.push(input.fingerprint);
    }
    expect({ used: state.used, refused: state.refused, attempts: attempted }).toEqual({
      used,
      refused,
      attempts,
    });
  });
});
