/**
 * What the cloud accepted of every agent, in Redis: a restart injects only differences.
 *
 * Before a request goes out, the halves it carries are stored as unknown; after it, as accepted. A process that dies in
 * between leaves "unknown" behind, and its successor sends that half again instead of trusting an old value.
 */
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import { asId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { engageSeconds, latest, type WallMs, wallMs } from '@exec/common/instants';
import { defineScript, type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import { type Situation, situationKinds } from '../state/situation.ts';
import type { AgentRecord, StoredAgent } from './outbox.ts';

/** What is stored of an agent: the accepted halves, and the situation, so that a ring without answer outlives a restart. */
export interface StoredState extends StoredAgent {
  readonly situation?: Situation;
}

export interface LoadedStates {
  readonly agents: ReadonlyMap<EmployeeId, StoredState>;
  /** Entries of an unknown form: they are left out. */
  readonly unreadable: number;
  /** Formats of entries that this release does not read, one for each entry. */
  readonly others: readonly number[];
  /** Times of agents of whom nothing is known begin here. */
  readonly floor: WallMs;
}

const wallTime = z.number().transform(wallMs);
const acceptedSchema = z.object({ v: z.string(), a: wallTime });
const storedSchema = z
  .object({
    u: z.string().transform((value) => asId<CloudUserId>(value)),
    l: wallTime,
    p: acceptedSchema.optional(),
    r: acceptedSchema.optional(),
    s: z
      .object({
        kind: z.enum(situationKinds),
        since: z.number().transform(engageSeconds),
        reason: z.string().exactOptional(),
      })
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
for at = 2, #ARGV, 2 do redis.call('HSET', agents, ARGV[at], ARGV[at + 1]) end
return 1`,
  result: z.number(),
});

/** Answers the floor that stands, or sets it; a Redis that lost its data has none. */
const floorScript = defineScript({
  name: 'exas-floor',
  keys: ['floor', 'lease'],
  args: ['token', 'now'],
  lua: `
if redis.call('GET', lease) ~= token then return false end
local known = redis.call('GET', floor)
if known then return known end
redis.call('SET', floor, now)
return now`,
  result: z.union([z.null(), z.string().transform((text) => wallMs(Number(text)))]),
});

/** Two steps in one: what is lost of an agent is at most its states, never how late its times were. */
const removeScript = defineScript({
  name: 'exas-remove',
  keys: ['agents', 'lease', 'floor'],
  args: ['token', 'atLeast'],
  lua: `
if redis.call('GET', lease) ~= token then return 0 end
if tonumber(redis.call('GET', floor) or '0') < tonumber(atLeast) then redis.call('SET', floor, atLeast) end
for at = 3, #ARGV do redis.call('HDEL', agents, ARGV[at]) end
return 1`,
  result: z.number(),
});

const what = 'exas:agent';
const chunk = 1000;

export class Ledger {
  readonly #redis: RedisConnection;
  readonly #formats: Formats;
  readonly #key: string;
  readonly #floorKey: string;
  readonly #leaseKey: string;
  readonly #now: () => WallMs;
  /** The floor that need not be stored again. */
  #floor: WallMs | undefined;

  constructor(options: {
    readonly redis: RedisConnection;
    readonly keys: KeySpace;
    readonly formats: Formats;
    readonly leaseKey: string;
    readonly now: () => WallMs;
  }) {
    this.#redis = options.redis;
    this.#formats = options.formats;
    this.#now = options.now;
    this.#floorKey = options.keys.key('exas', 'floor');
    this.#key = options.keys.key('exas', 'agents');
    this.#leaseKey = options.leaseKey;
  }

  /**
   * Everything that is stored; entries of an unknown form are left out and counted.
   *
   * @throws ExecError `redis.unavailable`; `lease.lost` when another instance holds the lease
   */
  async load(token: string): Promise<LoadedStates> {
    const floor = await floorScript(
      this.#redis,
      { floor: this.#floorKey, lease: this.#leaseKey },
      { token, now: Math.ceil(this.#now()) },
    );
    if (floor === null)
      throw new ExecError('lease.lost', 'The states were not loaded: another instance holds the lease.');
    const stored = await this.#stored();
    const agents = new Map<EmployeeId, StoredState>();
    let unreadable = 0;
    const others: number[] = [];
    for (const [employeeId, text] of stored) {
      const state = this.#formats.read(what, text, storedSchema);
      if (state.kind === 'read') agents.set(asId<EmployeeId>(employeeId), state.value);
      else if (state.kind === 'other') others.push(state.format);
      else unreadable += 1;
    }
    // Nor is it known how late the times of these were.
    const isUnsure = unreadable + others.length > 0;
    this.#floor = isUnsure ? latest(floor, this.#now()) : floor;
    return { agents, unreadable, others, floor: this.#floor };
  }

  /** Not as an object: an employee ID may be `__proto__`. */
  async #stored(): Promise<ReadonlyMap<string, string>> {
    const stored = new Map<string, string>();
    let cursor = '0';
    try {
      do {
        const [next, fields] = await this.#redis.client.hscan(this.#key, cursor, 'COUNT', chunk);
        cursor = next;
        for (let at = 0; at + 1 < fields.length; at += 2) stored.set(fields[at] ?? '', fields[at + 1] ?? '');
      } while (cursor !== '0');
    } catch (error) {
      throw redisFailure(error, 'load the accepted states');
    }
    return stored;
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
      this.#formats.write(what, encode(agent, situationOf(agent.employeeId))),
    ]);
    for (let at = 0; at < values.length; at += chunk) {
      const keys = { agents: this.#key, lease: this.#leaseKey };
      if ((await saveScript(this.#redis, keys, { token }, values.slice(at, at + chunk))) === 0) throw lost();
    }
  }

  /**
   * Looks whether Redis still holds `token` for the active one.
   *
   * @throws ExecError `redis.unavailable`; `lease.lost` when it does not
   */
  async confirm(token: string): Promise<void> {
    let held: string | null;
    try {
      held = await this.#redis.client.get(this.#leaseKey);
    } catch (error) {
      throw redisFailure(error, 'confirm the lease');
    }
    if (held !== token)
      throw new ExecError('lease.lost', 'Redis does not hold the lease for this instance any more.');
  }

  /**
   * Forgets agents that left the mapping; from now on the times of whom nothing is stored begin at `floor` at the
   * earliest. Asks Redis only when that is new.
   *
   * @throws ExecError `redis.unavailable`, `lease.lost`
   */
  async remove(token: string, employeeIds: readonly EmployeeId[], floor: WallMs): Promise<void> {
    if (employeeIds.length === 0 && floor === this.#floor) return;
    const keys = { agents: this.#key, lease: this.#leaseKey, floor: this.#floorKey };
    const args = { token, atLeast: Math.ceil(floor) };
    for (let at = 0; at === 0 || at < employeeIds.length; at += chunk)
      if ((await removeScript(this.#redis, keys, args, employeeIds.slice(at, at + chunk))) === 0)
        throw lost();
    this.#floor = floor;
  }
}

function lost(): ExecError {
  return new ExecError('lease.lost', 'The states were not stored: another instance holds the lease.');
}

function encode(agent: AgentRecord, situation: Situation | undefined): object {
  const { presence, routingStatus } = agent.halves;
  const stored = (half: typeof presence) =>
    half.inFlight !== undefined || half.accepted === undefined
      ? undefined
      : { v: half.accepted.value, a: half.accepted.at };
  return { u: agent.userId, l: agent.lastAt, p: stored(presence), r: stored(routingStatus), s: situation };
}
