/** Every conversation is counted once when it has ended, on whichever instance, by how complete the cloud has it. */
import type { RunningService } from '@exec/common/service';
import { produce, ScenarioRunner, scenarioNamed } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { describe, it, type TestContext } from 'vitest';
import { ScriptClock } from './testing/script-clock.ts';
import { Stand, waitFor } from './testing/stand.ts';

const speed = 5;

type Staged = Awaited<ReturnType<typeof stage>>;

async function stage(test: TestContext, mapping: 'all' | 'nothing') {
  const stand = await Stand.start({ redis: testRedis(), production: produce([scenarioNamed('hold')]) });
  test.onTestFinished(() => stand.close());
  await stand.storeMapping(mapping);
  const instances = [await stand.excp(), await stand.excp()];
  let epoch: string | null = null;
  const ready = async () => {
    await stand.ready();
    epoch = await stand.leaseEpoch();
  };
  await ready();
  const isSameTerm = async () => (await stand.leaseEpoch()) === epoch;
  /** `until`: the second at which the script stands still. */
  const play = (until?: number) => {
    const clock = new ScriptClock(until === undefined ? [] : [(until * 1_000) / speed]);
    const runner = new ScenarioRunner({ clock, switches: stand.switches, speed });
    return { clock, playing: runner.playAll(stand.production.performances) };
  };
  return { stand, instances, ready, isSameTerm, play };
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

/**
 * Plays until it is counted. What is over is counted within a second; if the term ends in between, nobody counts it, and it
 * is played anew.
 */
async function untilCounted(
  test: TestContext,
  wanted: Record<string, number>,
  course: (staged: Staged) => Promise<unknown>,
  mapping: 'all' | 'nothing' = 'all',
): Promise<void> {
  const staged = await stage(test, mapping);
  await course(staged);
  let counted: Record<string, number> = {};
  let lost = false;
  await waitFor(
    async () => {
      const hasChanged = !(await staged.isSameTerm());
      counted = await outcomesOf(staged.instances);
      lost = hasChanged && Object.keys(counted).length === 0;
      return lost || JSON.stringify(counted) === JSON.stringify(wanted);
    },
    () => `${JSON.stringify(wanted)}, but ${JSON.stringify(counted)}`,
  );
  if (lost) await untilCounted(test, wanted, course, mapping);
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
    await untilCounted(test, { complete: 1 }, ({ play }) => play().playing);
  });

  it('refused when the cloud refused an event of it', async (test) => {
    await untilCounted(test, { refused: 1 }, async ({ stand, play }) => {
      refuseHolds(stand);
      await play().playing;
    });
  });

  it('refused also when another instance goes on after the refusal', async (test) => {
    await untilCounted(test, { refused: 1 }, async ({ stand, instances, ready, play }) => {
      refuseHolds(stand);
      // On hold since the twelfth.
      const { clock, playing } = play(14);
      await waitFor(async () => clock.stands, 'the call is on hold');
      const { client } = stand.redis;
      await waitFor(
        async () => (await client.hlen(stand.keys.dead)) > 0,
        'the refused event is a dead letter',
      );
      await Promise.all(instances.splice(0).map((instance) => stand.stop(instance)));
      instances.push(await stand.excp());
      await ready();
      clock.goOn();
      await playing;
    });
  });

  it('a gap when it was in progress while nobody watched', async (test) => {
    await untilCounted(test, { gap: 1 }, async ({ stand, instances, ready, play }) => {
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
      await ready();
    });
  });

  it('what nothing was to be sent of when neither a mapped queue nor a mapped agent took part', async (test) => {
    await untilCounted(test, { 'not-mapped': 1 }, ({ play }) => play().playing, 'nothing');
  });
});
