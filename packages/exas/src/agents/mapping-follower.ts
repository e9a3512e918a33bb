/** Follows the agents of the mapping: from Redis, or from EXCS itself while Redis cannot be read. */
import type { Clock, Timer } from '@exec/common/clock';
import type { ExcsClient } from '@exec/common/excs-client';
import type { Dependency } from '@exec/common/http';
import type { AgentMapping, IdMapStore } from '@exec/common/id-map';
import type { CloudSourceId } from '@exec/common/ids';
import type { Logger } from '@exec/common/logging';

/** Whom to watch, and the Source to inject with. */
export interface AgentList {
  readonly agents: readonly AgentMapping[];
  readonly sourceId: CloudSourceId | undefined;
}

export interface MappingFollowerOptions {
  readonly store: IdMapStore;
  /** Where EXCS_URL is set. */
  readonly excs: ExcsClient | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Dependency;
  /** Seconds between two looks. */
  readonly intervalSeconds: () => number;
  readonly onList: (list: AgentList) => void;
  /** After each look, whether the list changed or not. */
  readonly onLook: () => void;
}

/** While there is no list at all, in milliseconds. */
const hurriedMs = 1000;

export class MappingFollower {
  readonly #options: MappingFollowerOptions;
  readonly #abort = new AbortController();
  #version: number | undefined;
  #etag: string | undefined;
  #known = false;
  /** The trouble that was told last. */
  #told: string | undefined;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: MappingFollowerOptions) {
    this.#options = options;
  }

  /** Looks now and then at each interval; also to be called when Redis has come back. */
  look(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#abort.signal.aborted) return;
      const wait = this.#known ? this.#options.intervalSeconds() * 1000 : hurriedMs;
      this.#timer = this.#options.clock.setTimer(wait, () => this.look());
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopping'));
    this.#timer?.cancel();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { health, logger } = this.#options;
    try {
      await this.#fromRedis();
    } catch (redisError) {
      try {
        await this.#fromExcs(redisError);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        // The agents that are known go on being watched.
        if (this.#known) health.up(`working from the last list: ${message}`);
        else health.down(message);
        // It is tried every second while nothing is known: the same trouble is told once.
        if (message !== this.#told) logger.warn({ err: error }, 'The agent list could not be read');
        this.#told = message;
      }
    }
    this.#options.onLook();
  }

  async #fromRedis(): Promise<void> {
    const { store, health, onList } = this.#options;
    const version = await store.version();
    if (version === undefined) {
      if (!this.#known) health.down('EXCS has not stored a mapping yet');
      return;
    }
    if (version !== this.#version) {
      const map = await store.read();
      if (map === undefined) return;
      this.#version = map.version;
      this.#known = true;
      onList({ agents: map.content.agents, sourceId: map.content.sourceId });
    }
    this.#told = undefined;
    health.up(`version ${version}`);
  }

  async #fromExcs(redisError: unknown): Promise<void> {
    const { excs, health, onList } = this.#options;
    if (excs === undefined) throw redisError;
    const pages = await excs.list('agents', this.#etag, this.#abort.signal);
    if (!pages.unchanged) {
      const sourceId = await excs.source(this.#abort.signal);
      this.#etag = pages.etag;
      this.#version = undefined;
      this.#known = true;
      onList({ agents: pages.items, sourceId });
    }
    health.up('read from EXCS, because Redis cannot be read');
  }
}
