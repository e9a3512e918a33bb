/** One term of processing, on a real Redis. */
import { type Clock, systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import type { IdMap } from '@exec/common/id-map';
import { laterBy, wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import { expect, it, onTestFinished } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import { writeEntry } from '../events/in-stream-entry.ts';
import { openRedis } from '../testing/redis.ts';
import { DealtWith } from './dealt-with.ts';
import { Processor } from './processor.ts';
import { loadState } from './store.ts';
import { StreamClock } from './stream-clock.ts';

const formats = new Formats();
const token = { value: 'one:1', epoch: 1 };

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
  const { redis, keys } = await openRedis();
  onTestFinished(() => redis.close());
  const { client } = redis;
  await client.set(keys.lease, token.value);
  const at = Date.now() * 1000;
  const entries = Array.from({ length: 40 }, (_, n) =>
    writeEntry(formats, {
      received: wallMs(0),
      content: { kind: 'agent-login', site: 's', at: at + n, dn: `${n}`, agentId: `A${n}` } as never,
    }),
  );
  for (const entry of entries) await client.xadd(keys.in, '*', 'e', entry);
  const steps: number[] = [];
  const done = Promise.withResolvers<void>();
  const dealtWith = new DealtWith();
  const { add } = dealtWith;
  dealtWith.add = (names) => {
    const list = [...names];
    add.call(dealtWith, list);
    steps.push(list.length);
    if (steps.reduce((sum, size) => sum + size, 0) === entries.length) done.resolve();
  };
  const clock = slowClock(60);
  const nothing = () => undefined;
  const processor = new Processor(
    {
      ...{ redis, keys, formats, clock, logger: silentLogger, dealtWith, scope: 'org/1' },
      metrics: { anomaly: nothing, unreadable: nothing, quarantined: nothing, shed: nothing },
      settings: defaultSettings,
      map: () => ({}) as IdMap,
      outgoing: {
        ...{ size: 0, add: nothing, deadLegFields: () => [], forget: nothing, revive: nothing },
        written: () => Promise.resolve(),
      },
      ask: nothing,
      token: () => token,
      streamClock: new StreamClock({ redis, keys, clock: systemClock, onJump: nothing }),
      intakeWaits: () => false,
      health: { up: nothing, down: nothing },
      onLeft: nothing,
    },
    await loadState(redis, keys, formats),
    { repeatsBefore: wallMs(0) },
  );
  const running = processor.run();
  await done.promise;
  processor.stop();
  await running;
  expect(await client.xlen(keys.in)).toBe(0);
  expect(Math.max(...steps)).toBeLessThanOrEqual(5);
});
