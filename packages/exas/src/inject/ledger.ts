/**
 * What the cloud accepted of every agent, in Redis: a restart injects only differences.
 *
 * Before a request goes out, the halves it carries are stored as unknown; after it, as accepted. A process that dies in
 * between leaves "unknown" behind, and its successor sends that half again instead of trusting an old value.
 */
import { ExecError } from '@exec/common/errors';
import { asId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { defineScript, type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import { type Situation, situationKinds } from '../state/situation.ts';
import type { AgentRecord, StoredAgent } from './outbox.ts';

/** What is stored of an agent: the accepted halves, and the situation, so that a ring without answer outlives a restart. */
export interface StoredState extends StoredAgent {
  readonly situation?: Situation;
}

const acceptedSchema = z.object({ v: z.string(), a: z.number() });
const storedSchema = z
  .object({
    u: z.string().transform((value) => asId<CloudUserId>(value)),
    l: z.number(),
    p: acceptedSchema.optional(),
    r: acceptedSchema.optional(),
    s: z
      .object({ kind: z.enum(situationKinds), since: z.number(), reason: z.string().exactOptional() })
      .optional(),
  })
  .transform(
    ({ u, l, p, r, s }): StoredState => ({
      userId: u,
      lastAt: l,
      ...(p === undefined ? {} : { presence: { value: p.v, at: p.a } }),
      ...(r === undefined ? {} : { routingStatus: { value: r.v, at: r.a } }),
      ...(s === undefined ? {} : { situation: s }),
    }),
  );

/** Lua passes at most some thousand values to one call; a batch has a hundred agents. */
const saveScript = defineScript({
  name: 'exas-save',
  keys: ['agents', 'lease'],
  args: ['token'],
  lua: `
if redis.call('GET', lease) ~= token then return 0 end
for at = 2, #ARGV, 2 do
  if ARGV[at + 1] == '' then redis.call('HDEL', agents, ARGV[at])
  else redis.call('HSET', agents, ARGV[at], ARGV[at + 1]) end
end
return 1`,
  result: z.number(),
});

const chunk = 1000;

export class Ledger {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #leaseKey: string;

  constructor(options: {
    readonly redis: RedisConnection;
    readonly keys: KeySpace;
    readonly leaseKey: string;
  }) {
    this.#redis = options.redis;
    this.#key = options.keys.key('exas', 'agents');
    this.#leaseKey = options.leaseKey;
  }

  /**
   * Everything that is stored; entries of an unknown form are left out and counted.
   *
   * @throws ExecError `redis.unavailable`
   */
  async load(): Promise<{
    readonly agents: ReadonlyMap<EmployeeId, StoredState>;
    readonly unreadable: number;
  }> {
    let stored: Record<string, string>;
    try {
      stored = await this.#redis.client.hgetall(this.#key);
    } catch (error) {
      throw redisFailure(error, 'load the accepted states');
    }
    const agents = new Map<EmployeeId, StoredState>();
    let unreadable = 0;
    for (const [employeeId, text] of Object.entries(stored)) {
      const parsed = storedSchema.safeParse(parseJson(text));
      if (parsed.success) agents.set(asId<EmployeeId>(employeeId), parsed.data);
      else unreadable += 1;
    }
    return { agents, unreadable };
  }

  /**
   * Stores the agents as they are now; a half in flight counts as unknown.
   *
   * @throws ExecError `redis.unavailable`; `lease.lost` when another instance holds the lease, and nothing was stored
   */
  async save(
    token: string,
    agents: readonly AgentRecord[],
    situationOf: (employeeId: EmployeeId) => Situation | undefined,
  ): Promise<void> {
    const values = agents.flatMap((agent) => [
      agent.employeeId,
      JSON.stringify(encode(agent, situationOf(agent.employeeId))),
    ]);
    await this.#run(token, values);
  }

  /** Forgets agents that left the mapping. */
  async remove(token: string, employeeIds: readonly EmployeeId[]): Promise<void> {
    await this.#run(
      token,
      employeeIds.flatMap((employeeId) => [employeeId, '']),
    );
  }

  async #run(token: string, values: readonly string[]): Promise<void> {
    for (let at = 0; at < values.length; at += chunk) {
      const keys = { agents: this.#key, lease: this.#leaseKey };
      const written = await saveScript(this.#redis, keys, { token }, values.slice(at, at + chunk));
      if (written === 0) {
        throw new ExecError('lease.lost', 'The states were not stored: another instance holds the lease.');
      }
    }
  }
}

function encode(agent: AgentRecord, situation: Situation | undefined): object {
  const { presence, routingStatus } = agent.lanes;
  const half = (lane: typeof presence) =>
    lane.inFlight !== undefined || lane.accepted === undefined
      ? undefined
      : { v: lane.accepted.value, a: lane.accepted.at };
  return { u: agent.userId, l: agent.lastAt, p: half(presence), r: half(routingStatus), s: situation };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
