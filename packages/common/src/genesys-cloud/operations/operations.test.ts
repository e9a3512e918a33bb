/** What each operation sends, and what it makes of the answer. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
} from '../../ids.ts';
import { isRepeatable } from '../call.ts';
import { CloudError } from '../errors.ts';
import { RecordingCaller } from '../testing/recording-caller.ts';
import { AuthorizationOperations } from './authorization.ts';
import { ExternalIdOperations } from './external-ids.ts';
import { OrganizationOperations } from './organization.ts';
import { PresenceOperations } from './presence.ts';
import { QueueOperations } from './queues.ts';
import { SkillOperations } from './skills.ts';
import { UserOperations } from './users.ts';
import { WrapupCodeOperations } from './wrapup-codes.ts';

let caller: RecordingCaller;

const user = asId<CloudUserId>('u1');
const queue = asId<CloudQueueId>('q1');
const source = asId<CloudSourceId>('s1');
const grants = [{ roleId: 'r1', divisionId: 'd1' }];

const make = () => ({
  authorization: new AuthorizationOperations(caller),
  externalIds: new ExternalIdOperations(caller),
  organization: new OrganizationOperations(caller),
  presence: new PresenceOperations(caller),
  queues: new QueueOperations(caller),
  skills: new SkillOperations(caller),
  users: new UserOperations(caller, async () => undefined),
  wrapupCodes: new WrapupCodeOperations(caller),
});
let cloud: ReturnType<typeof make>;

beforeEach(() => {
  caller = new RecordingCaller();
  caller.answer = () => ({ id: 'x1', name: 'n', version: 1, entities: [], results: [] });
  cloud = make();
});

type Row = readonly [() => Promise<unknown>, string, string, unknown?];

describe('every operation', () => {
  const rows: readonly Row[] = [
    [() => cloud.organization.me(), 'GET /organizations/me', 'getOrganizationsMe'],
    [() => cloud.organization.token(), 'GET /tokens/me', 'getTokensMe'],
    [
      () => cloud.organization.limits('platform.api'),
      'GET /organizations/limits/namespaces/platform.api',
      'getOrganizationsLimitsNamespace',
    ],
    [
      () => cloud.users.list({ expand: ['skills'] }).toArray(),
      'GET /users?state=any&expand=skills&pageSize=500&pageNumber=1',
      'getUsers',
    ],
    [
      () => cloud.users.query({ state: 'active' }).toArray(),
      'GET /users/query?state=active&pageSize=500',
      'getUsersQuery',
    ],
    [() => cloud.users.get(user, { state: 'deleted' }), 'GET /users/u1?state=deleted', 'getUser'],
    [
      () => cloud.users.create({ name: 'A', email: 'a@x', divisionId: 'd', state: 'active' }),
      'POST /users',
      'postUsers',
      { name: 'A', email: 'a@x', divisionId: 'd', state: 'active' },
    ],
    [
      () => cloud.users.patch(user, { version: 3, state: 'inactive' }),
      'PATCH /users/u1',
      'patchUser',
      { version: 3, state: 'inactive' },
    ],
    [
      () => cloud.users.findByEmail('a@x', ['deleted']),
      'POST /users/search',
      'postUsersSearch',
      {
        pageSize: 25,
        pageNumber: 1,
        query: [
          { fields: ['email'], value: 'a@x', type: 'EXACT' },
          { fields: ['state'], values: ['deleted'], type: 'EXACT' },
        ],
      },
    ],
    [
      () => cloud.users.skills(user).toArray(),
      'GET /users/u1/routingskills?pageSize=100&pageNumber=1',
      'getUserRoutingskills',
    ],
    [
      () => cloud.users.replaceSkills(user, [{ id: asId('k1'), proficiency: 4.5 }]),
      'PUT /users/u1/routingskills/bulk',
      'putUserRoutingskillsBulk',
      [{ id: 'k1', proficiency: 4.5 }],
    ],
    [
      () => cloud.users.addSkills(user, [{ id: asId('k1'), proficiency: 0 }]),
      'PATCH /users/u1/routingskills/bulk',
      'patchUserRoutingskillsBulk',
      [{ id: 'k1', proficiency: 0 }],
    ],
    [
      () => cloud.users.removeSkill(user, asId('k1')),
      'DELETE /users/u1/routingskills/k1',
      'deleteUserRoutingskill',
    ],
    [() => cloud.users.routingStatus(user), 'GET /users/u1/routingstatus', 'getUserRoutingstatus'],
    [
      () => cloud.externalIds.find({ authorityName: 'engage/1', externalKey: '7' }),
      'GET /users/externalid/engage%2F1/7',
      'getUsersExternalidAuthorityNameExternalKey',
    ],
    [
      () => cloud.externalIds.add(user, { authorityName: 'engage/1', externalKey: '7' }),
      'POST /users/u1/externalid',
      'postUserExternalid',
      { authorityName: 'engage/1', externalKey: '7' },
    ],
    [
      () => cloud.externalIds.remove(user, { authorityName: 'engage/1', externalKey: '7' }),
      'DELETE /users/u1/externalid/engage%2F1/7',
      'deleteUserExternalidAuthorityNameExternalKey',
    ],
    [
      () => cloud.skills.list({ name: 'Eng' }).toArray(),
      'GET /routing/skills?name=Eng&pageSize=100&pageNumber=1',
      'getRoutingSkills',
    ],
    [() => cloud.skills.get(asId('k1')), 'GET /routing/skills/k1', 'getRoutingSkill'],
    [() => cloud.skills.create('English'), 'POST /routing/skills', 'postRoutingSkills', { name: 'English' }],
    [
      () => cloud.queues.list({ name: 'VQ*' }).toArray(),
      'GET /routing/queues?name=VQ*&pageSize=500&pageNumber=1',
      'getRoutingQueues',
    ],
    [() => cloud.queues.get(queue), 'GET /routing/queues/q1', 'getRoutingQueue'],
    [
      () => cloud.queues.create({ name: 'VQ', peerId: '8000@sw', division: { id: 'd1' } }),
      'POST /routing/queues',
      'postRoutingQueues',
      { name: 'VQ', peerId: '8000@sw', division: { id: 'd1' } },
    ],
    [
      () => cloud.queues.update(queue, { id: queue, name: 'New', acwSettings: { timeoutMs: 5_000 } }),
      'PUT /routing/queues/q1',
      'putRoutingQueue',
      { id: 'q1', name: 'New', acwSettings: { timeoutMs: 5_000 } },
    ],
    [
      () => cloud.queues.members(queue).toArray(),
      'GET /routing/queues/q1/members?memberBy=user&pageSize=100&pageNumber=1',
      'getRoutingQueueMembers',
    ],
    [
      () => cloud.queues.addMembers(queue, [user]),
      'POST /routing/queues/q1/members',
      'postRoutingQueueMembers',
      [{ id: 'u1' }],
    ],
    [
      () => cloud.queues.removeMembers(queue, [user]),
      'POST /routing/queues/q1/members?delete=true',
      'postRoutingQueueMembers',
      [{ id: 'u1' }],
    ],
    [
      () => cloud.queues.wrapupCodes(queue).toArray(),
      'GET /routing/queues/q1/wrapupcodes?pageSize=100&pageNumber=1',
      'getRoutingQueueWrapupcodes',
    ],
    [
      () => cloud.queues.addWrapupCodes(queue, [asId('w1')]),
      'POST /routing/queues/q1/wrapupcodes',
      'postRoutingQueueWrapupcodes',
      [{ id: 'w1' }],
    ],
    [
      () => cloud.queues.removeWrapupCode(queue, asId('w1')),
      'DELETE /routing/queues/q1/wrapupcodes/w1',
      'deleteRoutingQueueWrapupcode',
    ],
    [
      () => cloud.wrapupCodes.list().toArray(),
      'GET /routing/wrapupcodes?pageSize=100&pageNumber=1',
      'getRoutingWrapupcodes',
    ],
    [() => cloud.wrapupCodes.get(asId('w1')), 'GET /routing/wrapupcodes/w1', 'getRoutingWrapupcode'],
    [
      () => cloud.wrapupCodes.create({ name: 'Sold', division: { id: 'd1' } }),
      'POST /routing/wrapupcodes',
      'postRoutingWrapupcodes',
      { name: 'Sold', division: { id: 'd1' } },
    ],
    [
      () => cloud.wrapupCodes.update(asId('w1'), { name: 'Sold' }),
      'PUT /routing/wrapupcodes/w1',
      'putRoutingWrapupcode',
      { name: 'Sold' },
    ],
    [
      () => cloud.authorization.roles({ name: 'Supervisor' }).toArray(),
      'GET /authorization/roles?name=Supervisor&userCount=false&pageSize=100&pageNumber=1',
      'getAuthorizationRoles',
    ],
    [
      () => cloud.authorization.homeDivision(),
      'GET /authorization/divisions/home',
      'getAuthorizationDivisionsHome',
    ],
    [() => cloud.authorization.subject(user), 'GET /authorization/subjects/u1', 'getAuthorizationSubject'],
    [
      () => cloud.authorization.bulkAdd(user, grants),
      'POST /authorization/subjects/u1/bulkadd',
      'postAuthorizationSubjectBulkadd',
      { grants },
    ],
    [
      () => cloud.authorization.bulkRemove(user, grants),
      'POST /authorization/subjects/u1/bulkremove',
      'postAuthorizationSubjectBulkremove',
      { grants },
    ],
    [
      () => cloud.authorization.removeGrant(user, { roleId: 'r1', divisionId: 'd1' }),
      'DELETE /authorization/subjects/u1/divisions/d1/roles/r1',
      'deleteAuthorizationSubjectDivisionRole',
    ],
    [
      () => cloud.authorization.roleUsers('r1').toArray(),
      'GET /authorization/roles/r1/users?pageSize=100&pageNumber=1',
      'getAuthorizationRoleUsers',
    ],
    [
      () => cloud.authorization.roleSubjectGrants('r1').toArray(),
      'GET /authorization/roles/r1/subjectgrants?pageSize=100&pageNumber=1',
      'getAuthorizationRoleSubjectgrants',
    ],
    [() => cloud.presence.sources(), 'GET /presence/sources', 'getPresenceSources'],
    [
      () => cloud.presence.sources({ deactivated: true }),
      'GET /presence/sources?deactivated=true',
      'getPresenceSources',
    ],
    [() => cloud.presence.source(source), 'GET /presence/sources/s1', 'getPresenceSource'],
    [
      () => cloud.presence.createSource({ name: 'Engage', description: 'id', type: 'User' }),
      'POST /presence/sources',
      'postPresenceSources',
      { name: 'Engage', description: 'id', type: 'User' },
    ],
    [
      () => cloud.presence.updateSource(source, { name: 'Engage', type: 'User' }),
      'PUT /presence/sources/s1',
      'putPresenceSource',
      { name: 'Engage', type: 'User' },
    ],
    [() => cloud.presence.definitions(), 'GET /presence/definitions', 'getPresenceDefinitions'],
    [() => cloud.presence.settings(), 'GET /presence/settings', 'getPresenceSettings'],
    [
      () => cloud.presence.updateSettings({ selfUri: '/x', requestingOffQueueEnabled: true }),
      'PUT /presence/settings',
      'putPresenceSettings',
      { requestingOffQueueEnabled: true },
    ],
    [
      () => cloud.presence.primarySource(user),
      'GET /presence/users/u1/primarysource',
      'getPresenceUserPrimarysource',
    ],
    [
      () => cloud.presence.setPrimarySource(user, source),
      'PUT /presence/users/u1/primarysource',
      'putPresenceUserPrimarysource',
      { sourceId: 's1' },
    ],
  ];

  it.each(rows.map((row) => ({ request: row[1], row })))('$request', async ({ row }) => {
    const [run, request, name, body] = row;
    await run();
    expect(caller.calls).toHaveLength(1);
    const call = caller.calls[0];
    expect(`${call?.method} ${call?.path}`).toBe(request);
    expect(call?.operation).toBe(name);
    expect(call?.body).toEqual(body);
  });

  it('may be repeated unless it creates something', async () => {
    for (const [run] of rows) await run();
    const lookFirst = caller.calls.filter((call) => !isRepeatable(call.description));
    expect(lookFirst.map((call) => call.operation).sort()).toEqual([
      'postPresenceSources',
      'postRoutingQueues',
      'postRoutingSkills',
      'postRoutingWrapupcodes',
      'postUserExternalid',
      'postUsers',
    ]);
  });
});

describe('answers', () => {
  it('give lists and maps', async () => {
    caller.answer = () => ({ entities: [{ key: 'k', value: 5 }, { key: 'x' }] });
    expect(await cloud.organization.limits('presence')).toEqual(new Map([['k', 5]]));
    caller.answer = () => [{ authorityName: 'a', externalKey: 'k' }];
    expect(await cloud.externalIds.list(user)).toEqual([{ authorityName: 'a', externalKey: 'k' }]);
    caller.answer = () => ({});
    expect(await cloud.presence.sources()).toEqual([]);
    expect(await cloud.presence.definitions()).toEqual([]);
    expect(await cloud.users.findByEmail('a@x')).toEqual([]);
  });

  it('say that nobody has an external identity', async () => {
    caller.answer = () => new CloudError('cloud.not-found', 'no', { httpStatus: 404 });
    expect(await cloud.externalIds.find({ authorityName: 'a', externalKey: 'k' })).toBeUndefined();
    caller.answer = () => new CloudError('cloud.forbidden', 'no', { httpStatus: 403 });
    await expect(cloud.externalIds.find({ authorityName: 'a', externalKey: 'k' })).rejects.toThrow('no');
  });

  it('find the role of exactly that name', async () => {
    caller.answer = () => ({
      entities: [
        { id: '1', name: 'Supervisor Plus' },
        { id: '2', name: 'SUPERVISOR' },
        { id: '3', name: 'Supervisor' },
      ],
    });
    expect((await cloud.authorization.roleByName('Supervisor'))?.id).toBe('3');
    expect((await cloud.authorization.roleByName('supervisor'))?.id).toBe('2');
    expect(await cloud.authorization.roleByName('Super')).toBeUndefined();
  });
});

describe('limits of a request', () => {
  it('more than 50 skills of a user: the first replace, the others are added', async () => {
    const skills = Array.from({ length: 120 }, (_, index) => ({
      id: asId<CloudSkillId>(`k${index}`),
      proficiency: 1,
    }));
    await cloud.users.replaceSkills(user, skills);
    expect(caller.calls.map((call) => [call.method, (call.body as unknown[]).length])).toEqual([
      ['PUT', 50],
      ['PATCH', 50],
      ['PATCH', 20],
    ]);
    caller.calls.length = 0;
    await cloud.users.addSkills(user, skills);
    expect(caller.calls.map((call) => call.method)).toEqual(['PATCH', 'PATCH', 'PATCH']);
    caller.calls.length = 0;
    await cloud.users.replaceSkills(user, []);
    expect(caller.calls.map((call) => call.body)).toEqual([[]]);
  });

  it('nothing to add or remove: no request', async () => {
    await cloud.queues.addMembers(queue, []);
    await cloud.queues.removeMembers(queue, []);
    await cloud.queues.addWrapupCodes(queue, []);
    await cloud.users.addSkills(user, []);
    expect(caller.calls).toHaveLength(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['101 members', () => cloud.queues.addMembers(queue, Array(101).fill(user))],
    ['101 wrap-up codes', () => cloud.queues.addWrapupCodes(queue, Array(101).fill(asId('w')))],
    ['a proficiency above 5', () => cloud.users.addSkills(user, [{ id: asId('k'), proficiency: 5.1 }])],
    [
      'state beside other changes',
      () => cloud.users.patch(user, { version: 1, state: 'active', name: 'x' } as never),
    ],
    ['no version', () => cloud.users.patch(user, { name: 'x' } as never)],
    ['an undeclared field', () => cloud.queues.create({ name: 'q', colour: 'red' } as never)],
    ['no grants', () => cloud.authorization.bulkAdd(user, [])],
  ])('%s: refused before it is sent', async (_, run) => {
    await expect(async () => await run()).rejects.toMatchObject({ code: 'cloud.request-invalid' });
    expect(caller.calls).toHaveLength(0);
  });
});
