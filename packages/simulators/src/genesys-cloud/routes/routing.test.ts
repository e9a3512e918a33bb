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

const newUser = (name: string) =>
  fake.state.users.create({ name, email: `${name}@example.com`, state: 'active' }).id;

test('skills have unique names in any case, are found by prefix, and cannot be renamed', async () => {
  const created = await client.post('/routing/skills', { name: 'English' });
  expect(created.json).toMatchObject({ name: 'English', state: 'active' });
  const again = await client.post('/routing/skills', { name: 'ENGLISH' });
  expect([again.status, again.json.code]).toEqual([409, 'general.conflict']);
  fake.quirks.duplicateStatus = 400;
  expect((await client.post('/routing/skills', { name: 'english' })).status).toBe(400);
  expect((await client.get('/routing/skills?name=eng')).json.total).toBe(1);
  expect((await client.get('/routing/skills?name=lish')).json.total).toBe(0);
  expect((await client.call('PUT', `/routing/skills/${created.json.id}`, { name: 'X' })).status).toBe(404);
});

test('a deleted skill is answered as deleted, leaves its users, and frees its name', async () => {
  const { id } = (await client.post('/routing/skills', { name: 'English' })).json;
  const user = newUser('ada');
  await client.call('PUT', `/users/${user}/routingskills/bulk`, [{ id, proficiency: 1 }]);
  expect((await client.call('DELETE', `/routing/skills/${id}`)).status).toBe(200);
  expect((await client.get(`/routing/skills/${id}`)).json.state).toBe('deleted');
  expect(fake.state.users.get(user)?.skills.size).toBe(0);
  expect((await client.get('/routing/skills')).json.total).toBe(0);
  expect((await client.post('/routing/skills', { name: 'English' })).status).toBe(200);
  expect((await client.get('/routing/skills/unknown')).json.code).toBe('skillsservice.skillnotfound');
});

test('queue names are unique, also when a queue is renamed', async () => {
  const first = (await client.post('/routing/queues', { name: 'Sales', peerId: '5000@S' })).json;
  const taken = await client.post('/routing/queues', { name: 'SALES' });
  expect([taken.status, taken.json.code]).toEqual([400, 'duplicate.name']);
  const second = (await client.post('/routing/queues', { name: 'Support' })).json;
  const renamed = await client.call('PUT', `/routing/queues/${second.id}`, { ...second, name: 'sales' });
  expect(renamed.json.code).toBe('duplicate.name');
  const own = await client.call('PUT', `/routing/queues/${first.id}`, { ...first, name: 'sales' });
  expect(own.json).toMatchObject({ name: 'sales', peerId: '5000@S' });
});

test('a queue PUT replaces the settings; the listing filters by name, ID and peer', async () => {
  const { id } = (await client.post('/routing/queues', { name: 'Sales', description: 'x', peerId: '1@S' }))
    .json;
  await client.post('/routing/queues', { name: 'Support' });
  const replaced = (await client.call('PUT', `/routing/queues/${id}`, { name: 'Sales' })).json;
  expect(replaced).not.toHaveProperty('description');
  await client.call('PUT', `/routing/queues/${id}`, { name: 'Sales', peerId: '1@S' });
  const names = async (query: string) =>
    (await client.get(`/routing/queues?${query}`)).json.entities.map((queue: { name: string }) => queue.name);
  expect(await names('name=*S*')).toEqual(['Sales', 'Support']);
  expect(await names('name=sal*')).toEqual(['Sales']);
  expect(await names('peerId=1@S')).toEqual(['Sales']);
  expect(await names('hasPeer=false')).toEqual(['Support']);
  expect(await names(`id=${id}&id=x`)).toEqual(['Sales']);
  expect(await names('sortOrder=desc')).toEqual(['Support', 'Sales']);
});

test('a deleted queue is there until the deletion takes effect', async () => {
  fake.quirks.queueDeleteDelayMs = 60_000;
  const { id } = (await client.post('/routing/queues', { name: 'Sales' })).json;
  expect((await client.call('DELETE', `/routing/queues/${id}?forceDelete=true`)).status).toBe(200);
  expect((await client.get(`/routing/queues/${id}`)).status).toBe(200);
  await clock.advance(60_000);
  expect((await client.get(`/routing/queues/${id}`)).json.code).toBe('resource.not.found');
  expect((await client.post('/routing/queues', { name: 'Sales' })).status).toBe(200);
});

test('members show after a delay, go after a delay, and are listed without totals', async () => {
  const { id } = (await client.post('/routing/queues', { name: 'Sales' })).json;
  const users = ['ada', 'ben', 'cy'].map(newUser);
  const path = `/routing/queues/${id}/members`;
  fake.quirks.visibilityDelayMs = 10_000;
  const added = await client.post(
    path,
    users.map((user) => ({ id: user })),
  );
  expect(added.status).toBe(204);
  const listed = async () => (await client.get(`${path}?memberBy=user`)).json;
  expect((await listed()).entities).toEqual([]);
  const change = [{ id: users[0], ringNumber: 2 }];
  expect((await client.call('PATCH', path, change)).status).toBe(404);
  await clock.advance(10_000);
  const json = await listed();
  expect(json.entities).toHaveLength(3);
  for (const total of ['total', 'pageCount', 'lastUri']) expect(json).not.toHaveProperty(total);
  expect((await client.call('PATCH', path, change)).status).toBe(200);
  expect((await client.get(`/routing/queues/${id}`)).json.memberCount).toBe(3);
  expect((await client.get(`/users/${users[0]}/queues`)).json.entities).toMatchObject([
    { name: 'Sales', joined: true },
  ]);
  await client.post(`${path}?delete=true`, [{ id: users[0] }]);
  expect((await listed()).entities).toHaveLength(3);
  await clock.advance(10_000);
  expect((await listed()).entities).toHaveLength(2);
});

test('member pages link to the next until the last', async () => {
  const { id } = (await client.post('/routing/queues', { name: 'Sales' })).json;
  const path = `/routing/queues/${id}/members`;
  await client.post(
    path,
    ['ada', 'ben', 'cy'].map((name) => ({ id: newUser(name) })),
  );
  expect((await client.get(`${path}?pageSize=2`)).json.nextUri).toContain('pageNumber=2');
  const last = (await client.get(`${path}?pageSize=2&pageNumber=2`)).json;
  expect(last.entities).toHaveLength(1);
  expect(last).not.toHaveProperty('nextUri');
  expect((await client.get(`${path}?pageSize=2&pageNumber=3`)).json.entities).toEqual([]);
});

test('adding an unknown user adds nobody; removing one who is no member is no fault', async () => {
  const { id } = (await client.post('/routing/queues', { name: 'Sales' })).json;
  const path = `/routing/queues/${id}/members`;
  const refused = await client.post(path, [{ id: newUser('ada') }, { id: 'unknown' }]);
  expect([refused.status, refused.json.code]).toEqual([404, 'resource.not.found']);
  expect(fake.state.queues.get(id)?.members.size).toBe(0);
  expect((await client.post(`${path}?delete=true`, [{ id: 'unknown' }])).status).toBe(204);
  expect((await client.post('/routing/queues/unknown/members', [{ id: newUser('ben') }])).status).toBe(404);
});

test('wrap-up codes have unique names and can be attached to queues', async () => {
  const code = (await client.post('/routing/wrapupcodes', { name: 'Solved', division: { id: '*' } })).json;
  expect(code.division.id).toBe('*');
  expect((await client.post('/routing/wrapupcodes', { name: 'solved' })).json.code).toBe('duplicate.name');
  const queue = (await client.post('/routing/queues', { name: 'Sales' })).json;
  const path = `/routing/queues/${queue.id}/wrapupcodes`;
  expect((await client.post(path, [{ id: code.id }])).json).toMatchObject([{ name: 'Solved' }]);
  expect((await client.post(path, [{ id: 'unknown' }])).json.code).toBe('resource.not.found');
  await client.call('PUT', `/routing/wrapupcodes/${code.id}`, { ...code, name: 'Done' });
  expect((await client.get(path)).json.entities).toMatchObject([{ name: 'Done' }]);
  expect((await client.call('DELETE', `${path}/${code.id}`)).status).toBe(200);
  expect((await client.call('DELETE', `${path}/${code.id}`)).status).toBe(404);
  expect((await client.get(path)).json.total).toBe(0);
});
