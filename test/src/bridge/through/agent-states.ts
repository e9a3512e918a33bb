/** Random agents into EXAS behind bridges, while these are killed and their Stat Servers change roles. */
import { RandomDay, Site } from '@exec/exas/testing';
import { Random } from '@exec/simulators/scenarios';
import { BridgePair, NativePair } from '../pairs.ts';
import { checked } from './ends.ts';
import { type Outcome, type RedisOfRun, statVariables } from './scenarios.ts';

const seed = 7;
const agents = 40;
const stepsOfPart = 400;

export async function throughAgentStates(redis: RedisOfRun): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const fault = await checked(async (ends) => {
    const site = await Site.start({ redis, agents });
    ends.defer(() => site.close());
    const natives = await NativePair.stat(site.states);
    ends.defer(() => natives.close());
    const bridges = await BridgePair.start('statserver', natives);
    ends.defer(() => bridges.stop());
    await site.exas(statVariables(bridges));
    const day = new RandomDay(site.states, site.employees, new Random(seed));
    const part = async (name: string, change: () => Promise<unknown>) => {
      for (let step = 0; step < stepsOfPart; step++) {
        day.step();
        if (step === stepsOfPart / 2) await change();
        // So that changes come one after another, as they do in life.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await site.untilShown(day.expectedStates());
      outcomes.push({ name: `agents: every last state is injected, ${name}`, fault: undefined });
    };
    await part('with nothing in the way', () => Promise.resolve());
    await part('the bridges killed and started again', async () => {
      await Promise.all(bridges.bridges.map((bridge) => bridge.kill()));
      for (let step = 0; step < stepsOfPart; step++) day.step();
      await Promise.all(bridges.bridges.map((bridge) => bridge.restart()));
    });
    await part('the Stat Servers changing roles', async () => natives.switchover());
    await part('the Stat Servers changing back', async () => natives.switchover());
    const { record } = site.cloud;
    const { refused } = record.events();
    return refused + record.violationCount === 0
      ? undefined
      : JSON.stringify({ refused, violations: record.violations });
  });
  return [...outcomes, { name: 'agents: nothing is refused or against the rules', fault }];
}
