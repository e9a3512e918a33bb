/**
 * What an instance remembers of its last term, in case Redis loses everything: it is written back before the next term
 * begins. Who remembers nothing leaves the lease to the other instance, once.
 */
import { ExecError } from '@exec/common/errors';
import type { Formats } from '@exec/common/formats';
import type { LeaseToken } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import type { DataMark } from '../recovery/data-mark.ts';
import { type Kept, restore } from './restore.ts';

export interface MemoryOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly logger: Logger;
  readonly mark: Pick<DataMark, 'mark' | 'changed'>;
}

export class Memory {
  readonly #options: MemoryOptions;
  #kept: Kept | undefined;
  /** The mark of the data that was left to the other instance last. */
  #left: string | undefined;

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  keep(kept: Kept): void {
    this.#kept = kept;
  }

  /** Whoever has committed since knows more than this instance remembers. */
  committed(commit: string): void {
    if (this.#kept === undefined || commit === '' || commit === this.#kept.lastCommit) return;
    if (!commit.startsWith(this.#kept.term)) this.#kept = undefined;
  }

  /**
   * The lease was left to the other instance because of the data with this mark. A load alone does not count: its term
   * may not begin, and then the next load decides anew.
   */
  left(mark: string): void {
    this.#left = mark;
  }

  /**
   * Before what is stored is loaded.
   * @returns mark of what Redis holds now, where Redis has lost its data and the other instance may remember it: the
   *   lease is left to it. Undefined: the term begins.
   * @throws ExecError `lease.lost`, redis.unavailable: to be tried again
   */
  async recall(token: LeaseToken): Promise<string | undefined> {
    const { redis, keys, formats, logger, mark } = this.#options;
    // Redis still has what was kept, or something newer: nothing of it is even sent.
    if (this.#kept?.mark === mark.mark) this.#kept = undefined;
    const kept = this.#kept;
    if (kept === undefined) {
      const isThere = !mark.changed || this.#left === mark.mark || (await this.#hasBegun());
      return isThere ? undefined : mark.mark;
    }
    const answer = await restore(redis, keys, formats, { token: token.value, kept });
    if (answer === 'fenced')
      throw new ExecError('lease.lost', 'Redis says that the lease is not held any more.');
    this.#kept = undefined;
    if (answer === 'begun') return undefined;
    logger.warn(
      { 'exec.conversations': kept.records.length, 'exec.events': kept.out.length },
      'Redis has lost what it had: what this instance remembers of it is written back',
    );
    return undefined;
  }

  /** Somebody has committed, or written back what was lost. */
  async #hasBegun(): Promise<boolean> {
    const { redis, keys } = this.#options;
    return (await redis.client.hexists(keys.meta, 'commit')) === 1;
  }
}
