/** Follows the agents of the mapping: from Redis, or from EXCS itself while Redis cannot be read. */
import type { Clock, Timer } from '@exec/common/clock';
import type { ExcsClient } from '@exec/common/excs-client';
import type { Dependency } from '@exec/common/http';
import { type AgentMapping, aboutMap, type IdMapStore } from '@exec/common/id-map';
import type { CloudSourceId } from '@exec/common/ids';
import type { Logger } from '@exec/common/logging';
import { Trouble, textOf } from '@exec/common/trouble';

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

/** While nobody is listed, in milliseconds: work begins as soon as somebody is. */
const hurriedMs = 1000;

export class MappingFollower {
  readonly #options: MappingFollowerOptions;
  readonly #abort = new AbortController();
  #version: number | undefined;
  /** What is said of that version. */
  #about = '';
  #etag: string | undefined;
  #known = false;
  #anybody = false;
  readonly #trouble: Trouble;
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: MappingFollowerOptions) {
    this.#options = options;
    this.#trouble = new Trouble({ logger: options.logger, message: 'The agent list could not be read' });
  }

  /** Looks now and then at each interval; also to be called when Redis has come back. */
  look(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#abort.signal.aborted) return;
      const wait = this.#anybody ? this.#options.intervalSeconds() * 1000 : hurriedMs;
      this.#timer = this.#options.clock.setTimer(wait, () => this.look());
    });
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopping'));
    this.#timer?.cancel();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { health } = this.#options;
    try {
      await this.#fromRedis();
    } catch (redisError) {
      try {
        await this.#fromExcs(redisError);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#trouble.failed(error);
        // The agents that are known go on being watched.
        if (this.#known) health.up(`working from the last list: ${textOf(error)}`);
        else health.down(textOf(error));
      }
    }
    this.#options.onLook();
  }

  async #fromRedis(): Promise<void> {
    const { store, health } = this.#options;
    const version = await store.version();
    if (version === undefined) {
      if (!this.#known) health.down('EXCS has not stored a mapping yet');
      return;
    }
    if (version !== this.#version) {
      const map = await store.read();
      if (map === undefined) return;
      this.#version = map.version;
      this.#about = aboutMap(map);
      this.#take({ agents: map.content.agents, sourceId: map.content.sourceId });
    }
    this.#trouble.over();
    health.up(this.#about);
  }

  async #fromExcs(redisError: unknown): Promise<void> {
    const { excs, health } = this.#options;
    if (excs === undefined) throw redisError;
    const pages = await excs.list('agents', this.#etag, this.#abort.signal);
    if (!pages.unchanged) {
      const sourceId = await excs.source(this.#abort.signal);
      this.#etag = pages.etag;
      this.#version = undefined;
      this.#take({ agents: pages.items, sourceId });
    }
    this.#trouble.over();
    health.up(`read from EXCS, because Redis cannot be read: ${textOf(redisError)}`);
  }

  #take(list: AgentList): void {
    this.#known = true;
    this.#anybody = list.agents.length > 0;
    this.#options.onList(list);
  }
}
