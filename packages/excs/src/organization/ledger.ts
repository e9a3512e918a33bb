/** The ledger in Redis: which cloud object stands for which Engage object, and what of the cloud is ours. */
import { randomUUID } from 'node:crypto';
import { ExecError } from '@exec/common/errors';
import { type Formats, readValue, type Stored } from '@exec/common/formats';
import { asId, type CloudQueueId, type CloudUserId, type CloudWrapupCodeId } from '@exec/common/ids';
import type { LeaseToken } from '@exec/common/leadership';
import { defineScript, type KeySpace, type RedisConnection, redisFailure } from '@exec/common/redis';
import { z } from 'zod';
import { queueFields } from '../desired/queue-fields.ts';
import type { Owner } from '../plan/organization.ts';
import {
  type Change,
  completeField,
  LedgerKeys,
  ownerOf,
  records,
  type SourceRecord,
} from './ledger-changes.ts';
import type { OrganizationState } from './organization-state.ts';

const writeScript = defineScript({
  name: 'excs-ledger-write',
  keys: ['lease'],
  args: ['fence'],
  // Every command sets or removes named things, so running the list again changes nothing.
  lua: `
if redis.call('GET', lease) ~= fence then return 'fenced' end
local at = 2
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
return 'ok'`,
  result: z.enum(['ok', 'fenced']),
});

/** Values of one call; Lua and the protocol stay fast with that. */
const valuesPerCall = 4000;
/** Fields per step when a large hash is read. */
const scanCount = 1000;
/** Hashes of marks read side by side. */
const pipelineSize = 200;

export interface LedgerOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly formats: Formats;
}

export class Ledger {
  readonly keys: LedgerKeys;
  readonly leaseKey: string;
  readonly epochKey: string;
  readonly #redis: RedisConnection;
  readonly #formats: Formats;
  /** Kept in memory too: a Redis that comes back empty must not make a stranger of a deployment that goes on. */
  #deploymentId: string = randomUUID();

  constructor(options: LedgerOptions) {
    this.#redis = options.redis;
    this.#formats = options.formats;
    this.keys = new LedgerKeys(options.keys, options.formats);
    this.leaseKey = this.keys.of('lease');
    this.epochKey = this.keys.of('lease-epoch');
  }

  /**
   * Carries out the changes in one step if the lease is still held.
   *
   * @throws ExecError `lease.lost`, `redis.unavailable` (outcome unknown: load the ledger anew before going on)
   */
  async write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    if (token === undefined) throw lost();
    let values: (string | number)[] = [];
    const send = async () => {
      if (values.length === 0) return;
      const answer = await writeScript(this.#redis, { lease: this.leaseKey }, { fence: token.value }, values);
      if (answer === 'fenced') throw lost();
      values = [];
    };
    for (const change of changes) {
      if (values.length + change.length + 1 > valuesPerCall) await send();
      values.push(change.length, ...change);
    }
    await send();
  }

  /** The ID of this deployment; made once per Redis. @throws ExecError `redis.unavailable` */
  async deploymentId(): Promise<string> {
    return this.#command('read the deployment ID', async () => {
      const key = this.keys.of('deployment');
      await this.#redis.client.set(key, this.#deploymentId, 'NX');
      this.#deploymentId = (await this.#redis.client.get(key)) ?? this.#deploymentId;
      return this.#deploymentId;
    });
  }

  /** The same without making one; undefined when there is none. */
  async knownDeploymentId(): Promise<string | undefined> {
    const id = await this.#command('read the deployment ID', () =>
      this.#redis.client.get(this.keys.of('deployment')),
    );
    return id ?? undefined;
  }

  /** Fills an empty state with what is stored. @throws ExecError `redis.unavailable`, `ledger.unreadable` */
  async load(state: OrganizationState): Promise<{ readonly source: SourceRecord | undefined }> {
    await this.#records('users', records.user, (link) => void state.setUser(link));
    await this.#records('skills', records.skill, (link) => {
      state.skills.set(link.dbid, link);
      state.skillIndex.set({ id: link.id, name: link.name });
    });
    await this.#records('former-skills', records.formerSkill, (skill) => {
      state.formerSkills.set(skill.id, skill);
    });
    await this.#records('queues', records.queue, (link) => {
      state.queues.set(link.dbid, link);
      state.queueIndex.set({ id: link.id, ...queueFields.pick(link) });
    });
    await this.#records('wrapup-codes', records.wrapupCode, (link) => {
      state.wrapupCodes.set(link.dbid, link);
      state.codeIndex.set({ id: link.id, name: link.name });
    });
    await this.#loadMarks(state);
    const source = await this.#command('read the ledger', () =>
      this.#redis.client.get(this.keys.of('source')),
    );
    return { source: this.#known(this.#formats.read(records.source.what, source, records.source.schema)) };
  }

  async #loadMarks(state: OrganizationState): Promise<void> {
    const interned = new Map<string, CloudUserId>();
    for (const link of state.users.values()) interned.set(link.id, link.id);
    const userId = (text: string) => interned.get(text) ?? asId<CloudUserId>(text);
    const grants = await this.#hash(this.keys.of('supervisors'));
    for (const [id, mark] of Object.entries(grants)) {
      const owner = ownerOf(mark);
      if (owner !== undefined) state.supervisors.set(userId(id), owner);
    }
    const queues = [...state.queues.values()].map((link) => link.id);
    for (let start = 0; start < queues.length; start += pipelineSize)
      await Promise.all(
        queues.slice(start, start + pipelineSize).map(async (id) => {
          await this.#marks(
            this.keys.of('members', id),
            (map: Map<CloudUserId, Owner>, at) => {
              state.queueMembers.set(id, map);
              noteWrite(state, id, at);
            },
            userId,
          );
          await this.#marks(
            this.keys.of('queue-codes', id),
            (map: Map<CloudWrapupCodeId, Owner>, at) => {
              state.codesOfQueues.set(id, map);
              noteWrite(state, id, at);
            },
            (text) => asId<CloudWrapupCodeId>(text),
          );
        }),
      );
  }

  async #marks<Id>(
    key: string,
    found: (marks: Map<Id, Owner>, at: number) => void,
    toId: (text: string) => Id,
  ): Promise<void> {
    const fields = await this.#hash(key);
    // Without it the hash is the beginning of one whose first write never ended.
    const complete = fields[completeField];
    if (complete === undefined) return;
    const marks = new Map<Id, Owner>();
    for (const [id, mark] of Object.entries(fields)) {
      const owner = ownerOf(mark);
      if (id !== completeField && owner !== undefined) marks.set(toId(id), owner);
    }
    found(marks, Number(complete) || 0);
  }

  async #records<T>(
    part: string,
    { what, schema }: { readonly what: string; readonly schema: z.ZodType<T> },
    found: (record: T) => void,
  ): Promise<void> {
    const key = this.keys.of(part);
    let cursor = '0';
    do {
      const [next, fields] = await this.#command('read the ledger', () =>
        this.#redis.client.hscan(key, cursor, 'COUNT', scanCount),
      );
      for (let index = 1; index < fields.length; index += 2) {
        const record = this.#known(this.#formats.read(what, fields[index], schema));
        if (record !== undefined) found(record);
      }
      cursor = next;
    } while (cursor !== '0');
  }

  /**
   * A damaged record is as good as none: the object is found again by identity or name. One of a newer release is not:
   * what it says of ours and of others' must not be guessed.
   */
  #known<T>(stored: Stored<T>): T | undefined {
    if (stored.kind === 'other')
      throw new ExecError(
        'ledger.unreadable',
        `The ledger in Redis holds records of format ${stored.format}, which this release does not read. Nothing is ` +
          'written. Run the newer release.',
      );
    return readValue(stored);
  }

  #hash(key: string): Promise<Record<string, string>> {
    return this.#command('read the ledger', () => this.#redis.client.hgetall(key));
  }

  async #command<T>(doing: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw redisFailure(error, doing);
    }
  }
}

function noteWrite(state: OrganizationState, id: CloudQueueId, at: number): void {
  state.queueWrites.set(id, Math.max(at, state.queueWrites.get(id) ?? 0));
}

function lost(): ExecError {
  return new ExecError('lease.lost', 'The ledger was not written: this instance does not hold the lease.', {
    retryable: true,
  });
}
