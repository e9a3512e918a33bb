import { randomUUID } from 'node:crypto';
import platformClient from 'purecloud-platform-client-v2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeGenesysCloud } from './fake-genesys-cloud.ts';

// The library keeps one client per process, so these tests share one fake; each makes objects of its own.
let fake: FakeGenesysCloud;
const client = platformClient.ApiClient.instance;
const users = new platformClient.UsersApi();
const routing = new platformClient.RoutingApi();
const authorization = new platformClient.AuthorizationApi();
const presence = new platformClient.PresenceApi();
const events = new platformClient.EventsApi();

beforeAll(async () => {
  fake = await FakeGenesysCloud.start({ requestsPerMinute: 1_000 });
  const { hostname, port } = new URL(fake.url);
  client.setGateway({ host: hostname, protocol: 'http', port: Number(port) });
  await client.loginClientCredentialsGrant('config-sync', 'config-sync-secret');
});
afterAll(() => fake.close());

async function newUser(email = `${randomUUID()}@example.com`) {
  const { id: divisionId = '' } = await authorization.getAuthorizationDivisionsHome();
  return users.postUsers({ name: 'Ada Lovelace', email, divisionId, state: 'active' });
}

test('logs in, and is refused with wrong credentials', async () => {
  const refused = client.loginClientCredentialsGrant('config-sync', 'wrong');
  await expect(refused).rejects.toMatchObject({
    response: { status: 401, data: { error: 'invalid_client' } },
  });
  await client.loginClientCredentialsGrant('config-sync', 'config-sync-secret');
  const organization = await new platformClient.OrganizationApi().getOrganizationsMe();
  expect(organization.id).toBe(fake.organizationId);
});

test('creates, finds, patches and deletes a user', async () => {
  const email = `${randomUUID()}@example.com`;
  const user = await newUser(email);
  const id = user.id ?? '';
  expect(user).toMatchObject({ email, state: 'active', version: 1 });
  const patched = await users.patchUser(id, { version: 1, name: 'Ada King', title: 'Countess' });
  expect(patched).toMatchObject({ name: 'Ada King', title: 'Countess', version: 2 });
  await expect(users.patchUser(id, { version: 1, name: 'X' })).rejects.toMatchObject({
    code: 'general.conflict',
  });
  const inactive = await users.patchUser(id, { version: 2, state: 'inactive' });
  expect(inactive.state).toBe('inactive');
  const listed = await users.getUsers({
    pageSize: 500,
    state: 'any',
    id: [id, randomUUID()],
    expand: ['skills', 'languages'],
  });
  expect(listed.entities?.map((found) => found.id)).toEqual([id]);
  const search = await users.postUsersSearch({
    query: [
      { type: 'EXACT', fields: ['email'], value: email },
      { type: 'EXACT', fields: ['state'], values: ['active', 'inactive'] },
    ],
  });
  expect(search.results.map((found) => found.id)).toEqual([id]);
  await users.deleteUser(id);
  await expect(users.getUser(id)).rejects.toMatchObject({ code: 'general.resource.not.found', status: 404 });
});

test('gives a user an external ID, skills and a role', async () => {
  const { id = '' } = await newUser();
  const externalKey = `101/${randomUUID()}`;
  await users.postUserExternalid(id, { authorityName: 'engage/1', externalKey });
  expect((await users.getUsersExternalidAuthorityNameExternalKey('engage/1', externalKey)).id).toBe(id);
  const skill = await routing.postRoutingSkills({ name: `English ${randomUUID()}` });
  const skills = await routing.putUserRoutingskillsBulk(id, [{ id: skill.id ?? '', proficiency: 4 }]);
  expect(skills.entities).toMatchObject([{ id: skill.id, proficiency: 4 }]);
  const roles = await authorization.getAuthorizationRoles({ name: 'Supervisor', userCount: false });
  const roleId = roles.entities?.[0]?.id ?? '';
  const { id: divisionId = '' } = await authorization.getAuthorizationDivisionsHome();
  await authorization.postAuthorizationSubjectBulkadd(id, { grants: [{ roleId, divisionId }] });
  const subject = await authorization.getAuthorizationSubject(id);
  expect(subject.grants?.map((grant) => grant.role?.name)).toContain('Supervisor');
});

test('creates queues, members and wrap-up codes', async () => {
  const name = `Sales ${randomUUID()}`;
  const queue = await routing.postRoutingQueues({ name, peerId: '5000@S' });
  const queueId = queue.id ?? '';
  await expect(routing.postRoutingQueues({ name })).rejects.toMatchObject({
    code: 'duplicate.name',
    status: 400,
  });
  expect((await routing.putRoutingQueue(queueId, { name, description: 'x' })).description).toBe('x');
  const members = [await newUser(), await newUser()];
  await routing.postRoutingQueueMembers(
    queueId,
    members.map(({ id }) => ({ id: id ?? '' })),
  );
  const listed = await routing.getRoutingQueueMembers(queueId, { memberBy: 'user', pageSize: 100 });
  expect(listed.entities?.map((member) => member.id)).toEqual(members.map((member) => member.id));
  await routing.postRoutingQueueMembers(queueId, [{ id: members[0]?.id ?? '' }], { _delete: true });
  expect((await routing.getRoutingQueueMembers(queueId)).entities).toHaveLength(1);
  const code = await routing.postRoutingWrapupcodes({ name: `Solved ${randomUUID()}` });
  await routing.postRoutingQueueWrapupcodes(queueId, [{ id: code.id ?? '' }]);
  expect((await routing.getRoutingQueueWrapupcodes(queueId)).entities).toMatchObject([{ id: code.id }]);
  const queues = await routing.getRoutingQueues({ id: [queueId], pageSize: 500 });
  expect(queues.entities).toMatchObject([{ name, memberCount: 1 }]);
});

test('injects presences, routing statuses and a conversation', async () => {
  const { id: userId = '' } = await newUser();
  const source = await presence.postPresenceSources({ name: `Engage ${randomUUID()}`, type: 'User' });
  const sourceId = source.id ?? '';
  await presence.putPresenceUserPrimarysource(userId, { sourceId });
  const definitions = await presence.getPresenceDefinitions0();
  const onQueue = definitions.entities?.find((definition) => definition.systemPresence === 'OnQueue');
  const base = (second: number) => ({
    eventId: randomUUID(),
    eventDateTime: new Date(Date.UTC(2026, 0, 5, 8, 0, second)).toISOString(),
  });
  const presences = await events.postEventsUsersPresence({
    userPresenceEvents: [{ ...base(1), userId, sourceId, presenceDefinitionId: onQueue?.id ?? '' }],
  });
  const statuses = await events.postEventsUsersRoutingstatus({
    userRoutingStatusEvents: [{ ...base(1), agentId: userId, sourceId, status: 'Idle' }],
  });
  const conversationId = randomUUID();
  const communicationId = randomUUID();
  const leg = { ...base(1), conversationId, communicationId };
  const conversation = await events.postEventsConversations({
    userEstablishedEvents: [
      {
        ...leg,
        userId,
        initialConfiguration: { alerting: true, inbound: true },
        sourceConfiguration: { sourceId, interactionId: 'CALL-1' },
      },
    ],
    communicationAnsweredEvents: [{ ...leg, ...base(2) }],
    communicationEndedEvents: [{ ...leg, ...base(3), disconnectType: 'Self' }],
  });
  for (const answer of [presences, statuses, conversation]) expect(answer.errors).toEqual([]);
  expect(fake.conversation(conversationId)?.legs).toMatchObject([
    { type: 'user', userId, disconnectType: 'Self' },
  ]);
  const users = await presence.getUsersPresenceBulk(sourceId, { id: [userId] });
  expect(users).toMatchObject([{ userId, presenceDefinition: { id: onQueue?.id } }]);
});

test('what the library sent broke no rule of the fake', () => {
  expect(fake.record.violations).toEqual([]);
});
