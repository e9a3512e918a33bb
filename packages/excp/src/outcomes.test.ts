/** Every conversation is counted once when it has ended, on whichever instance, by how complete the cloud has it. */
import { systemClock } from '@exec/common/clock';
import type { RunningService } from '@exec/common/service';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, it, type TestContext } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { Stand, waitFor } from './testing/stand.ts';

const speed = 5;

async function stage(test: TestContext, scenario: string) {
  const stand = await Stand.start({ redis: testRedis(), production: produce([scenarioNamed(scenario)]) });
  test.onTestFinished(() => stand.close());
  const instances = [await stand.excp(), await stand.excp()];
  await stand.ready();
  /** `until`: the second at which the script stands still. */
  const play = (until?: number) => {
    const clock = new ScriptClock(until === undefined ? [] : [(until * 1_000) / speed]);
    const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
    return { clock, playing: runner.playAll(stand.production.performances) };
  };
  return { stand, instances, play };
}

/** Of all instances together, those that are not 0. */
async function outcomesOf(instances: readonly RunningService[]): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { port } of instances) {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const [, outcome = '', count] of text.matchAll(
      /^excp_conversations_ended_total\{outcome="([a-z-]+)"\} (\d+)$/gm,
    ))
      sums[outcome] = (sums[outcome] ?? 0) + Number(count);
  }
  return Object.fromEntries(Object.entries(sums).filter(([, count]) => count > 0));
}

async function untilCounted(instances: readonly RunningService[], wanted: Record<string, number>) {
  let counted: Record<string, number> = {};
  await waitFor(
    async () => {
      counted = await outcomesOf(instances);
      return JSON.stringify(counted) === JSON.stringify(wanted);
    },
    () => `${JSON.stringify(wanted)}, but ${JSON.stringify(counted)}`,
  );
}

/** Always: an event is sent again when its answer was late. */
function refuseHolds({ cloud }: Stand): void {
  cloud.faults.inject({
    operation: 'postEventsConversations',
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'event-errors', retryable: false, match: { kinds: ['holdUpdated'] } },
  });
}

describe.concurrent('a conversation that has ended is counted as', () => {
  it('complete when the cloud accepted all of it', async (test) => {
    const { instances, play } = await stage(test, 'hold');
    await play().playing;
    await untilCounted(instances, { complete: 1 });
  });

  it('refused when the cloud refused an event of it', async (test) => {
    const { stand, instances, play } = await stage(test, 'hold');
    refuseHolds(stand);
    await play().playing;
    await untilCounted(instances, { refused: 1 });
  });

  it('refused also when another instance goes on after the refusal', async (test) => {
    const { stand, instances, play } = await stage(test, 'hold');
    refuseHolds(stand);
    // On hold since the twelfth.
    const { clock, playing } = play(14);
    await waitFor(async () => clock.stands, 'the call is on hold');
    const { client } = stand.redis;
    await waitFor(async () => (await client.hlen(stand.keys.dead)) > 0, 'the refused event is a dead letter');
    await Promise.all(instances.splice(0).map((instance) => stand.stop(instance)));
    instances.push(await stand.excp());
    await stand.ready();
    clock.goOn();
    await playing;
    await untilCounted(instances, { refused: 1 });
  });

  it('a gap when it was in progress while nobody watched', async (test) => {
    const { stand, instances, play } = await stage(test, 'hold');
    // An agent has answered at the ninth.
    const { clock, playing } = play(11);
    await waitFor(async () => clock.stands, 'the agent talks');
    await stand.until(
      () => stand.cloud.record.accepted({ kind: 'communicationAnswered' }).length > 0,
      () => 'an agent has answered',
    );
    await Promise.all(instances.splice(0).map((instance) => stand.stop(instance)));
    clock.goOn();
    await playing;
    instances.push(await stand.excp(), await stand.excp());
    await stand.ready();
    await untilCounted(instances, { gap: 1 });
  });
});

it('is what nothing was to be sent of when neither a mapped queue nor a mapped agent took part', async (test) => {
  const stand = await Stand.start({
    redis: testRedis(),
    production: produce([scenarioNamed('hold')]),
  });
  test.onTestFinished(() => stand.close());
  await stand.storeMapping('nothing');
  const instances = [await stand.excp()];
  await stand.ready();
  const runner = new ScenarioRunner({ clock: systemClock, switches: stand.switches, speed });
  await runner.playAll(stand.production.performances);
  await untilCounted(instances, { 'not-mapped': 1 });
});
