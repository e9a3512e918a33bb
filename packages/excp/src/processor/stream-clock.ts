/**
 * The clock in which waits are measured: the stream's, without the jumps of Redis' own clock. Both instances come to
 * the same time: what jumps have added up to (`shift`) stands in Redis and is written with each commit, beside the newest
 * time of what was dealt with (`place`): IDs of a stream only rise, so that one before it stems from before a jump.
 */

import type { Clock, Timer } from '@exec/common/clock';
import {
  earliest,
  laterBy,
  latest,
  type MonotonicMs,
  type StreamMs,
  streamMs,
  type WallMs,
  wallMs,
} from '@exec/common/instants';
import { defineScript, type RedisConnection } from '@exec/common/redis';
import { z } from 'zod';
import type { ExcpKeys } from '../keys.ts';
import { timeOfId } from './stream-ids.ts';

/** A difference beyond this between Redis' clock and our monotonic one is a jump; below it is drift, and followed. */
const jumpMs = 1_000;
const lookMs = 1_000;
/** The holder of the lease has looked as well by then, and has written what it saw with its next commit. */
const looksToDeny = 3;

const look = defineScript({
  name: 'excp-stream-clock',
  keys: ['meta'],
  lua: `
local known = redis.call('HMGET', meta, 'clockShift', 'commit', 'clockPlace')
return {redis.call('TIME'), known[1] or '0', known[2] or '', known[3] or '0'}`,
  result: z.tuple([
    z.tuple([z.coerce.number(), z.coerce.number()]),
    z.coerce.number(),
    z.string(),
    z.coerce.number().transform(streamMs),
  ]),
});

export interface StreamClockOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly clock: Clock;
  /** Redis' clock has jumped by so many milliseconds. */
  readonly onJump: (ms: number) => void;
  /** Name of the newest commit that Redis knows; empty: of none. */
  readonly onCommit?: (commit: string) => void;
}

export interface EntryTimes {
  readonly storedAt: StreamMs;
  /** At the instance that stored it. */
  readonly arrived: StreamMs;
}

export class StreamClock {
  readonly #options: StreamClockOptions;
  /** Redis' clock minus the monotonic one, as it was last seen: at least. */
  #offset: number | undefined;
  /** The same at most: an answer that came late may be as old as its question. */
  #offsetAtMost = Number.POSITIVE_INFINITY;
  /** Jumps that Redis knows of, and those that are not written yet. */
  #written = 0;
  #pending = 0;
  /** The shift before the last jump that was seen here. */
  #before = 0;
  #place = streamMs(0);
  #commit = '';
  /** Since a jump was noticed: how often Redis was asked, and the newest commit then. */
  #since: { readonly commit: string; looks: number } | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(options: StreamClockOptions) {
    this.#options = options;
  }

  /** Begins to follow Redis' clock, also on an instance that stands by: only who saw the time before notices a jump. */
  start(): void {
    void this.look()
      .catch(() => undefined)
      .then(() => {
        if (!this.#stopped) this.#timer = this.#options.clock.setTimer(lookMs, () => this.start());
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Milliseconds by which Redis' clock is ahead of the stream's. */
  get shift(): number {
    return this.#written + this.#pending;
  }

  /** Stream time until which everything was dealt with, here or by who held the lease before. */
  get place(): StreamMs {
    return this.#place;
  }

  /** Name of the newest commit that was seen in Redis; empty: there was none. */
  get commit(): string {
    return this.#commit;
  }

  /** Stream time; undefined while Redis has not been asked. */
  get now(): StreamMs | undefined {
    if (this.#offset === undefined) return undefined;
    return streamMs(Math.floor(this.#options.clock.monotonic() + this.#offset - this.shift));
  }

  /** By a clock that is behind, what has just been stored would seem to be older than what was asked for before it. */
  get #nowAtMost(): StreamMs {
    return streamMs(Math.ceil(this.#options.clock.monotonic() + this.#offsetAtMost - this.shift));
  }

  /**
   * Stream times of an entry that waited so many milliseconds in memory before it could be stored. Its ID may stem from
   * before a jump: back, then it is not after now; ahead, then it is not before what stands before it in the stream.
   * @param before when the entry before it was stored; default: the newest that was dealt with
   */
  timesOf(id: string, waited: number, before = this.#place): EntryTimes {
    const now = this.#nowAtMost;
    const storedAt = this.#storedAt(timeOfId(id), now, before);
    return { storedAt: earliest(storedAt, now), arrived: earliest(laterBy(storedAt, -waited), now) };
  }

  /** Everything that was stored until `time` has been dealt with. */
  dealtUpTo(time: StreamMs): void {
    this.#place = latest(this.#place, time);
  }

  #storedAt(redisTime: WallMs, now: StreamMs, place: StreamMs): StreamMs {
    const time = streamMs(redisTime - this.shift);
    if (time >= laterBy(place, -jumpMs)) return time;
    const before = streamMs(redisTime - this.#before);
    return before >= laterBy(place, -jumpMs) && before <= now ? before : place;
  }

  /** @throws ExecError redis.unavailable */
  async look(): Promise<void> {
    const { redis, keys, clock } = this.#options;
    const sent = clock.monotonic();
    const [[seconds, micros], written, commit, place] = await look(redis, { meta: keys.meta }, {});
    this.#place = latest(this.#place, place);
    const jump = this.#observe(wallMs(seconds * 1000 + micros / 1000), sent, clock.monotonic());
    if (jump !== 0) {
      this.#before = this.shift;
      this.#pending += jump;
      this.#since = { commit, looks: 0 };
      this.#options.onJump(jump);
    }
    this.#commit = commit;
    this.#options.onCommit?.(commit);
    // Redis has lost its data: what had been written holds until somebody writes again.
    if (commit !== '') this.#agree(written, commit);
  }

  /**
   * By how much Redis' clock has jumped. The answer was made somewhere between `sent` and `got`: only what neither
   * explains is a jump.
   */
  #observe(time: WallMs, sent: MonotonicMs, got: MonotonicMs): number {
    const [lowest, highest] = [time - got, time - sent];
    const within = (offset: number) => Math.min(Math.max(offset, lowest), highest);
    const before = this.#offset ?? lowest;
    this.#offset = within(before);
    const by = Math.round(this.#offset - before);
    const hasJumped = Math.abs(by) > jumpMs;
    this.#offsetAtMost = hasJumped ? highest : within(this.#offsetAtMost);
    return hasJumped ? by : 0;
  }

  /**
   * The holder of the lease writes what it saw. One that has committed since and wrote nothing has seen no jump: it was
   * this machine that stood still.
   */
  #agree(written: number, commit: string): void {
    const since = this.#since;
    if (since !== undefined) since.looks++;
    const denied = since !== undefined && since.looks > looksToDeny && commit !== since.commit;
    if (written !== this.#written || denied) {
      this.#pending = 0;
      this.#since = undefined;
    }
    this.#written = written;
  }
}
