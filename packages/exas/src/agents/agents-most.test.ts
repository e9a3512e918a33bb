import type { AgentMapping } from '@exec/common/id-map';
import { asId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { expect, it } from 'vitest';
import { withinBound } from './agents-most.ts';

const agent = (id: string) => {
  const employeeId = asId<EmployeeId>(id);
  const userId = asId<CloudUserId>(`user-${id}`);
  return { employeeId, userId, state: 'active' } as AgentMapping;
};
const ids = (agents: readonly AgentMapping[]) => agents.map(({ employeeId }) => String(employeeId));

it('beyond the most agents who are watched stay, and the newcomers are left out', () => {
  const agents = ['a', 'b', 'c', 'd', 'e'].map(agent);
  const watched = new Set(['c', 'e'].map((id) => asId<EmployeeId>(id)));
  expect(withinBound(agents, () => false, 5)).toBe(agents);
  expect(ids(withinBound(agents, () => false, 3))).toEqual(['a', 'b', 'c']);
  expect(ids(withinBound(agents, (id) => watched.has(id), 3))).toEqual(['c', 'e', 'a']);
  expect(ids(withinBound(agents, (id) => watched.has(id), 1))).toEqual(['c']);
});
