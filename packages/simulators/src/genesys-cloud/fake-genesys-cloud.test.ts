import { expect, test } from 'vitest';
import { FakeGenesysCloud } from './fake-genesys-cloud.ts';
import { TestClient } from './test-client.ts';

test('several fakes live beside each other, each with its own state', async () => {
  await using first = await FakeGenesysCloud.start();
  await using second = await FakeGenesysCloud.start();
  expect(first.url).not.toBe(second.url);
  await (await TestClient.login(first)).post('/routing/skills', { name: 'English' });
  expect([first.state.skills.size, second.state.skills.size]).toEqual([1, 0]);
});

test('a port that is taken is an error', async () => {
  await using fake = await FakeGenesysCloud.start();
  const port = Number(new URL(fake.url).port);
  await expect(FakeGenesysCloud.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a closed fake answers nobody', async () => {
  const fake = await FakeGenesysCloud.start();
  const client = await TestClient.login(fake);
  await fake.close();
  await expect(client.get('/users')).rejects.toThrow();
});
