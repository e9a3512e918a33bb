/** The wait for the first synchronisation: every service is ready, and the cloud has each agent with a state. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** The first synchronisation of a contact centre of some hundred agents. */
const startMs = 180_000;
const lookEveryMs = 1000;

/** @throws Error when it takes too long, with what is missing. */
export async function untilReady(
  stage: Stage,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<void> {
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const problems = await stage.recovered();
    const { users } = stage.centre.expected;
    const known = [...stage.cloud.state.users.all()].filter(({ id }) =>
      stage.cloud.state.routingStatuses.get(id),
    ).length;
    if (problems.length === 0 && known >= users.length) return;
    if (performance.now() - began > startMs)
      throw new Error(
        `not ready after ${startMs / 1000} s: ${known}/${users.length} agents, ${JSON.stringify(problems)}`,
      );
    say(`${known}/${users.length} agents`);
    await delay(lookEveryMs);
  }
}
