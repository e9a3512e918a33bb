/** What EXAS and EXCP make of it when a bridge stands between them and their servers. */
import { startRedis } from '@exec/testing/servers';
import { throughAgentStates } from './agent-states.ts';
import { throughDay } from './day.ts';
import { groups, type Outcome, ofRedis, throughCuts, throughScenarios } from './scenarios.ts';

export async function through(): Promise<Outcome[]> {
  const started = await startRedis();
  const redis = { url: started.url, prefix: started.keyPrefix.replace(/:$/, '') };
  try {
    // The day alone, since it counts what lies between; the others side by side, because they mostly wait.
    const day = await throughDay(ofRedis(redis, 'day'));
    const outcomes = await Promise.all([
      throughCuts(ofRedis(redis, 'cut')),
      throughGroups(ofRedis(redis, 'group')),
    ]);
    return [...day, ...outcomes.flat()];
  } finally {
    await started.stop();
  }
}

async function throughGroups(redis: { readonly url: string; readonly prefix: string }): Promise<Outcome[]> {
  const outcomes = await throughAgentStates(ofRedis(redis, 'agents'));
  for (const [index, group] of groups.entries())
    outcomes.push(...(await throughScenarios(ofRedis(redis, `${index}`), group)));
  return outcomes;
}
