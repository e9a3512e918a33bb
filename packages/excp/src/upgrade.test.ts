/** A pair is upgraded to a release with another format, and rolled back, one instance at a time, while calls go on. */
import { asItIs, type FormatTable, formatTable } from '@exec/common/formats';
import type { RunningService } from '@exec/common/service';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { type Played, produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { readiness, Stand, waitFor } from './testing/stand.ts';
import { expectedSteps, verdict } from './testing/verdict.ts';

type Name = 'one' | 'two';

/** A release, by the formats that it reads, and the newest of them. */
interface Release {
  readonly formats: FormatTable;
  readonly newest: number;
}

/** It kept all of what is over, and knows no form of its own for it. */
const before: Release = { formats: new Map([[1, asItIs]]), newest: 1 };
const current: Release = { formats: formatTable, newest: 2 };
const next: Release = { formats: nextRelease, newest: nextFormat };

/** A pair of instances, each of some release. */
class Pair {
  readonly #stand: Stand;
  readonly #running = new Map<Name, RunningService>();

  constructor(stand: Stand) {
    this.#stand = stand;
  }

  /** Starts that instance; resolves when it is ready. */
  async start(name: Name, { formats }: Release): Promise<void> {
    const one = await this.#stand.excp({ INSTANCE_ID: name }, { formats });
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

/** Calls at a time. */
const atOnce = 24;

/** So many calls at a time, each followed by another one, until they are to end. */
function callsOn(stand: Stand) {
  const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 6 });
  const { performances } = stand.production;
  runner.logIn(performances);
  const next = performances.values();
  const played: Played[] = [];
  let ending = false;
  const oneAfterAnother = async (afterMs: number) => {
    let wait = afterMs;
    for (const performance of next) {
      played.push(await runner.play(performance, wait));
      if (ending) return;
      wait = 0;
    }
  };
  const playing = Array.from({ length: atOnce }, (_, line) => oneAfterAnother(line * 1_500));
  return {
    /** Resolves when calls have gone on, and have been told. */
    goOn: () => stand.untilPublished(40, Promise.all(playing)),
    end: async () => {
      ending = true;
      await Promise.all(playing);
      return played;
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

/** Newest format of what is stored of calls. */
async function newestIn({ redis: { client }, keys }: Stand): Promise<number> {
  const hashes = [keys.conversations, keys.agents].map((key) => patiently(() => client.hvals(key)));
  const streams = [keys.in, keys.out].map((key) => patiently(() => client.xrange(key, '-', '+')));
  const entries = (await Promise.all(streams)).flat().map(([, fields]) => fields[1] ?? '');
  const texts = [...(await Promise.all(hashes)).flat(), ...entries];
  return Math.max(...texts.map((text) => (JSON.parse(text) as { v: number }).v));
}

describe.each([
  ['the release before to this one', before, current],
  ['this release to the next', current, next],
] as const)('from %s', (_, older, newer) => {
  it('a pair is upgraded and rolled back under calls: each is told once, as it was, and nothing is left', async () => {
    const names = [
      'hold',
      'consult-completed',
      'disposition-after-call',
      'conference',
      'transfer-to-queue',
      'disposition-changed-after',
    ];
    const cast = names.map((name) => scenarioNamed(name));
    const stand = await Stand.start({ redis: testRedis(), production: produce(cast, { times: 200 }) });
    onTestFinished(() => stand.close());
    const pair = new Pair(stand);
    await pair.start('one', older);
    await pair.start('two', older);
    await patiently(() => stand.aDayPasses(older.newest));
    await pair.says('one', `writing format ${older.newest}, which all instances read`);
    await pair.says('two', `writing format ${older.newest}, which all instances read`);
    const calls = callsOn(stand);
    await calls.goOn();
    const mixed = `mixed releases, writing format ${older.newest}`;

    // The first is upgraded: each goes on with the calls of the other, in both directions.
    await pair.stop('one');
    await pair.start('one', newer);
    await pair.says('one', mixed);
    await pair.says('two', mixed);
    await pair.stop('two');
    await calls.goOn();
    await pair.start('two', older);
    await calls.goOn();
    await pair.stop('one');
    await calls.goOn();
    expect(await newestIn(stand)).toBe(older.newest);

    // Both are new; the older format is written until nobody can come back who needs it.
    await pair.start('one', newer);
    await pair.stop('two');
    await pair.start('two', newer);
    await pair.says('one', mixed);
    await calls.goOn();
    expect(await newestIn(stand)).toBe(older.newest);
    await patiently(() => stand.aDayPasses(newer.newest));
    await pair.says('one', `writing format ${newer.newest}`);
    await pair.says('two', `writing format ${newer.newest}`);
    await calls.goOn();
    await waitFor(async () => (await newestIn(stand)) === newer.newest, 'the newer format is stored');

    // Rolled back one at a time: the new one brings what is stored into the format that the old one reads.
    await pair.stop('one');
    await calls.goOn();
    await pair.start('one', older);
    await pair.says('two', mixed);
    await waitFor(
      async () => (await newestIn(stand)) === older.newest,
      'everything is in the older format again',
    );
    await pair.stop('two');
    await calls.goOn();
    await pair.start('two', older);

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
});
