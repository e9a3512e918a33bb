/** EXCS on a ledger of which a newer release has stored a part. */
import { Formats } from '@exec/common/formats';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { expect, it } from 'vitest';
import { startEngine, startSite } from '../testing/test-site.ts';

it('plans and writes nothing while a part of what it has stored cannot be read, and goes on when it can', async () => {
  const site = await startSite({ centre: { flaws: [], agents: 20 } });
  const first = await startEngine(site);
  await first.converge();
  const { client } = first.redis;
  const key = first.parts.ledger.keys.of('users');
  const [[field, text] = ['', '']] = Object.entries(await client.hgetall(key));
  await first.stop();
  const { v: _, ...link } = JSON.parse(text) as { v: number };
  const formats = new Formats(nextRelease);
  formats.writes = nextFormat;

  const second = await startEngine(site, {
    beforeLease: async (redis) =>
      void (await redis.client.hset(key, field, formats.write('excs:user', link))),
  });
  const before = site.cloud.record.totalWrites;
  await expect(second.run()).rejects.toMatchObject({ code: 'ledger.unreadable' });
  await second.redis.client.hset(key, field, text);
  await second.converge();
  expect(site.cloud.record.totalWrites).toBe(before);
});
