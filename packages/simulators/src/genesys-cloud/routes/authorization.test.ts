import { FakeClock } from '@exec/common/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import { TestClient } from '../test-client.ts';

let clock: FakeClock;
let fake: FakeGenesysCloud;
let client: TestClient;
let userId: string;
beforeEach(async () => {
  clock = new FakeClock();
  fake = await FakeGenesysCloud.start({ clock });
  client = await TestClient.login(fake);
  userId = fake.state.users.create({ name: 'Ada', email: 'ada@example.com', state: 'active' }).id;
});
afterEach(() => fake.close());

const home = () => fake.state.authorization.homeDivision.id;
const supervisor = async () =>
  (await client.get('/authorization/roles?name=Supervisor')).json.entities[0].id as string;
const grantsOf = async (id: string) =>
  (await client.get(`/authorization/subjects/${id}`)).json.grants.map(
    (grant: { role: { name: string } }) => grant.role.name,
  );

test.each(['Supervisor', 'admin', 'Master Admin', 'employee'])('the role %s is built in', async (name) => {
  const roles = (await client.get(`/authorization/roles?name=${encodeURIComponent(name)}`)).json.entities;
  expect(roles).toContainEqual(expect.objectContaining({ name, default: true }));
});

test('the name filter of roles is not exact', async () => {
  const names = (await client.get('/authorization/roles?name=admin')).json.entities.map(
    (role: { name: string }) => role.name,
  );
  expect(names).toEqual(['admin', 'Master Admin']);
});

test('grants are added and removed in pairs of role and division', async () => {
  const roleId = await supervisor();
  const grants = [{ roleId, divisionId: home() }];
  expect((await client.post(`/authorization/subjects/${userId}/bulkadd`, { grants })).status).toBe(204);
  await client.post(`/authorization/subjects/${userId}/bulkadd`, { grants });
  expect(await grantsOf(userId)).toEqual(['Supervisor']);
  expect((await client.get(`/authorization/roles/${roleId}/users`)).json.entities).toMatchObject([
    { id: userId },
  ]);
  const path = `/authorization/subjects/${userId}/divisions/${home()}/roles/${roleId}`;
  expect((await client.call('DELETE', path)).status).toBe(204);
  expect((await client.call('DELETE', path)).status).toBe(404);
  expect(await grantsOf(userId)).toEqual([]);
});

test('a role, a division or a user that is too new is a 404; one that never was a bad pair', async () => {
  fake.quirks.visibilityDelayMs = 5_000;
  const role = (await client.post('/authorization/roles', { name: 'New' })).json.id;
  const add = (roleId: string, subject = userId) =>
    client.post(`/authorization/subjects/${subject}/bulkadd`, { grants: [{ roleId, divisionId: home() }] });
  expect((await add(role)).status).toBe(404);
  expect((await add('unknown')).json.code).toBe('bad.role.divisions');
  const newUser = fake.state.users.create({ name: 'B', email: 'b@example.com', state: 'active' }).id;
  expect((await add(await supervisor(), newUser)).status).toBe(404);
  await clock.advance(5_000);
  expect((await add(role)).status).toBe(204);
  expect((await add(await supervisor(), newUser)).status).toBe(204);
});

test('removing pairs fails as a whole when a role has gone', async () => {
  const roleId = await supervisor();
  const { authorization } = fake.state;
  authorization.grant(userId, roleId, home());
  const grants = [
    { roleId, divisionId: home() },
    { roleId: 'gone', divisionId: home() },
  ];
  expect((await client.post(`/authorization/subjects/${userId}/bulkremove`, { grants })).status).toBe(404);
  expect(authorization.holds(userId, roleId)).toBe(true);
});

test('divisions have unique names', async () => {
  expect((await client.get('/authorization/divisions/home')).json).toMatchObject({
    id: home(),
    homeDivision: true,
  });
  await client.post('/authorization/divisions', { name: 'North', description: 'd' });
  const again = await client.post('/authorization/divisions', { name: 'north', description: 'd' });
  expect([again.status, again.json.code]).toEqual([409, 'resource.already.exists']);
});
