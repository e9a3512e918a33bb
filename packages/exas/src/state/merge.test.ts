/** Two statistics become one stream: what is passed on when, and what waits. */
import { engageSeconds, monotonicMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { StatisticInput, StatisticKind } from '../statistics/input.ts';
import type { AgentTree, StatusName } from '../statistics/tree.ts';
import { initialMerge, merge } from './merge.ts';

const tree = (status: StatusName, seconds: number, detailed: boolean, reason?: string): AgentTree => {
  const since = engageSeconds(seconds);
  const action = { action: status, since, ...(reason === undefined ? {} : { reason }) };
  return { status, since, detailed, actions: [action] };
};
/** The status alone, and the same with its actions. */
const plain = (status: StatusName, seconds = 10) => tree(status, seconds, false);
const detailed = (status: StatusName, seconds = 10, reason?: string) => tree(status, seconds, true, reason);

type Step = readonly [what: StatisticKind | 'time' | `no ${StatisticKind}`, at: number, tree?: AgentTree];

function inputOf([what, ms, given]: Step): StatisticInput {
  const at = monotonicMs(ms);
  if (what === 'time') return { type: 'time', at };
  if (what === 'no status') return { type: 'unavailable', kind: 'status', at };
  if (what === 'no reasons') return { type: 'unavailable', kind: 'reasons', at };
  if (given === undefined) throw new Error('a tree is missing');
  return { type: 'tree', kind: what, tree: given, at };
}

/** What each step lets through: `<status> <detailed or plain> <reason> <when it came>`. */
function observed(steps: readonly Step[]): string[][] {
  let state = initialMerge;
  return steps.map((step) => {
    const next = merge(state, inputOf(step));
    state = next.state;
    return next.observations.map(({ tree: { status, detailed: isDetailed, actions }, receivedAt }) =>
      [status, isDetailed ? 'detailed' : 'plain', actions[0]?.reason ?? '-', receivedAt].join(' '),
    );
  });
}

describe('a tree', () => {
  it.each<[string, readonly Step[], readonly string[][]]>([
    [
      'is passed on with its actions once both agree, as of the first of the two',
      [
        ['status', 0, plain('OnHook')],
        ['reasons', 40, detailed('OnHook')],
      ],
      [[], ['OnHook detailed - 0']],
    ],
    [
      'is passed on whichever comes first',
      [
        ['reasons', 0, detailed('OnHook')],
        ['status', 40, plain('OnHook')],
      ],
      [[], ['OnHook detailed - 0']],
    ],
    [
      'does not agree by its status alone',
      [
        ['status', 0, plain('OnHook', 10)],
        ['reasons', 40, detailed('OnHook', 11)],
      ],
      [[], ['OnHook plain - 0']],
    ],
    [
      'does not agree by its time alone',
      [
        ['status', 0, plain('OnHook')],
        ['reasons', 40, detailed('OffHook')],
      ],
      [[], ['OnHook plain - 0']],
    ],
    [
      'of which nothing waits any more is as of now',
      [
        ['status', 0, plain('OnHook')],
        ['reasons', 10, detailed('OnHook')],
        ['reasons', 90, detailed('OnHook', 10, 'Meal')],
      ],
      [[], ['OnHook detailed - 0'], ['OnHook detailed Meal 90']],
    ],
    [
      'that waits is let through by a newer one, for it was true for a moment',
      [
        ['status', 0, plain('OnHook')],
        ['status', 10, plain('OffHook')],
        ['time', 249],
        ['time', 260],
      ],
      [[], ['OnHook plain - 0'], [], ['OffHook plain - 10']],
    ],
    [
      'that waits is let through by one on which both agree',
      [
        ['status', 0, plain('OnHook')],
        ['reasons', 5, detailed('OnHook')],
        ['status', 10, plain('OffHook')],
        ['status', 20, plain('OnHook')],
      ],
      [[], ['OnHook detailed - 0'], [], ['OffHook plain - 10', 'OnHook detailed - 20']],
    ],
    [
      'that is repeated while it waits does not wait longer',
      [
        ['status', 0, plain('OnHook')],
        ['status', 200, plain('OnHook')],
        ['time', 249],
        ['time', 250],
        ['time', 600],
      ],
      [[], [], [], ['OnHook plain - 0'], []],
    ],
    [
      'with a further reason while it waits is taken with that',
      [
        ['reasons', 0, detailed('OnHook', 10, 'Meal')],
        ['reasons', 100, detailed('OnHook', 10, 'Break')],
        ['time', 250],
      ],
      [[], [], ['OnHook detailed Break 0']],
    ],
    [
      'without actions does not take the place of one with them',
      [
        ['reasons', 0, detailed('OnHook', 10, 'Meal')],
        ['status', 50, plain('OffHook')],
        ['status', 60, plain('OffHook')],
        ['time', 300],
      ],
      [[], ['OnHook detailed Meal 0'], [], ['OffHook plain - 50']],
    ],
    ['is nothing that time alone brings', [['time', 900]], [[]]],
  ])('%s', (_what, steps, expected) => {
    expect(observed(steps)).toEqual(expected);
  });
});

describe('a statistic that is not there', () => {
  it.each<[string, readonly Step[], readonly string[][]]>([
    [
      'is not waited for: the status alone',
      [
        ['no reasons', 0],
        ['status', 10, plain('OnHook')],
        ['time', 900],
      ],
      [[], ['OnHook plain - 10'], []],
    ],
    [
      'is not waited for: the reasons alone',
      [
        ['no status', 0],
        ['reasons', 10, detailed('OnHook')],
      ],
      [[], ['OnHook detailed - 10']],
    ],
    [
      'lets through what waited for it',
      [
        ['status', 0, plain('OnHook')],
        ['no reasons', 10],
        ['time', 900],
      ],
      [[], ['OnHook plain - 0'], []],
    ],
    [
      'takes what it said with it',
      [
        ['reasons', 0, detailed('OnHook', 10, 'Meal')],
        ['no reasons', 10],
        ['status', 20, plain('OnHook')],
      ],
      [[], ['OnHook detailed Meal 0'], ['OnHook plain - 20']],
    ],
    [
      'that is there again is waited for again',
      [
        ['no status', 0],
        ['status', 10, plain('OnHook')],
        ['reasons', 20, detailed('OnHook')],
      ],
      [[], [], ['OnHook detailed - 10']],
    ],
    [
      'does not hold back what had waited before it went',
      [
        ['no reasons', 0],
        ['reasons', 5, detailed('OnHook')],
        ['no status', 8],
        ['reasons', 9, detailed('OffHook')],
      ],
      [[], [], ['OnHook detailed - 5'], ['OffHook detailed - 9']],
    ],
  ])('%s', (_what, steps, expected) => {
    expect(observed(steps)).toEqual(expected);
  });
});
