/** Sees to it that one name of an instance is used by one live process only. */

import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
import { parseJson } from '../json-text.ts';
import { defineScript, type KeySpace, type RedisConnection } from '../redis/index.ts';
import type { Clock, Timer } from '../time/clock.ts';
import { laterBy, type MonotonicMs } from '../time/instants.ts';

export interface InstancePresenceOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly service: string;
  readonly instanceId: string;
  readonly clock: Clock;
  /** Life of the mark without renewal, in milliseconds; default 6000. */
  readonly ttlMs?: number;
  /** Called once, when the name turns out to be in use by another live process. */
  readonly onDuplicate: (error: ExecError) => void;
  /** Called when the name is surely ours, or not (yet). */
  readonly onState: (held: boolean, detail: string) => void;
}

const claim = defineScript({
  name: 'instance-claim',
  keys: ['mark'],
  args: ['own', 'ttl', 'replaceable'],
  // The holder's remaining life comes back with its value: one that is renewed belongs to a live process.
  lua: `
local held = redis.call('GET', mark)
if not held or held == own or held == replaceable then
  redis.call('SET', mark, own, 'PX', ttl)
  return {own, tonumber(ttl)}
end
return {held, redis.call('PTTL', mark)}`,
  result: z.tuple([z.string(), z.number()]),
});

const giveUp = defineScript({
  name: 'instance-release',
  keys: ['mark'],
  args: ['own'],
  lua: `if redis.call('GET', mark) == own then return redis.call('DEL', mark) end return 0`,
  result: z.number(),
});

/** Several services can run in one process (tests do that). */
const startsOfThisProcess = new Set<string>();

const markSchema = z.object({ start: z.string(), space: z.string(), pid: z.number().int().positive() });

/** Marks this instance in Redis, so that a second process with the same ID is noticed: `instance.duplicate`. */
export class InstancePresence {
  readonly #options: InstancePresenceOptions;
  readonly #ttlMs: number;
  readonly #key: string;
  readonly #start = randomBytes(16).toString('hex');
  readonly #own: string;
  #running = false;
  #timer: Timer | undefined;
  #attempt: Promise<void> = Promise.resolve();
  /** The foreign mark that is being watched, with the monotonic time at which it ends unless renewed. */
  #rival: { readonly mark: string; readonly endsAt: MonotonicMs } | undefined;

  constructor(options: InstancePresenceOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? 6000;
    this.#key = options.keys.key('instance', options.service, options.instanceId);
    this.#own = JSON.stringify({ start: this.#start, space: processSpace(), pid: process.pid });
  }

  start(): void {
    this.#running = true;
    startsOfThisProcess.add(this.#start);
    this.#attempt = this.#try();
  }

  /** Tries at once instead of at the next beat: Redis has just come back. */
  retry(): void {
    if (!this.#running) return;
    this.#timer?.cancel();
    this.#attempt = this.#attempt.then(() => {
      this.#timer?.cancel();
      return this.#running ? this.#try() : undefined;
    });
  }

  /** Gives the name up. Never throws. */
  async stop(): Promise<void> {
    startsOfThisProcess.delete(this.#start);
    if (!this.#running) return;
    this.#running = false;
    this.#timer?.cancel();
    await this.#attempt;
    await giveUp(this.#options.redis, { mark: this.#key }, { own: this.#own }).catch(() => {
      // Redis is away: the mark ends by itself.
    });
  }

  async #try(): Promise<void> {
    const { clock, onState } = this.#options;
    try {
      let [mark, remainingMs] = await this.#claim('');
      if (mark !== this.#own && isDead(mark)) [mark, remainingMs] = await this.#claim(mark);
      if (!this.#running) return;
      if (mark === this.#own) {
        this.#rival = undefined;
        onState(true, 'the name is held');
      } else if (this.#meet(mark, laterBy(clock.monotonic(), remainingMs)) === 'live') {
        return;
      }
    } catch (error) {
      if (!this.#running) return;
      onState(false, error instanceof Error ? error.message : 'the name could not be checked');
    }
    this.#timer = clock.setTimer(this.#ttlMs / 3, () => {
      this.#attempt = this.#try();
    });
  }

  #claim(replaceable: string): Promise<[string, number]> {
    const args = { own: this.#own, ttl: this.#ttlMs, replaceable };
    return claim(this.#options.redis, { mark: this.#key }, args);
  }

  /** Judges a foreign mark; one of a live process ends this instance. */
  #meet(mark: string, endsAt: MonotonicMs): 'live' | 'undecided' {
    const { onState, onDuplicate, instanceId, service } = this.#options;
    if (this.#rival?.mark !== mark) this.#rival = { mark, endsAt };
    else if (endsAt > this.#rival.endsAt + this.#ttlMs / 10) {
      this.#running = false;
      startsOfThisProcess.delete(this.#start);
      onState(false, 'the name is used by another live instance');
      onDuplicate(
        new ExecError(
          'instance.duplicate',
          `Another live instance of ${service} uses INSTANCE_ID ${instanceId} in this deployment.`,
        ),
      );
      return 'live';
    }
    onState(false, 'waiting to see whether another live instance uses the name');
    return 'undecided';
  }
}

/** Two processes see the same PIDs when they share the kernel and the PID name space. */
function processSpace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Whether a mark was surely left by a process that is no more: then there is nothing to wait for. */
function isDead(mark: string): boolean {
  const parsed = markSchema.safeParse(parseJson(mark));
  if (!parsed.success || parsed.data.space === '' || parsed.data.space !== processSpace()) return false;
  // An earlier process can have had the same PID: in a container that is restarted it is always 1.
  if (parsed.data.pid === process.pid) return !startsOfThisProcess.has(parsed.data.start);
  try {
    process.kill(parsed.data.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
