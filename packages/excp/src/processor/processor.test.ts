/** One term of processing, on a real Redis. */
import { type Clock, systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import type { IdMap } from '@exec/common/id-map';
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros, laterBy, streamMs, wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { expect, it, onTestFinished } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import type { EngageEvent } from '../events/engage-events.ts';
import { type EntryContent, writeEntry } from '../events/in-stream-entry.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { mappingOf } from '../testing/mapping.ts';
import { conversationOf } from '../testing/parts.ts';
import { openRedis } from '../testing/redis.ts';
import { DealtWith } from './dealt-with.ts';
import { Processor, type ProcessorOptions } from './processor.ts';
import { writeRecord } from './record.ts';
import { loadState } from './store.ts';
import { StreamClock } from './stream-clock.ts';

const formats = new Formats();
const token = { value: 'one:1', epoch: 1 };
const nothing = () => undefined;

type Context = Awaited<ReturnType<typeof openRedis>>;

const outgoing: ProcessorOptions['outgoing'] = {
  ...{ size: 0, deadLegFields: () => [], forget: nothing, revive: nothing, add: nothing },
  written: () => Promise.resolve(),
};

/** Of a term that begins with what Redis holds. */
async function processorOf({ redis, keys }: Context, o: Partial<ProcessorOptions>): Promise<Processor> {
  await redis.client.set(keys.lease, token.value);
  return new Processor(
    {
      ...{ redis, keys, formats, clock: systemClock, logger: silentLogger, scope: 'org/1', outgoing },
      dealtWith: new DealtWith(),
      metrics: { anomaly: nothing, unreadable: nothing, quarantined: nothing, shed: nothing },
      settings: { ...defaultSettings, sites: [] },
      map: () => ({}) as IdMap,
      outcomes: { written: nothing, look: nothing },
      ask: nothing,
      token: () => token,
      streamClock: new StreamClock({ redis, keys, clock: systemClock, onJump: nothing }),
      outage: nothing,
      intakeWaits: () => false,
      health: { up: nothing, down: nothing },
      onLeft: nothing,
      ...o,
    },
    await loadState(redis, keys, formats),
    { repeatsBefore: wallMs(0) },
  );
}

/** Runs one term until so many events were dealt with, and published; answers what it tells the cloud, and its anomalies. */
async function term(
  context: Context,
  count: { readonly dealtWith: number; readonly published: number },
  o: Partial<Pick<ProcessorOptions, 'clock' | 'map' | 'outage'>> = {},
) {
  const published: OutboxEntry[] = [];
  const anomalies: string[] = [];
  const steps: number[] = [];
  const [dealt, allPublished] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  if (count.published === 0) allPublished.resolve();
  const dealtWith = new DealtWith();
  const { add } = dealtWith;
  dealtWith.add = (names) => {
    const list = [...names];
    add.call(dealtWith, list);
    steps.push(list.length);
    if (steps.reduce((sum, size) => sum + size, 0) === count.dealtWith) dealt.resolve();
  };
  const processor = await processorOf(context, {
    dealtWith,
    metrics: {
      anomaly: (anomaly) => anomalies.push(anomaly),
      ...{ unreadable: nothing, quarantined: nothing, shed: nothing },
    },
    outgoing: {
      ...outgoing,
      add: (entries) => {
        published.push(...entries);
        if (published.length >= count.published) allPublished.resolve();
      },
    },
    ...o,
  });
  const running = processor.run();
  await Promise.all([dealt.promise, allPublished.promise]);
  processor.stop();
  await running;
  return { steps, anomalies, published: published.map(({ event }) => event) };
}

/** Time passes whenever it is read: each entry takes `ms` on this machine. */
function slowClock(ms: number): Clock {
  let passed = 0;
  return Object.assign(Object.create(systemClock), {
    monotonic: () => {
      passed += ms;
      return laterBy(systemClock.monotonic(), passed);
    },
  });
}

it('writes what it has led to before much time has passed, so that each term gets on, however slow the machine', async () => {
  const context = await openRedis();
  onTestFinished(() => context.redis.close());
  const { client } = context.redis;
  const at = Date.now() * 1000;
  for (let n = 0; n < 40; n++) {
    const content = { kind: 'agent-login', site: 's', at: at + n, dn: `${n}`, agentId: `A${n}` } as never;
    await client.xadd(context.keys.in, '*', 'e', writeEntry(formats, { received: wallMs(0), content }));
  }
  const { steps } = await term(context, { dealtWith: 40, published: 0 }, { clock: slowClock(60) });
  expect(await client.xlen(context.keys.in)).toBe(0);
  expect(Math.max(...steps)).toBeLessThanOrEqual(5);
});

it('remembers all of what is stored when its term ends before it has taken it over', async () => {
  const context = await openRedis();
  onTestFinished(() => context.redis.close());
  const { client } = context.redis;
  const texts = Array.from({ length: 1_200 }, (_, n) => {
    const key = `site/${n}`;
    const published = { last: wallMs(0) };
    return [key, writeRecord(formats, { conversation: conversationOf({ key }), published })];
  });
  await client.hset(context.keys.conversations, Object.fromEntries(texts));
  const processor = await processorOf(context, {});
  const running = processor.run();
  processor.stop();
  await running;
  expect(processor.openConversations).toBeLessThan(texts.length);
  expect(processor.keep().records).toHaveLength(texts.length);
});

const production = produce([scenarioNamed('hold')]);
const [agent] = production.agents;
const [site = ''] = production.sites;
/** Long enough ago that nothing has to be waited for. */
const begin = streamMs(Date.now() - 120_000);

/** An event of call A, so many seconds after the begin. */
const of = (seconds: number) => ({
  site,
  at: engageMicros((begin + seconds * 1_000) * 1_000),
  call: asId<CallUuid>('A'),
});
const party = { party: asId<PartyUuid>('A-P'), dn: agent?.dn ?? '' };
const created: EngageEvent = { kind: 'call-created', ...of(1), type: 'Inbound' };
const joins: EngageEvent = {
  ...{ kind: 'party-added', ...of(2), ...party },
  ...{ type: 'Extension', state: 'Connected', agentId: agent?.loginCode },
};
const held: EngageEvent = { kind: 'party-state', ...of(4), ...party, state: 'Held' };
const talks: EngageEvent = { kind: 'party-state', ...of(8), ...party, state: 'Connected' };
const leaves: EngageEvent = {
  kind: 'party-deleted',
  ...of(12),
  ...party,
  cause: 'Normal',
  ctrl: party.party,
};
const ends: EngageEvent = { kind: 'call-deleted', ...of(13) };

it('what the other instance heard while Redis was away comes before what one that was blind found and heard afterwards', async () => {
  const map = () => mappingOf(production);
  const plain = await openRedis();
  const context = await openRedis();
  onTestFinished(() => Promise.all([plain.redis.close(), context.redis.close()]).then(nothing));

  let count = 0;
  const store = (
    { redis, keys }: typeof context,
    seconds: number,
    by: string,
    content: EntryContent,
    waited = 0,
  ) =>
    redis.client.xadd(
      ...[
        keys.in,
        `${begin + seconds * 1_000}-${++count}`,
        'e',
        writeEntry(formats, { received: begin as never, content, by }),
      ],
      ...(waited === 0 ? [] : ['w', waited * 1_000]),
    );
  for (const [seconds, content] of [
    [1, created],
    [2, joins],
    [4, held],
    [8, talks],
    [12, leaves],
    [13, ends],
  ] as const)
    await store(plain, seconds, 'one', content);
  const inOrder = await term(plain, { dealtWith: 6, published: 4 }, { map });

  // Redis is away from second 0 to 11. Two is back first, and was blind: it finds the call, and hears its end.
  const found = {
    kind: 'calls-found',
    site,
    since: laterBy(begin, 11_000),
    session: 'two:1',
    complete: true,
  } as const;
  await store(context, 11.5, 'two', { ...found, calls: [{ created, parties: [joins] }] } as never);
  await store(context, 12, 'two', leaves);
  await store(context, 13, 'two', ends);
  await store(context, 14, 'one', created, 13);
  await store(context, 14, 'one', joins, 12);
  await store(context, 14, 'one', held, 10);
  await store(context, 14, 'one', talks, 6);
  const late = await term(
    context,
    { dealtWith: 6, published: 4 },
    { map, outage: () => ({ from: begin, to: laterBy(begin, 11_000) }) },
  );

  expect(inOrder.published.map(({ kind }) => kind)).toContain('holdUpdatedEvents');
  expect(late.published).toEqual(inOrder.published);
});
