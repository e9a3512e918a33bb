/** Merging a read of the organisation: what is fresh stays, what is gone goes, what is foreign stays foreign. */

import { Formats } from '@exec/common/formats';
import type {
  CloudQueueId,
  CloudSkillId,
  CloudUserId,
  CloudWrapupCodeId,
  EmployeeId,
} from '@exec/common/ids';
import { KeySpace } from '@exec/common/redis';
import { describe, expect, it } from 'vitest';
import { userFields } from '../desired/user-fields.ts';
import type { CloudUser, UserLink } from '../plan/organization.ts';
import { noUserSkills } from '../plan/user-skills.ts';
import { id } from '../testing/snapshot.ts';
import { LedgerKeys } from './ledger-changes.ts';
import { mergeRead, missingUsers } from './merge-read.ts';
import { OrganizationState } from './organization-state.ts';
import type { OrganizationRead } from './read-organization.ts';

const keys = new LedgerKeys(new KeySpace({ prefix: 'p', orgId: 'o', tenantId: 1 }), new Formats());
const now = 1_000_000;
const visibilityMs = 60_000;
const options = { keys, now, visibilityMs, missing: new Map() };
const userId = (text: string) => text as CloudUserId;

function link(dbid: number, more: Partial<UserLink> = {}): UserLink {
  return {
    dbid: id(dbid),
    id: userId(`u${dbid}`),
    employeeId: `E${dbid}` as EmployeeId,
    ...userFields.shown({ name: `Name ${dbid}`, email: `user${dbid}@example.com` }),
    state: 'active',
    version: 1,
    skills: noUserSkills,
    created: true,
    at: 0,
    ...more,
  };
}

function state(links: readonly UserLink[]): OrganizationState {
  const known = new OrganizationState({
    authority: 'engage/1',
    source: { name: 'Engage 1', description: 'd' },
  });
  for (const one of links) known.setUser(one);
  return known;
}

function read(more: Partial<OrganizationRead> = {}): OrganizationRead {
  return {
    users: new Map(),
    skills: [],
    queues: [],
    wrapupCodes: [],
    sources: [],
    homeDivisionId: 'home',
    supervisorRoleId: 'role',
    supervisors: new Set(),
    protectedUsers: new Set(),
    ...more,
  };
}

const users = (...list: readonly CloudUser[]) => new Map(list.map((user) => [user.id, user]));

describe('a linked user', () => {
  it('that the read lacks is looked up, unless it was written a moment ago', () => {
    const known = state([
      link(1),
      link(2, { at: now - visibilityMs + 1 }),
      link(3, { at: now - visibilityMs }),
    ]);
    expect(missingUsers(known, read(), { now, visibilityMs })).toEqual(['u1', 'u3']);
  });

  it('that is gone loses its link; one that was written a moment ago keeps it', () => {
    const known = state([link(1), link(2, { at: now - 1 })]);
    const changes = mergeRead(known, read(), options);
    expect([...known.users.keys()]).toEqual([2]);
    expect(changes).toEqual([['HDEL', 'p:{o.1}:v1:excs:users', '1']]);
  });

  it('that is deleted is kept as deleted', () => {
    const known = state([link(1)]);
    const missing = new Map([[userId('u1'), { ...link(1), state: 'deleted' as const }]]);
    mergeRead(known, read(), { ...options, missing });
    expect(known.users.get(id(1))?.state).toBe('deleted');
  });

  it('takes over what was changed by hand, unless it was written a moment ago', () => {
    const known = state([link(1), link(2, { at: now - 1 })]);
    const seen = (dbid: number): CloudUser => ({ ...link(dbid), name: 'By hand', version: 7 });
    const changes = mergeRead(known, read({ users: users(seen(1), seen(2)) }), options);
    expect(known.users.get(id(1))).toMatchObject({ name: 'By hand', version: 7 });
    expect(known.users.get(id(2))?.name).toBe('Name 2');
    expect(changes).toHaveLength(1);
  });

  it('with a new version only is no reason to write to Redis', () => {
    const known = state([link(1)]);
    expect(mergeRead(known, read({ users: users({ ...link(1), version: 9 }) }), options)).toEqual([]);
    expect(known.users.get(id(1))?.version).toBe(9);
  });
});

describe('a user that stands for nobody', () => {
  it('is found by its address in any case, until it is gone', () => {
    const known = state([]);
    const { dbid: _d, at: _a, employeeId: _e, created: _c, ...other } = link(5, { email: 'Ann@Example.com' });
    mergeRead(known, read({ users: users(other) }), options);
    expect(known.userByEmail('ann@example.COM')?.id).toBe('u5');
    mergeRead(known, read(), options);
    expect(known.userByEmail('ann@example.com')).toBeUndefined();
  });
});

describe('skills, queues and codes', () => {
  it('that are gone lose their links and what hung on them; fresh ones stay', () => {
    const known = state([]);
    const skill = { dbid: id(1), id: 's1' as CloudSkillId, name: 'A', at: 0 };
    const queue = { dbid: id(2), id: 'q2' as CloudQueueId, name: 'Q', peerId: 'p', at: 0 };
    const fresh = { dbid: id(3), id: 'q3' as CloudQueueId, name: 'R', peerId: 'p', at: now - 1 };
    const code = { dbid: id(4), id: 'c4' as CloudWrapupCodeId, name: 'C', at: 0 };
    known.skills.set(skill.dbid, skill);
    for (const one of [queue, fresh]) {
      known.queues.set(one.dbid, one);
      known.queueIndex.set(one);
      known.queueMembers.set(one.id, new Map([[userId('u1'), 'ours']]));
      known.codesOfQueues.set(one.id, new Map([[code.id, 'ours']]));
    }
    known.wrapupCodes.set(code.dbid, code);
    mergeRead(known, read(), options);
    expect(known.skills.size).toBe(0);
    expect([...known.queues.keys()]).toEqual([3]);
    expect(known.members(queue.id)).toBeUndefined();
    expect(known.queueByName('r')?.id).toBe('q3');
    expect(known.wrapupCodes.size).toBe(0);
    expect(known.queueCodes(fresh.id)?.size).toBe(0);
  });
});

describe('grants', () => {
  it('of others are foreign; ours that are gone are forgotten; a grant on its way is ours when it shows', () => {
    const known = state([link(1), link(2), link(3, { at: now - 1 })]);
    known.supervisors.set(userId('u1'), 'ours');
    known.supervisors.set(userId('u2'), 'adding');
    known.supervisors.set(userId('u3'), 'ours');
    mergeRead(
      known,
      read({
        users: users(link(1), link(2), link(3)),
        supervisors: new Set([userId('u2'), userId('stranger')]),
      }),
      options,
    );
    expect(Object.fromEntries(known.supervisors)).toEqual({ u2: 'ours', u3: 'ours', stranger: 'foreign' });
  });
});
