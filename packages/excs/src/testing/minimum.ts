/** The fewest requests that make an empty organisation equal to a contact centre. */
import type { Expectation } from '@exec/simulators/config-db';
import type { PrimarySourceScope } from '../plan/organization.ts';

/** Reads of an empty organisation: itself, home division, three roles with holders, sources, four listings. */
const emptyReads = 1 + 1 + 3 * 2 + 1 + 4;
const perRequest = 100;

/**
 * Per user: create, external identity, primary source, and skills if there are any; per skill, code and queue: create;
 * per queue: members and codes by the hundred; per supervisor: a grant; one source. Where that is the default of the
 * organisation, its settings are read and written instead of the primary source of each user.
 */
export function fewestRequests(expected: Expectation, scope: PrimarySourceScope = 'user'): number {
  const [perUser, once] = scope === 'user' ? [3, 0] : [2, 2];
  const users = expected.users.reduce((sum, user) => sum + perUser + (user.skills.length > 0 ? 1 : 0), once);
  const codes = expected.wrapupCodes.length;
  const queues = expected.queues.reduce(
    (sum, queue) => sum + 1 + Math.ceil(queue.members.length / perRequest) + Math.ceil(codes / perRequest),
    0,
  );
  return emptyReads + users + expected.skills.length + codes + queues + expected.counts.supervisors + 1;
}
