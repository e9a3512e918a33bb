/** A pair is upgraded to a release with another format, and rolled back, one instance at a time, while calls go on. */
import { systemClock } from '@exec/common/clock';
import type { FormatTable } from '@exec/common/formats';
import type { RunningService } from '@exec/common/service';
import { nextRelease } from '@exec/common/testing';
import { type Played, produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

type Name = 'one' | 'two';

/** A pair of instances, each of some release. */
class Pair {
  readonly #stand: Stand;
  readonly #running = new Map<Name, RunningService>();

  constructor(stand: Stand) {
    this.#stand = stand;
  }

  /** Starts that instance, of the next release or of this one; resolves when it is ready. */
  async start(name: Name, formats?: FormatTable): Promise<void> {
    const one = await this.#stand.excp({ INSTANCE_ID: name }, formats === undefined ? {} : { formats });
    this.#running.set(name, one);
    await waitFor(async () => (await readiness(one.port)).ready, `${name} is ready`);
  }

  /** Stops it in order; resolves when the other one processes. */
  async stop(name: Name): Promise<void> {
    const one = this.#running.get(name);
    this.#running.delete(name);
    if (one !== undefined) await this.#stand.stop(one);
    for (const [other, { port }] of this.#running)
      await waitFor(async () => (await readiness(port)).active === true, `${other} processes`);
  }

  async says(name: Name, detail: string): Promise<void> {
    const port = this.#running.get(name)?.port ?? 0;
    await waitFor(async () => {
      const { dependencies } = await readiness(port);
      return dependencies.some((one) => one.name === 'formats' && one.detail.includes(detail));
    }, `${name} says: ${detail}`);
  }
}

/** Calls that begin one after another until they are to end. */
function callsOn(stand: Stand) {
  const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed: 6 });
  const { performances } = stand.production;
  runner.logIn(performances);
  const played: Promise<Played>[] = [];
  let ending = false;
  const playing = (async () => {
    for (const performance of performances) {
      if (ending) break;
      played.push(runner.play(performance));
      await systemClock.sleep(250);
    }
  })();
  return {
    /** Resolves when calls that began after now have been told. */
    goOn: async () => {
      const { record } = stand.cloud;
      const now = record.events().accepted;
      await stand.until(
        () => record.events().accepted >= now + 40,
        () => `calls go on: ${JSON.stringify(record.events())}`,
      );
    },
    end: async () => {
      ending = true;
      await playing;
      return Promise.all(played);
    },
  };
}

/** Asks Redis again when it is late, as on a busy machine. */
async function patiently<T>(ask: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (tries === 0) throw error;
    return patiently(ask, tries - 1);
  }
}

/** A day without an instance of the older release: what was announced for it is forgotten. */
async function aDayPasses(stand: Stand): Promise<void> {
  const { client } = stand.redis;
  const key = stand.keySpace.key('formats');
  const fields = Object.keys(await patiently(() => client.hgetall(key)));
  for (const field of fields) if (field.endsWith(',1,1]')) await patiently(() => client.hdel(key, field));
}

/** Formats of all that is stored of calls. */
async function formatsIn({ redis: { client }, keys }: Stand): Promise<Set<number>> {
  const hashes = [keys.conversations, keys.agents].map((key) => patiently(() => client.hvals(key)));
  const streams = [keys.in, keys.out].map((key) => patiently(() => client.xrange(key, '-', '+')));
  const entries = (await Promise.all(streams)).flat().map(([, fields]) => fields[1] ?? '');
  const texts = [...(await Promise.all(hashes)).flat(), ...entries];
  return new Set(texts.map((text) => (JSON.parse(text) as { v: number }).v));
}

it('a pair is upgraded and rolled back under calls: each is told once, as it was, and nothing is left', async () => {
  const cast = ['hold', 'consult-completed', 'conference', 'transfer-to-queue'].map((name) =>
    scenarioNamed(name),
  );
  const stand = await Stand.start({ redis: testRedis(), production: produce(cast, { times: 200 }) });
  onTestFinished(() => stand.close());
  const pair = new Pair(stand);
  await pair.start('one');
  await pair.start('two');
  const calls = callsOn(stand);
  await calls.goOn();

  // The first is upgraded: each goes on with the calls of the other, in both directions.
  await pair.stop('one');
  await pair.start('one', nextRelease);
  await pair.says('one', 'mixed releases, writing format 1');
  await pair.says('two', 'mixed releases, writing format 1');
  await pair.stop('two');
  await calls.goOn();
  await pair.start('two');
  await calls.goOn();
  await pair.stop('one');
  await calls.goOn();
  expect(await formatsIn(stand)).toEqual(new Set([1]));

  // Both are new; the older format is written until nobody can come back who needs it.
  await pair.start('one', nextRelease);
  await pair.stop('two');
  await pair.start('two', nextRelease);
  await pair.says('one', 'mixed releases, writing format 1');
  await calls.goOn();
  expect(await formatsIn(stand)).toEqual(new Set([1]));
  await aDayPasses(stand);
  await pair.says('one', 'writing format 2');
  await pair.says('two', 'writing format 2');
  await calls.goOn();
  await waitFor(async () => (await formatsIn(stand)).has(2), 'format 2 is stored');

  // Rolled back one at a time: the new one brings what is stored into the format that the old one reads.
  await pair.stop('one');
  await calls.goOn();
  await pair.start('one');
  await pair.says('two', 'mixed releases, writing format 1');
  await waitFor(async () => !(await formatsIn(stand)).has(2), 'everything is in format 1 again');
  await pair.stop('two');
  await calls.goOn();
  await pair.start('two');

  const played = await calls.end();
  const { record } = stand.cloud;
  const steps = expectedSteps(played);
  const state = () =>
    JSON.stringify({ steps, ...record.events(), wrong: verdict(stand, played).wrong.slice(0, 2) });
  await stand.until(() => record.events().accepted >= steps, state);
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(record.events().accepted).toBe(steps);
  expect(record.violations).toEqual([]);
  const { client } = stand.redis;
  const lengthOf = (stream: string) => patiently(() => client.xlen(stream));
  await waitFor(async () => (await lengthOf(stand.keys.in)) === 0, 'every event is dealt with');
  await waitFor(async () => (await lengthOf(stand.keys.out)) === 0, 'everything is sent');
  expect(await lengthOf(stand.keys.quarantine)).toBe(0);
  expect(await patiently(() => client.hlen(stand.keys.dead))).toBe(0);
});
