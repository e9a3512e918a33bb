/** The ID map in Redis: versions, differences only, all or nothing, fencing. */

import { readFileSync } from 'node:fs';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../config/secret.ts';
import { Formats } from '../formats/index.ts';
import { asId, type CloudSkillId, type CloudSourceId, type CloudWrapupCodeId, type Dbid } from '../ids.ts';
import { silentLogger } from '../logging/logging.ts';
import { KeySpace, RedisConnection } from '../redis/index.ts';
import { nextFormat, nextRelease } from '../testing/index.ts';
import { agentMapping, dnEntry, queueMapping } from './content.fixture.ts';
import { emptyContent, type IdMapContent } from './content.ts';
import { IdMapStore } from './store.ts';

const shared = testRedis();
let redis: RedisConnection;
let keys: KeySpace;
let tenantId = 0;
beforeAll(async () => {
  // A machine with other work answers late; nothing here is about that.
  redis = RedisConnection.open({
    url: new Secret(shared.url),
    name: 'id-map-test',
    logger: silentLogger,
    commandTimeoutMs: 30_000,
  });
  await redis.ready();
});
afterAll(() => redis.close());
beforeEach(() => {
  keys = new KeySpace({ prefix: shared.prefix, orgId: 'o', tenantId: ++tenantId });
});

const formats = new Formats();
const store = () => new IdMapStore({ redis, keys, formats });

const whole: IdMapContent = {
  agents: [agentMapping(1), agentMapping(2, { state: 'inactive', supervisor: true, logins: [] })],
  queues: [queueMapping(11)],
  skills: [{ name: 'English', dbid: asId<Dbid>(21), id: asId<CloudSkillId>('s-21') }],
  wrapupCodes: [
    { name: 'SALE', displayName: 'Sold', dbid: asId<Dbid>(31), id: asId<CloudWrapupCodeId>('w-31') },
    { name: 'LOST', dbid: asId<Dbid>(32), id: asId<CloudWrapupCodeId>('w-32') },
  ],
  dns: [dnEntry('sw1', '7001'), { switch: 'sw1', number: '7001', type: 'ACDPosition' }],
  sourceId: asId<CloudSourceId>('source-1'),
};

/** Content without regard to the order of its lists. */
function unordered(content: IdMapContent | undefined) {
  if (content === undefined) return undefined;
  const lists = { ...content } as Record<string, unknown>;
  for (const [name, value] of Object.entries(lists))
    if (Array.isArray(value))
      lists[name] = new Set(value.map((entry) => JSON.stringify(entry, Object.keys(entry).sort())));
  return lists;
}

/** What is sent to Redis while `work` runs: the values of each write, without keys, fence and version. */
async function writesDuring(
  work: () => Promise<unknown>,
): Promise<{ removed: string[]; changed: string[] }[]> {
  const watched = vi.spyOn(redis.client, 'evalsha');
  try {
    await work();
    return watched.mock.calls.map(
      ([_sha, _keys, _map, _lease, _fence, _expected, _floor, removals, ...values]) => {
        const texts = values.map(String);
        const count = Number(removals);
        return {
          removed: texts.slice(0, count),
          changed: texts.slice(count).filter((_, index) => index % 2 === 0),
        };
      },
    );
  } finally {
    watched.mockRestore();
  }
}

describe('IdMapStore', () => {
  it('answers undefined before anything was written', async () => {
    expect(await store().read()).toBeUndefined();
    expect(await store().version()).toBeUndefined();
  });

  it('gives back what was written, also an empty map', async () => {
    const version = await store().write(whole);
    const read = await store().read();
    expect(read?.version).toBe(version);
    expect(await store().version()).toBe(version);
    expect(unordered(read?.content)).toEqual(unordered(whole));
    const emptied = await store().write(emptyContent);
    expect(emptied).toBeGreaterThan(version);
    expect((await store().read())?.content).toEqual(emptyContent);
  });

  it('keeps the version and writes nothing when nothing changed, whoever writes and in whatever order', async () => {
    const mine = store();
    const version = await mine.write(whole);
    const reversed = { ...whole, agents: whole.agents.toReversed(), dns: whole.dns.toReversed() };
    const writes = await writesDuring(async () => {
      expect(await mine.write(whole)).toBe(version);
      expect(await mine.write(reversed)).toBe(version);
      expect(await store().write(whole)).toBe(version);
    });
    expect(writes).toEqual([]);
  });

  it('writes only differences, and the version', async () => {
    const mine = store();
    await mine.write(whole);
    const next = { ...whole, agents: [agentMapping(1, { email: 'new@example.com' }), agentMapping(3)] };
    const writes = await writesDuring(() => mine.write(next));
    expect(writes).toEqual([{ removed: ['agent:E2'], changed: ['agent:E1', 'agent:E3'] }]);
    expect(unordered((await store().read())?.content)).toEqual(unordered(next));
  });

  it('notices what another writer changed, and what somebody deleted', async () => {
    const mine = store();
    const other = store();
    await mine.write(whole);
    const second = await other.write({ ...whole, skills: [] });
    const third = await mine.write(whole);
    expect(third).toBeGreaterThan(second);
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
    await redis.client.del(keys.key('id-map'));
    const fourth = await mine.write(whole);
    expect(fourth).toBeGreaterThan(third);
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
  });

  it('lets no writer pass whose lease is gone', async () => {
    const leaseKey = keys.key('lease');
    await redis.client.set(leaseKey, 'a:1:5');
    const mine = store();
    const version = await mine.write(whole, { fence: { leaseKey, value: 'a:1:5' } });
    await redis.client.set(leaseKey, 'b:1:6');
    const stale = mine.write(emptyContent, { fence: { leaseKey, value: 'a:1:5' } });
    await expect(stale).rejects.toMatchObject({ code: 'lease.lost' });
    await redis.client.del(leaseKey);
    await expect(store().write(emptyContent, { fence: { leaseKey, value: 'a:1:5' } })).rejects.toMatchObject({
      code: 'lease.lost',
    });
    expect(await store().version()).toBe(version);
  });

  it('carries 20,000 agents, changes of all of them, and their removal', async () => {
    const many = (email: string) => ({
      ...emptyContent,
      agents: Array.from({ length: 20_000 }, (_, index) => agentMapping(index, { email })),
    });
    const mine = store();
    await mine.write(many('a'));
    await mine.write(many('b'));
    const read = await store().read();
    expect(read?.content.agents).toHaveLength(20_000);
    expect(read?.content.agents.every((agent) => agent.email === 'b')).toBe(true);
    await mine.write(emptyContent);
    expect(await redis.client.hlen(keys.key('id-map'))).toBe(2);
  });

  it('reads what this release stored, for ever: the fixture is never changed', async () => {
    const file = new URL('./fixtures/format-1.json', import.meta.url);
    const { format, ...first } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    await redis.client.hset(keys.key('id-map'), first);
    const numberless = await store().read();
    await redis.client.hset(keys.key('id-map'), 'format', format ?? '');
    const read = await store().read();
    expect(read?.content).toEqual(numberless?.content);
    const { agents, queues, skills, wrapupCodes, dns, sourceId } = read?.content ?? emptyContent;
    const texts = [...agents, ...queues, ...skills, ...wrapupCodes, ...dns, sourceId].map((one) =>
      JSON.stringify(one),
    );
    const { version: _, ...stored } = first;
    expect(texts.toSorted()).toEqual(Object.values(stored).toSorted());
  });

  it('is written anew in the format that is to be written, and read by releases that know it', async () => {
    const next = new Formats(nextRelease);
    const newer = new IdMapStore({ redis, keys, formats: next });
    const first = await newer.write(whole);
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
    next.writes = nextFormat;
    expect(await newer.holds(first)).toBe(false);
    const second = await newer.write(whole);
    expect([await newer.holds(second), second > first]).toEqual([true, true]);
    expect(unordered((await newer.read())?.content)).toEqual(unordered(whole));
    await expect(store().read()).rejects.toMatchObject({
      code: 'id-map.unreadable',
      message: expect.stringContaining(`format ${nextFormat}`),
    });
    next.writes = 1;
    await newer.write(whole);
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
  });

  it('refuses to read what it does not understand', async () => {
    await store().write(whole);
    await redis.client.hset(keys.key('id-map'), 'agent:E1', '{"employeeId":1}');
    await expect(store().read()).rejects.toMatchObject({ code: 'id-map.unreadable' });
    await redis.client.hset(keys.key('id-map'), 'agent:E1', 'not json');
    await expect(store().read()).rejects.toMatchObject({ code: 'id-map.unreadable' });
    await store().write(whole);
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
  });

  it('reads past kinds of objects that a later release adds', async () => {
    await store().write(whole);
    await redis.client.hset(keys.key('id-map'), 'novelty:1', '{}');
    expect(unordered((await store().read())?.content)).toEqual(unordered(whole));
  });

  it('says that Redis is away, and goes on when it is back without its data', async () => {
    const server = await ownRedis();
    const own = RedisConnection.open({ url: new Secret(server.url), name: 'own', logger: silentLogger });
    try {
      await own.ready();
      const mine = new IdMapStore({ redis: own, keys, formats });
      const version = await mine.write(whole);
      await server.kill();
      await expect(mine.write(emptyContent)).rejects.toMatchObject({
        code: 'redis.unavailable',
        retryable: true,
      });
      await expect(mine.read()).rejects.toMatchObject({ code: 'redis.unavailable' });
      await server.restart();
      await own.ready();
      expect(await mine.write(whole)).toBeGreaterThan(version);
      expect(unordered((await mine.read())?.content)).toEqual(unordered(whole));
    } finally {
      await own.close();
    }
  });

  it('after any sequence of writes holds the last content, and its version changed exactly when it did', async () => {
    const content = fc
      .uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 8 }), email: fc.constantFrom('a', 'b') }), {
        selector: (agent) => agent.id,
      })
      .map((agents) => ({
        ...emptyContent,
        agents: agents.map(({ id, email }) => agentMapping(id, { email })),
      }));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 6 }), async (contents) => {
        keys = new KeySpace({ prefix: shared.prefix, orgId: `p${++run}`, tenantId: 1 });
        const writers = [store(), store()];
        let last: { agents: string[]; version: number } | undefined;
        for (const [index, next] of contents.entries()) {
          const version = await (writers[index % 2] ?? store()).write(next);
          const agents = next.agents.map((agent) => JSON.stringify(agent)).sort();
          if (last !== undefined && agents.join() === last.agents.join()) expect(version).toBe(last.version);
          else expect(version).toBeGreaterThan(last?.version ?? 0);
          last = { agents, version };
          expect(unordered((await store().read())?.content)).toEqual(unordered(next));
        }
      }),
      { numRuns: 30 },
    );
  });
});
