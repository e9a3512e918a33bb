/** Lua commands with named keys and arguments and a typed result. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
import { redisFailure } from './failure.ts';

export type ScriptValue = string | number | Buffer;

/** Where a script runs: a connection of ours or its client. */
export type ScriptTarget = Redis | { readonly client: Redis };

export interface ScriptDefinition<K extends string, A extends string, R> {
  /** For messages and tests. */
  readonly name: string;
  /** Names of the keys; each is a local variable of the Lua text. */
  readonly keys: readonly K[];
  /** Names of the arguments; each is a local variable of the Lua text. */
  readonly args?: readonly A[];
  /**
   * Must be safe to run twice: a time-out leaves open whether it ran. Further values of a call are
   * `ARGV[<number of named arguments> + 1]` and so on. Redis 6.0 commands only.
   */
  readonly lua: string;
  /** Checks the reply. */
  readonly result: z.ZodType<R>;
}

export interface Script<K extends string, A extends string, R> {
  /** @throws ExecError `redis.unavailable` (outcome unknown), `redis.takes-no-writes`, `redis.refused` */
  (
    target: ScriptTarget,
    keys: Readonly<Record<K, string>>,
    args: Readonly<Record<A, ScriptValue>>,
    rest?: readonly ScriptValue[],
  ): Promise<R>;
  readonly scriptName: string;
  readonly lua: string;
}

/**
 * Makes a typed function of a Lua script: named keys and arguments, a checked reply. What that function throws stands at
 * {@link Script}.
 */
export function defineScript<const K extends string, R, const A extends string = never>(
  definition: ScriptDefinition<K, A, R>,
): Script<K, A, R> {
  const { name, keys: keyNames, args: argNames = [], result } = definition;
  const locals = [
    ...keyNames.map((key, index) => `local ${key} = KEYS[${index + 1}]`),
    ...argNames.map((arg, index) => `local ${arg} = ARGV[${index + 1}]`),
  ];
  const lua = `${locals.join('\n')}\n${definition.lua}`;
  // EVALSHA names scripts by SHA-1; it is a name here, not a protection.
  const sha = createHash('sha1').update(lua).digest('hex');

  const run = async (
    target: ScriptTarget,
    keys: Readonly<Record<K, string>>,
    args: Readonly<Record<A, ScriptValue>>,
    rest: readonly ScriptValue[] = [],
  ): Promise<R> => {
    const client =
      'client' in target && typeof target.client === 'object' ? target.client : (target as Redis);
    const values = [...keyNames.map((key) => keys[key]), ...argNames.map((arg) => args[arg]), ...rest];
    const reply = await evaluate(client, name, sha, lua, keyNames.length, values);
    const parsed = result.safeParse(reply);
    if (parsed.success) return parsed.data;
    throw new ExecError('redis.refused', `The Redis script ${name} answered something unexpected.`);
  };
  return Object.assign(run, { scriptName: name, lua });
}

async function evaluate(
  client: Redis,
  name: string,
  sha: string,
  lua: string,
  keyCount: number,
  values: readonly ScriptValue[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keyCount, ...values);
  } catch (error) {
    // The server forgets scripts when it restarts; nothing has run in that case.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT'))
      throw redisFailure(error, `run ${name}`);
  }
  try {
    return await client.eval(lua, keyCount, ...values);
  } catch (error) {
    throw redisFailure(error, `run ${name}`);
  }
}
