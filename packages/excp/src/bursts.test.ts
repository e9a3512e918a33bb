/** Calls as fast as the sockets take them, over connections that lag behind each other. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, connections } from '@exec/common/config';
import { formatAddress } from '@exec/engage-link';
import { type Production, produce, scenarioNamed } from '@exec/simulators/scenarios';
import { FaultProxy, type Toxic } from '@exec/testing/proxy';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { agentsFor, callLoad, logInAgents, publishedOfCall } from './testing/call-load.ts';
import { ExcpProcess } from './testing/processes.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';

const callsPerSecond = 200;

interface Burst {
  readonly calls: number;
  readonly bursts: number;
  readonly instances: number;
  readonly sites?: 1 | 2;
  /** Redis' clock was so far ahead before, and is right again: its streams go on with the time that it showed then. */
  readonly clockWasAheadMs?: number;
  /** Faults of a connection of one instance. */
  readonly toxics?: (connection: Connection, instance: number) => readonly Toxic[];
}

/** What the cloud is told of each call, in any order. */
const published = [
  'communicationAnswered',
  'communicationDispositionApplied',
  'communicationEnded',
  'communicationEnded',
  'communicationEnded',
  'externalEstablished',
  'holdUpdated',
  'holdUpdated',
  'routingEstablished',
  'userEstablished',
];

/** Agents and queues of one site after the other. */
function productionOf(sites: 1 | 2): { readonly all: Production; readonly ofSites: readonly Production[] } {
  const times = agentsFor(callsPerSecond);
  const one = produce([scenarioNamed('hold')], { times });
  if (sites === 1) return { all: one, ofSites: [one] };
  const [near, far] = one.sites;
  const two = produce([scenarioNamed('hold')], { times, firstIndex: times, sites: [far, near] });
  const all = { ...one, agents: [...one.agents, ...two.agents], queues: [...one.queues, ...two.queues] };
  return { all, ofSites: [one, two] };
}

/** Starts the instances, each with three connections to each site through proxies of its own. */
async function start(test: TestContext, o: Burst) {
  const { all, ofSites } = productionOf(o.sites ?? 1);
  const stand = await Stand.start({ redis: testRedis(), production: all, sites: o.sites ?? 1 });
  test.onTestFinished(() => stand.close());
  const watched = ofSites.map((production) => {
    const [name] = production.sites;
    const [on, server] = [stand.switches.get(name), stand.sipServers.get(name)];
    if (on === undefined || server === undefined) throw new Error(`there is no ${name}`);
    logInAgents(production, on);
    return { name, production, server };
  });
  const ports: number[] = [];
  for (let instance = 0; instance < o.instances; instance++) {
    const sites: object[] = [];
    for (const { name, server } of watched) {
      const own: Partial<Record<Connection, object>> = {};
      for (const connection of connections) {
        const proxy = await FaultProxy.start({
          target: formatAddress(server.addresses[0]),
          seed: instance + 1,
        });
        test.onTestFinished(() => proxy.close());
        for (const toxic of o.toxics?.(connection, instance) ?? []) proxy.add(toxic);
        own[connection] = { primary: proxy.address };
      }
      sites.push({ switch: name, ...own });
    }
    const folder = await mkdtemp(join(tmpdir(), 'bursts-'));
    test.onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'sites.json');
    await writeFile(file, JSON.stringify(sites));
    const excp = new ExcpProcess({ ...stand.environment(), SITES_FILE: file, LOG_LEVEL: 'info' });
    test.onTestFinished(async () => void (await excp.stop()));
    ports.push(await excp.port());
  }
  for (const port of ports)
    await waitFor(async () => (await readiness(port)).ready, 'ready: every address is registered');
  return { stand, watched };
}

async function burst(test: TestContext, o: Burst): Promise<void> {
  const { stand, watched } = await start(test, o);
  const { record } = stand.cloud;
  const { redis, keys } = stand;
  if (o.clockWasAheadMs !== undefined) {
    const id = `${Date.now() + o.clockWasAheadMs}-0`;
    await redis.client.multi().xadd(keys.in, id, 'e', '').xdel(keys.in, id).exec();
  }
  for (let n = 1; n <= o.bursts; n++) {
    const startAt = Date.now() - 2_000 - Math.ceil((o.calls * 1000) / callsPerSecond);
    for (const { production, server } of watched)
      for (const { event } of callLoad({ production, startAt, callsPerSecond, calls: o.calls }))
        server.active.deliver(event);
    const calls = n * o.calls * watched.length;
    const accepted = () => record.events().accepted >= calls * publishedOfCall;
    await stand.cloud.until(accepted, AbortSignal.timeout(120_000)).catch(() => undefined);
    const conversations = Map.groupBy(record.accepted(), ({ subject }) => subject);
    const wrong = [...conversations.values()]
      .map((events) => events.map(({ kind }) => kind).toSorted())
      .filter((kinds) => JSON.stringify(kinds) !== JSON.stringify(published));
    const seen = { burst: n, conversations: conversations.size, wrong: wrong.length, first: wrong[0] };
    expect(seen).toEqual({ burst: n, conversations: calls, wrong: 0, first: undefined });
  }
  expect(record.violations).toEqual([]);
  let counted: unknown;
  await waitFor(async () => {
    // In one step: a late connection still has something to tell, which comes and goes within milliseconds.
    const answers = await redis.client.multi().xlen(keys.in).hgetall(keys.inSize).exec();
    counted = answers?.[1]?.[1];
    return answers?.[0]?.[1] === 0;
  }, 'everything is processed');
  expect(counted).toEqual({ entries: '0', bytes: '0' });
}

/** Late by a second, give or take almost one. */
const late: Toxic = { type: 'latency', direction: 'downstream', latencyMs: 1_000, jitterMs: 900 };

describe('bursts of calls over the three connections of a site, as fast as the sockets take', () => {
  it('lose no leg, each burst after the last is accepted', { timeout: 600_000 }, async (test) => {
    await burst(test, { calls: 500, bursts: 3, instances: 1 });
  });

  it('lose no leg while one connection after the other is up to two seconds late', {
    timeout: 600_000,
  }, async (test) => {
    await Promise.all(
      connections.map((slow) =>
        burst(test, {
          calls: 100,
          bursts: 2,
          instances: 1,
          toxics: (connection) => (connection === slow ? [late] : []),
        }),
      ),
    );
  });

  it("lose no leg when Redis' clock was a day ahead, so that all entries are of one millisecond of tomorrow", {
    timeout: 600_000,
  }, async (test) => {
    const toxics = (connection: Connection) => (connection === 'queues' ? [late] : []);
    await burst(test, { calls: 300, bursts: 3, instances: 1, clockWasAheadMs: 86_400_000, toxics });
  });

  it('lose no leg with two instances on two sites, each with connections late in its own way', {
    timeout: 600_000,
  }, async (test) => {
    await burst(test, {
      calls: 100,
      bursts: 2,
      instances: 2,
      sites: 2,
      toxics: (connection, instance) => ((connection === 'queues') === (instance === 0) ? [late] : []),
    });
  });
});
