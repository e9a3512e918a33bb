import { FakeClock } from '@exec/common/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import { TestClient } from '../test-client.ts';

let clock: FakeClock;
let fake: FakeGenesysCloud;
let client: TestClient;
beforeEach(async () => {
  clock = new FakeClock();
  fake = await FakeGenesysCloud.start({ clock });
  client = await TestClient.login(fake);
});
afterEach(() => fake.close());

const divisionId = () => fake.state.authorization.homeDivision.id;
const create = (email: string, more: object = {}) =>
  client.post('/users', { name: 'Ada', email, divisionId: divisionId(), ...more });

test('a user without state is inactive, and holds the role of an employee', async () => {
  const { status, json } = await create('ada@example.com', { title: 'Agent' });
  expect(status).toBe(200);
  expect(json).toMatchObject({ state: 'inactive', version: 1, title: 'Agent', division: { name: 'Home' } });
  const roles = (await client.get(`/users/${json.id}/roles`)).json.roles;
  expect(roles.map((role: { name: string }) => role.name)).toEqual(['employee']);
});

test('the listing shows active users only, unless it is asked for others', async () => {
  await create('a@example.com', { state: 'active' });
  await create('b@example.com');
  const names = async (query: string) => (await client.get(`/users${query}`)).json.total;
  expect(await names('')).toBe(1);
  expect(await names('?state=inactive')).toBe(1);
  expect(await names('?state=any')).toBe(2);
  expect(await names('?state=inactive&pageSize=500&pageNumber=21')).toBeUndefined();
});

test('pages have totals and links', async () => {
  for (const letter of 'abc') await create(`${letter}@example.com`, { state: 'active' });
  const { json } = await client.get('/users?pageSize=2&pageNumber=1');
  expect(json).toMatchObject({ pageSize: 2, pageNumber: 1, total: 3, pageCount: 2 });
  expect(json.nextUri).toBe('/api/v2/users?pageSize=2&pageNumber=2');
  const last = (await client.get('/users?pageSize=2&pageNumber=2')).json;
  expect(last.entities).toHaveLength(1);
  expect(last).not.toHaveProperty('nextUri');
  expect((await client.get('/users?pageSize=2&pageNumber=9')).json.entities).toEqual([]);
});

test('the cursor listing goes on until there is no cursor', async () => {
  for (const letter of 'abc') await create(`${letter}@example.com`, { state: 'active' });
  const first = (await client.get('/users/query?pageSize=2')).json;
  expect(first.entities).toHaveLength(2);
  const second = (await client.get(`/users/query?pageSize=2&cursor=${first.cursor}`)).json;
  expect(second.entities).toHaveLength(1);
  expect(second).not.toHaveProperty('cursor');
});

test('each write raises the version; a stale one is refused in either published form', async () => {
  const { id } = (await create('ada@example.com')).json;
  const path = `/users/${id}`;
  const changed = await client.call('PATCH', path, { version: 1, name: 'Ada L.', department: 'Sales' });
  expect(changed.json).toMatchObject({ version: 2, name: 'Ada L.', department: 'Sales' });
  const stale = await client.call('PATCH', path, { version: 1, name: 'X' });
  expect([stale.status, stale.json.code]).toEqual([409, 'general.conflict']);
  fake.quirks.versionConflict = 'status-400';
  const older = await client.call('PATCH', path, { version: 1, name: 'X' });
  expect(older.status).toBe(400);
  expect(older.json.message).toContain('does not match the current version');
  const skill = fake.state.skills.create('English').id;
  await client.call('PUT', `${path}/routingskills/bulk`, [{ id: skill, proficiency: 3 }]);
  expect((await client.get(path)).json.version).toBe(3);
});

test('the state changes alone or not at all', async () => {
  const { id } = (await create('ada@example.com')).json;
  const both = await client.call('PATCH', `/users/${id}`, { version: 1, state: 'active', name: 'B' });
  expect([both.status, both.json.code]).toEqual([400, 'general.bad.request']);
  const alone = await client.call('PATCH', `/users/${id}`, { version: 1, state: 'active' });
  expect(alone.json).toMatchObject({ state: 'active', name: 'Ada' });
});

test('a deleted user is hidden, holds the address, leaves the queues, and can be restored', async () => {
  const { id } = (await create('ada@example.com', { state: 'active' })).json;
  const queue = fake.state.queues.create({ name: 'Q' });
  queue.members.add(id);
  expect((await client.call('DELETE', `/users/${id}`)).status).toBe(200);
  expect(queue.members.size).toBe(0);
  expect((await client.get(`/users/${id}`)).json.code).toBe('general.resource.not.found');
  expect((await client.get(`/users/${id}?state=deleted`)).json.state).toBe('deleted');
  expect((await client.call('PATCH', `/users/${id}`, { version: 2, name: 'X' })).status).toBe(404);
  const again = await create('ADA@example.com');
  expect([again.status, again.json.code]).toEqual([409, 'general.conflict']);
  fake.quirks.duplicateStatus = 400;
  expect((await create('ada@example.com')).status).toBe(400);
  const restored = await client.call('PATCH', `/users/${id}`, { version: 2, state: 'active' });
  expect(restored.json).toMatchObject({ state: 'active', version: 3 });
});

test('a created user is a 404 until it shows, and holds its address at once', async () => {
  fake.quirks.visibilityDelayMs = 5_000;
  const { id } = (await create('ada@example.com', { state: 'active' })).json;
  expect((await client.get(`/users/${id}`)).status).toBe(404);
  expect((await client.get('/users')).json.total).toBe(0);
  expect((await client.call('PATCH', `/users/${id}`, { version: 1, name: 'X' })).status).toBe(404);
  expect((await create('ada@example.com')).status).toBe(409);
  await clock.advance(5_000);
  expect((await client.get(`/users/${id}`)).status).toBe(200);
});

test('with jitter, objects show out of order', async () => {
  fake.quirks.visibilityDelayMs = 1_000;
  fake.quirks.visibilityJitterMs = 10_000;
  const ids: string[] = [];
  for (let index = 0; index < 8; index++)
    ids.push((await create(`u${index}@example.com`, { state: 'active' })).json.id);
  const shownAt = new Map<string, number>();
  for (let second = 0; second <= 12; second++) {
    for (const user of (await client.get('/users?pageSize=100')).json.entities)
      if (!shownAt.has(user.id)) shownAt.set(user.id, second);
    await clock.advance(1_000);
  }
  const times = ids.map((id) => shownAt.get(id) ?? Number.NaN);
  expect(times.every((time) => time >= 1)).toBe(true);
  expect(times).not.toEqual(times.toSorted((left, right) => left - right));
});

const search = (email: string, states?: readonly string[]) =>
  client.post('/users/search', {
    query: [
      { type: 'EXACT', fields: ['email'], value: email },
      ...(states === undefined ? [] : [{ type: 'EXACT', fields: ['state'], values: states }]),
    ],
  });

test('the search finds active users, others when asked, and is behind the users', async () => {
  fake.quirks.searchDelayMs = 10_000;
  const { id } = (await create('ada@example.com', { state: 'active' })).json;
  expect((await search('ada@example.com')).json.total).toBe(0);
  await clock.advance(10_000);
  expect((await search('ADA@example.com')).json.results[0].id).toBe(id);
  await client.call('PATCH', `/users/${id}`, { version: 1, email: 'lovelace@example.com' });
  expect((await search('ada@example.com')).json.total).toBe(1);
  await clock.advance(10_000);
  expect((await search('ada@example.com')).json.total).toBe(0);
  await client.call('DELETE', `/users/${id}`);
  await clock.advance(10_000);
  expect((await search('lovelace@example.com')).json.total).toBe(0);
  expect((await search('lovelace@example.com', ['deleted'])).json.results[0].state).toBe('deleted');
});

test('the search combines its criteria', async () => {
  await create('ada@example.com', { state: 'active' });
  await create('ben@example.com', { state: 'active', name: 'Ben' });
  const total = async (query: readonly object[]) =>
    (await client.post('/users/search', { query })).json.total;
  expect(await total([{ type: 'STARTS_WITH', fields: ['name'], value: 'b' }])).toBe(1);
  expect(await total([{ type: 'CONTAINS', fields: ['email'], value: 'example' }])).toBe(2);
  expect(await total([{ type: 'CONTAINS', fields: ['email'], value: 'example', operator: 'NOT' }])).toBe(0);
  expect(
    await total([
      { type: 'EXACT', fields: ['name'], value: 'Ada', operator: 'OR' },
      { type: 'EXACT', fields: ['name'], value: 'Ben', operator: 'OR' },
    ]),
  ).toBe(2);
});

test('external IDs are told apart by case, belong to one user, and may hold any character', async () => {
  const ada = (await create('ada@example.com')).json.id;
  const ben = (await create('ben@example.com')).json.id;
  const add = (id: string, externalKey: string) =>
    client.post(`/users/${id}/externalid`, { authorityName: 'engage/1', externalKey });
  const first = await add(ada, 'Key /ü');
  expect(first.json).toMatchObject({ authorityName: 'engage/1', externalKey: 'Key /ü' });
  const taken = await add(ben, 'Key /ü');
  expect([taken.status, taken.json.code]).toEqual([409, 'general.resource.conflict']);
  fake.quirks.externalIdAnswer = 'array';
  expect((await add(ben, 'key /ü')).json).toHaveLength(1);
  const find = (key: string) =>
    client.get(`/users/externalid/${encodeURIComponent('engage/1')}/${encodeURIComponent(key)}`);
  expect((await find('Key /ü')).json.id).toBe(ada);
  expect((await find('key /ü')).json.id).toBe(ben);
  expect((await find('KEY /ü')).json.code).toBe('general.resource.not.found');
  const path = `/users/${ada}/externalid/${encodeURIComponent('engage/1')}`;
  expect((await client.call('DELETE', `${path}/${encodeURIComponent('Key /ü')}`)).status).toBe(204);
  expect((await client.call('DELETE', `${path}/${encodeURIComponent('Key /ü')}`)).status).toBe(404);
  expect((await client.get(`/users/${ada}/externalid`)).json).toEqual([]);
});

test('the external ID of a deleted user stays taken, and no look-up shows whose it is', async () => {
  const ada = (await create('ada@example.com')).json.id;
  const ben = (await create('ben@example.com')).json.id;
  const id = { authorityName: 'engage/1', externalKey: '7' };
  await client.post(`/users/${ada}/externalid`, id);
  fake.state.users.change(ada, { state: 'deleted' });
  const find = await client.get(`/users/externalid/${encodeURIComponent('engage/1')}/7`);
  expect([find.status, find.json.code]).toEqual([404, 'general.resource.not.found']);
  expect((await client.get(`/users/${ada}/externalid`)).status).toBe(404);
  const taken = await client.post(`/users/${ben}/externalid`, id);
  expect([taken.status, taken.json.code]).toEqual([409, 'general.resource.conflict']);
});

test('PUT replaces the skills of a user, PATCH adds to them, neither takes an unknown one', async () => {
  const { id } = (await create('ada@example.com')).json;
  const [english, german] = ['English', 'German'].map((name) => fake.state.skills.create(name).id);
  const path = `/users/${id}/routingskills`;
  await client.call('PUT', `${path}/bulk`, [{ id: english, proficiency: 3 }]);
  await client.call('PATCH', `${path}/bulk`, [{ id: german, proficiency: 2.5 }]);
  expect((await client.get(path)).json.entities).toMatchObject([
    { name: 'English', proficiency: 3 },
    { name: 'German', proficiency: 2.5 },
  ]);
  expect((await client.get(`/users?state=any&expand=skills`)).json.entities[0].skills).toHaveLength(2);
  await client.call('PUT', `${path}/bulk`, [{ id: german, proficiency: 1 }]);
  expect([...(fake.state.users.get(id)?.skills ?? [])]).toEqual([[german, 1]]);
  expect((await client.call('DELETE', `${path}/${english}`)).status).toBe(404);
  expect((await client.post(path, { id: 'unknown', proficiency: 1 })).json.code).toBe(
    'general.resource.not.found',
  );
});
