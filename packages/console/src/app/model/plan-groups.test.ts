import { markOf } from '@exec/common/plan-marks';
import { expect, it } from 'vitest';
import { groupsOf, totalsOf } from './plan-groups.ts';

it('groups a plan by kind, in its order', () => {
  const groups = groupsOf({
    'user.create': 3,
    'user.update': 2,
    'user.deactivate': 1,
    'queue-member.add': 7,
    'new-kind.do': 1,
  });
  expect(groups).toEqual([
    { kind: 'user', title: 'Users', add: 3, change: 2, remove: 1 },
    { kind: 'queue-member', title: 'Members of queues', add: 7, change: 0, remove: 0 },
    { kind: 'new-kind', title: 'new-kind', add: 0, change: 1, remove: 0 },
  ]);
  expect(totalsOf(groups)).toEqual({ add: 10, change: 3, remove: 1 });
});

it('marks what adds, what takes away, and everything else as a change', () => {
  expect(['create', 'restore', 'revoke', 'adopt', 'set'].map(markOf)).toEqual(['+', '+', '-', '~', '~']);
});
