import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@exec/common/clock';
import { ExcsClient } from '@exec/common/excs-client';
import { Formats } from '@exec/common/formats';
import { Health } from '@exec/common/http';
import { type IdMap, type IdMapContent, IdMapStore } from '@exec/common/id-map';
import { silentLogger } from '@exec/common/logging';
import { KeySpace } from '@exec/common/redis';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentOf, inventedIds } from '../testing/mapping.ts';
import { openRedis } from '../testing/redis.ts';
import { waitFor } from '../testing/stand.ts';
import { Mirror } from './mirror.ts';

const content = contentOf(produce([scenarioNamed('hold'), scenarioNamed('ivr-call')]), inventedIds);

/** A little EXCS: pages of two, ETags, and switches for what may go wrong. */
async function startExcs() {
  const state = { version: 1, content, away: false, requests: 0, notModified: 0, source: true };
  const server = createServer((request, response) => {
    state.requests++;
    const url = new URL(request.url ?? '', 'http://excs');
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    if (state.away) return answer(503, {});
    if (url.pathname === '/api/v1/source')
      return state.source ? answer(200, { sourceId: state.content.sourceId }) : answer(404, {});
    const lists: Record<string, readonly unknown[]> = {
      '/api/v1/mappings/agents': state.content.agents,
      '/api/v1/mappings/queues': state.content.queues,
      '/api/v1/mappings/skills': state.content.skills,
      '/api/v1/mappings/wrapup-codes': state.content.wrapupCodes,
      '/api/v1/dns': state.content.dns,
    };
    const list = lists[url.pathname];
    if (list === undefined) return answer(404, {});
    const etag = `"${state.version}"`;
    if (request.headers['if-none-match'] === etag) {
      state.notModified++;
      return response.writeHead(304, { etag }).end();
    }
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const next = from + 2 < list.length ? String(from + 2) : null;
    return answer(200, { version: state.version, items: list.slice(from, from + 2), next }, { etag });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Redis fails within a look: what EXCS told of is read, and cannot be stored. */
class FailingStore extends IdMapStore {
  failures = 0;
  failed = 0;

  override async write(next: IdMapContent): ReturnType<IdMapStore['write']> {
    if (this.failures > 0) {
      this.failures--;
      this.failed++;
      throw new Error('Redis is away');
    }
    return await super.write(next);
  }
}

async function mirrorOf(url: string, redisServer = testRedis()) {
  const { redis } = await openRedis(redisServer);
  const keys = new KeySpace({ prefix: redisServer.prefix, orgId: 'org', tenantId: 1 });
  const health = new Health({ clock: systemClock });
  const maps: IdMap[] = [];
  const excs = new ExcsClient({ url });
  const store = new FailingStore({ redis, keys, formats: new Formats() });
  const mirror = new Mirror({
    excs,
    store,
    clock: systemClock,
    logger: silentLogger,
    health: health.dependency('mapping'),
    onChange: (map) => maps.push(map),
    intervalMs: 30,
  });
  onTestFinished(async () => {
    await mirror.stop();
    await excs.close();
    await redis.close();
  });
  mirror.look();
  return { mirror, maps, store, detail: () => health.ready().dependencies[0] };
}

describe('the mirror of the mapping', () => {
  it('reads all pages once, and then only asks whether they changed', async () => {
    const { state, url } = await startExcs();
    const { mirror, maps } = await mirrorOf(url);
    await waitFor(async () => state.notModified >= 10, 'unchanged lists');
    expect(maps).toHaveLength(1);
    expect(mirror.map?.content).toEqual(content);
    state.version = 2;
    state.content = { ...content, queues: content.queues.slice(0, 0) };
    await waitFor(async () => maps.length === 2, 'the change');
    expect(mirror.map?.content.queues).toEqual([]);
  });

  it('stores a change at the next look when Redis was away at the first one', async () => {
    const { state, url } = await startExcs();
    const { mirror, maps, store } = await mirrorOf(url);
    await waitFor(async () => maps.length === 1, 'the mapping');
    store.failures = 1;
    state.version = 2;
    state.content = { ...content, queues: content.queues.slice(0, 0) };
    await waitFor(async () => maps.length === 2, 'the change');
    expect(store.failed).toBe(1);
    expect(mirror.map?.content.queues).toEqual([]);
  });

  it('works on without EXCS, also an instance that starts then', async () => {
    const { state, url } = await startExcs();
    const server = testRedis();
    const first = await mirrorOf(url, server);
    await waitFor(async () => first.mirror.map !== undefined, 'the mapping');
    state.away = true;
    const second = await mirrorOf(url, server);
    await waitFor(async () => second.mirror.map !== undefined, 'the mapping from the mirror');
    expect(second.mirror.map?.content).toEqual(content);
    await waitFor(
      async () => first.detail()?.detail.includes('working from the mirror') === true,
      'it says so',
    );
    expect(first.detail()?.up).toBe(true);
  });

  it('is not complete without the Source, and says what is missing', async () => {
    const { state, url } = await startExcs();
    state.source = false;
    const { mirror, detail } = await mirrorOf(url);
    await waitFor(async () => detail()?.detail.includes('/api/v1/source') === true, 'the reason');
    expect(mirror.map).toBeUndefined();
    expect(detail()?.up).toBe(false);
    state.source = true;
    await waitFor(async () => mirror.map !== undefined, 'the mapping');
  });
});
