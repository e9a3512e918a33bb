/** What a read leaves behind in the process. */
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { testDatabase } from '@exec/testing/vitest';
import { expect, test } from 'vitest';
import { ConfigDb } from './config-db.ts';

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test('nothing waits for the limit of a read that is over, and keeps its rows', async () => {
  const { url } = await testDatabase();
  const db = new ConfigDb({ url: new Secret(url), clock: systemClock });
  const seen: unknown[] = [];
  const before = timers();
  await db.transaction(async (read) => {
    await read.rows('SELECT 1');
    await read.attempt('SELECT nothing_like_this');
    await read.scan('SELECT generate_series(1, 5000)', [], ([row]) => seen.push(row));
  });
  expect(seen).toHaveLength(5000);
  // Timers of others may end meanwhile.
  expect(timers()).toBeLessThanOrEqual(before);
  await db.close();
});
