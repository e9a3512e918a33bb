import { type Played, produce, ScenarioRunner, scenarioNamed, scenarios } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, expect, it, type TestContext } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { gapsOf, readiness, Stand, type StandOptions, waitFor } from './testing/stand.ts';
import { untilEnded, verdict } from './testing/verdict.ts';

/** `test`: closes the stand when it is finished. */
async function stage(test: TestContext, names: readonly string[], o: Partial<StandOptions> = {}) {
  const production = produce(names.map(scenarioNamed));
  const stand = await Stand.start({ redis: testRedis(), ...o, production });
  test.onTestFinished(() => stand.close());
  return stand;
}

/** Waits until every leg has ended, then compares. */
async function untilPublishedRight(stand: Stand, played: readonly Played[]) {
  await untilEnded(stand, played);
  expect(verdict(stand, played).wrong).toEqual([]);
  expect(stand.cloud.record.violations).toEqual([]);
}

describe.concurrent('both instances down for a while', () => {
  it.for(scenarios.filter((one) => one.solo).map((one) => one.name))('%s', async (name, test) => {
    const stand = await stage(test, [name]);
    let running = [await stand.excp(), await stand.excp()];
    await stand.ready();
    const clock = new ScriptClock();
    let change: Promise<unknown> = Promise.resolve();
    const watching = (on: boolean) => {
      clock.stop();
      change = change.then(async () => {
        if (on) {
          running = [await stand.excp(), await stand.excp()];
          await stand.ready();
        } else await Promise.all(running.splice(0).map((instance) => stand.stop(instance)));
        clock.goOn();
      });
    };
    const runner = new ScenarioRunner({ clock, switches: stand.switches, speed: 2, hooks: { watching } });
    const played = await runner.playAll(stand.production.performances);
    await change;
    await untilPublishedRight(stand, played);
    // One of the two may have come so late that it found a gap of its own.
    for (const instance of running)
      expect(new Set((await gapsOf(instance)).map((gap) => gap.connection))).toEqual(
        new Set(['calls', 'extensions', 'queues']),
      );
  });
});

describe.concurrent('a switch-over of the SIP Servers', () => {
  const calls = ['inbound-queue-call', 'hold', 'consult-completed', 'conference'];
  const speed = 4;
  /** Four calls that begin a second after each other; all talk at this second of the first, until the next holds. */
  const allTalk = 12.5;

  it('is survived in the middle of calls when connections break', async (test) => {
    const stand = await stage(test, calls);
    const instances = [await stand.excp(), await stand.excp()];
    await stand.ready();
    const clock = new ScriptClock([(allTalk * 1_000) / speed]);
    const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
    const playing = runner.playAll(stand.production.performances, 1_000);
    await waitFor(async () => clock.stands, 'all of them talk');
    // What a connection has not passed on when it breaks is lost with it: that all of them talk has reached the cloud.
    const { record } = stand.cloud;
    await stand.until(
      () => record.events('communicationAnswered').accepted >= calls.length,
      () => `an answer of each call: ${JSON.stringify(record.events())}`,
    );
    for (const server of stand.sipServers.values()) server.switchover({ crash: true });
    await waitFor(async () => {
      const gaps = await Promise.all(instances.map((instance) => gapsOf(instance)));
      return gaps.every((list) => new Set(list.map((gap) => gap.connection)).size === 3);
    }, 'the gap of every connection is told');
    await stand.ready();
    clock.goOn();
    await untilPublishedRight(stand, await playing);
  });

  it('that only takes the link away is waited for; what ended meanwhile is closed', async (test) => {
    const stand = await stage(test, calls);
    const instance = await stand.excp();
    await stand.excp();
    await stand.ready();
    const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed });
    const playing = runner.playAll(stand.production.performances, 1_000);
    const talking = () => stand.cloud.record.accepted({ kind: 'communicationAnswered' }).length;
    await stand.until(
      () => talking() >= calls.length,
      () => `all of them talk: ${talking()}`,
    );
    for (const server of stand.sipServers.values()) server.switchover({ crash: false });
    const played = await playing;
    const ended = () => stand.cloud.record.accepted({ kind: 'communicationEnded' });
    const open = () => [...stand.cloud.state.conversations.all()].filter((one) => one.endedAt === undefined);
    await stand.until(
      () => ended().length > 0 && open().length === 0,
      () => JSON.stringify({ open: open().length, wrong: verdict(stand, played).wrong }),
    );
    expect(stand.cloud.record.violations).toEqual([]);
    expect(ended().some(({ event }) => event.disconnectType === 'System')).toBe(true);
    await waitFor(async () => (await gapsOf(instance)).length > 0, 'the gap is told');
  });
});

describe.concurrent('dependencies that are away', () => {
  it('do not keep an instance from starting; it says which, and recovers', async (test) => {
    const stand = await stage(test, ['inbound-queue-call']);
    for (const server of stand.sipServers.values()) await server.reachable(false);
    const end = stand.cloud.faults.outage();
    const instance = await stand.excp();
    const down = async () =>
      (await readiness(instance.port)).dependencies.filter((one) => !one.up).map((one) => one.name);
    await waitFor(async () => {
      const names = await down();
      return names.includes('genesys-cloud') && names.some((name) => name.startsWith('sip-server:'));
    }, 'cloud and SIP Server are named');
    end();
    for (const server of stand.sipServers.values()) await server.reachable(true);
    await waitFor(async () => (await down()).length === 0, 'everything is back');
  });

  it('hold events while the cloud is away; nothing is lost', async (test) => {
    const stand = await stage(test, ['inbound-queue-call', 'hold', 'conference', 'disposition-after-call']);
    await stand.excp();
    await stand.excp();
    await stand.ready();
    const runner = new ScenarioRunner({ clock: new ScriptClock(), switches: stand.switches, speed: 8 });
    const playing = runner.playAll(stand.production.performances, 500);
    await stand.untilPublished(4, playing);
    const end = stand.cloud.faults.outage();
    const played = await playing;
    end();
    await untilPublishedRight(stand, played);
  });
});
