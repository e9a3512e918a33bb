/** Test calls played at a simulator, which is asked over HTTP. */
import { z } from 'zod';
import type { Calls, Played, TestCall } from '../conformance/test-calls.ts';

const peopleSchema = z.looseObject({
  agents: z.array(z.looseObject({ employeeId: z.string(), dn: z.string() })),
  queues: z.array(z.string()),
});

export interface SimulatorPeople {
  readonly extensions: readonly string[];
  readonly queues: readonly string[];
  /** Employee IDs. */
  readonly agents: readonly string[];
}

const limitMs = 10_000;
/** A check needs two agents; a few more cost nothing. */
const peopleTaken = 4;

/**
 * Whom the simulator can play with.
 * @throws Error when nothing of that kind answers
 */
export async function simulatorPeople(url: string): Promise<SimulatorPeople> {
  const answer = await fetch(new URL('people', withSlash(url)), { signal: AbortSignal.timeout(limitMs) });
  if (!answer.ok) throw new Error(`${answer.status}: it is no simulator that plays test calls`);
  const { agents, queues } = peopleSchema.parse(await answer.json());
  const taken = agents.slice(0, peopleTaken);
  return {
    extensions: taken.map(({ dn }) => dn),
    queues: queues.slice(0, peopleTaken),
    agents: taken.map(({ employeeId }) => employeeId),
  };
}

export function simulator(url: string): Calls {
  const post = async (path: string, body: object): Promise<Played> => {
    try {
      const answer = await fetch(new URL(path, withSlash(url)), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(limitMs),
      });
      if (answer.ok) return { kind: 'done' };
      return { kind: 'failed', why: `the simulator answers ${answer.status}` };
    } catch (error) {
      return {
        kind: 'failed',
        why: `the simulator: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  };
  return {
    begin(call: TestCall) {
      const through = Promise.withResolvers<Played>();
      void post('test-calls', { name: call.name }).then((played) => {
        if (played.kind !== 'done' || call.name !== 'call') through.resolve(played);
      });
      return {
        over: through.promise,
        goOn: () => void post('test-calls/go-on', {}).then((played) => through.resolve(played)),
        stop: () => {},
      };
    },
    close: () => {},
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
