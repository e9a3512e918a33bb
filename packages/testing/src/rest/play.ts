/**
 * Plays any request against each operation that a running service describes. Whatever is sent, the answer is one of
 * those that its description promises, or a refusal in the form of RFC 9457; it is never a fault of the service, and the
 * service lives on.
 */
import { Agent } from 'node:http';
import fc from 'fast-check';
import { anyRequest, type RestRequest, type Samples } from './any-request.ts';
import { checkOf } from './described-answers.ts';
import { faultOf } from './fault-of.ts';
import { describedOperations, type Operation } from './operations.ts';
import type { RestAnswer } from './rest-answer.ts';
import { send } from './send.ts';

export interface PlayOptions {
  /** Where the service listens, `http://127.0.0.1:1234`. */
  readonly baseUrl: string;
  /** Sent with each request, `authorization` for instance. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Values that exist, by the name of a parameter in path or query. */
  readonly samples?: Samples;
  /** Operations (`GET /metrics`) that are left out, each with a reason at the place of the call. */
  readonly without?: readonly string[];
  /** Codes of answers from 500 on that are right in this test. */
  readonly tolerated?: readonly string[];
  /** Requests to an operation with a body; one without gets a quarter. Default 200. */
  readonly requests?: number;
}

/** How often an operation answered with which status. */
export type Tally = Map<string, Map<number, number>>;

/** Whether an operation gave an answer of that kind at least once. */
export function reached(tally: Tally, operation: string, kind: 'answer' | 'refusal'): boolean {
  return [...(tally.get(operation)?.keys() ?? [])].some((status) => status < 400 === (kind === 'answer'));
}

/** @throws Error naming the request and the rule that its answer breaks */
export async function playAnyRequests(options: PlayOptions): Promise<Tally> {
  const { baseUrl, headers = {}, samples = {}, without = [], requests = 200 } = options;
  const tolerated = new Set(options.tolerated);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const tally: Tally = new Map();
  const play = async (operation: Operation): Promise<void> => {
    const statuses = new Map<number, number>();
    const check = checkOf(operation.answers);
    tally.set(operation.id, statuses);
    await fc.assert(
      fc.asyncProperty(anyRequest(operation, samples), async (asked) => {
        const answer = await answered(asked, { baseUrl, agent, headers });
        const fault = faultOf(answer, tolerated) ?? check(answer);
        if (fault !== undefined) throw new Error(`${named(asked)}: ${fault}; ${answer.text.slice(0, 300)}`);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }),
      {
        includeErrorInReport: true,
        numRuns: operation.body === undefined ? Math.ceil(requests / 4) : requests,
      },
    );
  };
  try {
    for (const operation of await describedOperations(baseUrl))
      if (!without.includes(operation.id)) await play(operation);
    const alive = await fetch(new URL('/health/live', baseUrl));
    if (alive.status !== 200) throw new Error(`The service does not live on: ${alive.status}`);
    return tally;
  } finally {
    agent.destroy();
  }
}

async function answered(asked: RestRequest, options: Parameters<typeof send>[1]): Promise<RestAnswer> {
  try {
    return await send(asked, options);
  } catch (error) {
    throw new Error(`${named(asked)}: no answer`, { cause: error });
  }
}

function named(asked: RestRequest): string {
  const body = asked.body !== undefined && 'text' in asked.body ? ` ${asked.body.text.slice(0, 200)}` : '';
  return `${asked.method} ${asked.target.slice(0, 200)}${body}`;
}
