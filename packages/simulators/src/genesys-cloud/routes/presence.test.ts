import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeGenesysCloud } from '../fake-genesys-cloud.ts';
import { sourceLimits } from '../store/presence.ts';
import { TestClient } from '../test-client.ts';

let fake: FakeGenesysCloud;
let client: TestClient;
let userId: string;
beforeEach(async () => {
  fake = await FakeGenesysCloud.start();
  client = await TestClient.login(fake);
  userId = fake.state.users.create({ name: 'Ada', email: 'ada@example.com', state: 'active' }).id;
});
afterEach(() => fake.close());

test.each([
  ['a blank name', { name: ' ' }, 'namecannotbeblank'],
  ['a long name', { name: 'x'.repeat(sourceLimits.name + 1) }, 'nametoolong'],
  [
    'a long description',
    { name: 'x', description: 'y'.repeat(sourceLimits.description + 1) },
    'descriptiontoolong',
  ],
])('a source with %s is a 409', async (_name, body, code) => {
  const { status, json } = await client.post('/presence/sources', body);
  expect([status, json.code]).toEqual([409, `presenceservice.source.${code}`]);
});

test('sources are limited in number, changed, and deactivated by deletion', async () => {
  const first = (await client.post('/presence/sources', { name: 'Engage 1', type: 'User' })).json;
  for (let count = 1; count < sourceLimits.active; count++)
    await client.post('/presence/sources', { name: 'More' });
  expect((await client.post('/presence/sources', { name: 'One' })).json.code).toBe(
    'presenceservice.source.toomanyactivesources',
  );
  const changed = await client.call('PUT', `/presence/sources/${first.id}`, {
    ...first,
    description: 'ours',
  });
  expect(changed.json.description).toBe('ours');
  expect((await client.call('DELETE', `/presence/sources/${first.id}`)).status).toBe(204);
  const ids = async (query: string) =>
    (await client.get(`/presence/sources${query}`)).json.entities.map((source: { id: string }) => source.id);
  expect(await ids('')).not.toContain(first.id);
  expect(await ids('?deactivated=true')).toEqual([first.id]);
  expect((await client.get('/presence/sources/unknown')).json.code).toBe(
    'presenceservice.source.sourcenotfound',
  );
});

test('the source of the platform itself is listed and cannot be changed', async () => {
  const [system] = (await client.get('/presence/sources')).json.entities;
  expect(system.type).toBe('System');
  const { status, json } = await client.call('PUT', `/presence/sources/${system.id}`, { name: 'X' });
  expect([status, json.code]).toEqual([409, 'presenceservice.source.systemsourcescannotbeupdated']);
});

test.each([
  ['Available', '6a3af858-942f-489d-9700-5f9bcdcdae9b'],
  ['OnQueue', 'e08eaf1b-ee47-4fa9-a231-1200e284798f'],
  ['Busy', '31fe3bac-dea6-44b7-bed7-47f91660a1a0'],
  ['Meal', '3fd96123-badb-4f69-bc03-1b1ccc6d8014'],
  ['Break', '227b37e2-f1d0-4dd0-8f50-badd7cf6d158'],
  ['Offline', 'ccf3c10a-aa2c-4845-8e8d-f59fa48c58e5'],
])('the definition of %s has the ID seen in public code', async (systemPresence, id) => {
  const { entities } = (await client.get('/presence/definitions')).json;
  expect(entities).toContainEqual(expect.objectContaining({ id, systemPresence, type: 'System' }));
});

test('the older listing spells On Queue', async () => {
  const { entities } = (await client.get('/presencedefinitions')).json;
  expect(entities).toContainEqual(expect.objectContaining({ systemPresence: 'On Queue' }));
});

test('the primary source is the own one, else the default of the organisation, else the platform', async () => {
  const path = `/presence/users/${userId}/primarysource`;
  expect((await client.get(path)).json).toMatchObject({ sourceId: 'purecloud', registered: false });
  const [first, second] = ['One', 'Two'].map((name) => fake.state.presence.saveSource({ name }).id);
  const settings = (await client.get('/presence/settings')).json;
  await client.call('PUT', '/presence/settings', {
    ...settings,
    defaultPrimaryPresenceRegisteredSourceId: first,
  });
  expect((await client.get(path)).json).toMatchObject({ sourceId: first, registered: true });
  await client.call('PUT', path, { sourceId: second });
  expect((await client.get(path)).json.sourceId).toBe(second);
  expect((await client.call('PUT', path, { sourceId: 'unknown' })).status).toBe(404);
  const bare = await client.call('PUT', '/presence/settings', {});
  expect(bare.json.code).toBe(
    'presenceservice.organizationconfiguration.restorepresenceconfigurationnotprovided',
  );
});

test('a registered source is written by events only, and read back in bulk', async () => {
  const sourceId = fake.state.presence.saveSource({ name: 'Engage' }).id;
  const busy = fake.state.presence.definitions.system('Busy')?.id;
  const native = await client.call('PATCH', `/users/${userId}/presences/${sourceId}`, {
    presenceDefinition: { id: busy },
  });
  expect([native.status, native.json.code]).toEqual([409, 'presenceservice.conflict']);
  await client.post('/events/users/presence', {
    userPresenceEvents: [
      {
        eventId: randomUUID(),
        eventDateTime: '2026-01-05T08:00:00Z',
        userId,
        sourceId,
        presenceDefinitionId: busy,
      },
    ],
  });
  const { json } = await client.get(`/users/presences/${sourceId}/bulk?id=${userId}`);
  expect(json).toMatchObject([
    { userId, sourceId, presenceDefinition: { id: busy, systemPresence: 'Busy' } },
  ]);
  expect((await client.get(`/users/presences/${sourceId}/bulk?id=unknown`)).json.code).toBe(
    'presenceservice.usernotfound',
  );
});

test('the native bulk write cannot set on-queue', async () => {
  const id = fake.state.presence.definitions.system('OnQueue')?.id;
  const { json } = await client.call('PUT', '/users/presences/bulk', [
    { id: userId, presenceDefinition: { id } },
  ]);
  expect(json.code).toBe('endpoint.does.not.support.on.queue');
});

test('the routing status of a user who does not exist is OFF_QUEUE', async () => {
  expect((await client.get(`/users/${randomUUID()}/routingstatus`)).json.status).toBe('OFF_QUEUE');
  await client.call('PUT', `/users/${userId}/routingstatus`, { status: 'NOT_RESPONDING' });
  expect((await client.get(`/users/${userId}/routingstatus`)).json.status).toBe('NOT_RESPONDING');
});
