/**
 * The mapping of EXCS, mirrored in Redis: read page by page with ETags, stored whole, and read from there by both
 * instances. A mapping that was complete once stays in use, whatever becomes of EXCS.
 */
import type { Clock } from '@exec/common/clock';
import type { ExcsClient, MappingKind } from '@exec/common/excs-client';
import type { Dependency } from '@exec/common/http';
import {
  type AgentMapping,
  aboutMap,
  type DnEntry,
  type IdMap,
  type IdMapContent,
  type IdMapStore,
  type QueueMapping,
  type SkillMapping,
  type WrapupCodeMapping,
} from '@exec/common/id-map';
import type { Logger } from '@exec/common/logging';
import { Machine, type MachineMetrics } from '@exec/common/machine';
import { Trouble, textOf } from '@exec/common/trouble';
import {
  type MirrorEffect,
  type MirrorInput,
  type MirrorState,
  type MirrorTimer,
  nextMirror,
} from './mirror-state.ts';

export interface MirrorOptions {
  /** Undefined: the map that EXCS keeps in the same Redis is read as it is. */
  readonly excs: ExcsClient | undefined;
  readonly store: IdMapStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: MachineMetrics | undefined;
  readonly health: Dependency;
  readonly onChange: (map: IdMap) => void;
  readonly intervalMs?: number;
}

const hurriedMs = 1_000;
const kinds = ['agents', 'queues', 'skills', 'wrapup-codes', 'dns'] as const satisfies readonly MappingKind[];

interface Lists {
  agents?: readonly AgentMapping[];
  queues?: readonly QueueMapping[];
  skills?: readonly SkillMapping[];
  'wrapup-codes'?: readonly WrapupCodeMapping[];
  dns?: readonly DnEntry[];
}

export class Mirror {
  readonly #options: MirrorOptions;
  readonly #abort = new AbortController();
  readonly #etags = new Map<MappingKind, string | undefined>();
  readonly #lists: Lists = {};
  #map: IdMap | undefined;
  readonly #machine: Machine<MirrorState, MirrorInput, MirrorEffect, MirrorTimer>;
  readonly #stopped = Promise.withResolvers<void>();
  readonly #trouble: Trouble;

  constructor(options: MirrorOptions) {
    this.#options = options;
    const { clock, logger, metrics, intervalMs = 10_000 } = options;
    this.#trouble = new Trouble({ logger, message: 'The mapping could not be read' });
    this.#machine = new Machine<MirrorState, MirrorInput, MirrorEffect, MirrorTimer>({
      name: 'mapping',
      initial: { phase: 'idle' },
      next: (state, input) => nextMirror(state, input, { intervalMs, hurriedMs }),
      carryOut: (effect) => (effect.type === 'look' ? void this.#look() : this.#stopped.resolve()),
      clock,
      logger,
      metrics,
    });
  }

  /** The newest complete mapping; undefined until there was one. */
  get map(): IdMap | undefined {
    return this.#map;
  }

  /** Looks now, and then at each interval. */
  look(): void {
    this.#machine.input({ type: 'look' });
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopping'));
    this.#machine.input({ type: 'stop' });
    await this.#stopped.promise;
  }

  async #look(): Promise<void> {
    await this.#readBoth();
    this.#machine.input({ type: 'looked', known: this.#map !== undefined });
  }

  /** From EXCS into Redis, and from there into memory. */
  async #readBoth(): Promise<void> {
    const { health } = this.#options;
    const problems: unknown[] = [];
    try {
      await this.#fromExcs();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      problems.push(error);
    }
    try {
      await this.#fromRedis();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      problems.push(error);
    }
    const [first] = problems;
    if (problems.length === 0) this.#trouble.over();
    else this.#trouble.failed(first);
    const problem = problems.length === 0 ? undefined : textOf(first);
    if (this.#map === undefined) health.down(problem ?? 'there is no complete mapping yet');
    else if (problem !== undefined) health.up(`working from the mirror, ${aboutMap(this.#map)}: ${problem}`);
    else health.up(aboutMap(this.#map));
  }

  /** Stores what EXCS tells; both instances do, and the one that comes second changes nothing. */
  async #fromExcs(): Promise<void> {
    const { excs, store } = this.#options;
    if (excs === undefined) return;
    const sourceId = await excs.source(this.#abort.signal);
    const changed = new Map<MappingKind, string | undefined>();
    for (const kind of kinds) {
      const pages = await excs.list(kind, this.#etags.get(kind), this.#abort.signal);
      if (pages.unchanged) continue;
      Object.assign(this.#lists, { [kind]: pages.items });
      changed.set(kind, pages.etag);
    }
    const { agents, queues, skills, 'wrapup-codes': wrapupCodes, dns } = this.#lists;
    if (!agents || !queues || !skills || !wrapupCodes || !dns) return;
    const stored = this.#map?.content;
    if (changed.size === 0 && stored !== undefined && stored.sourceId === sourceId) return;
    const content: IdMapContent = { agents, queues, skills, wrapupCodes, dns, sourceId };
    await store.write(content);
    // Only what is stored counts as read: a look that failed half-way asks for the same lists again.
    for (const [kind, etag] of changed) this.#etags.set(kind, etag);
  }

  async #fromRedis(): Promise<void> {
    const { store, onChange } = this.#options;
    const version = await store.version();
    if (version === undefined || version === this.#map?.version) return;
    const map = await store.read();
    // Without the Source nothing can be sent: the mapping is not complete.
    if (map?.content.sourceId === undefined) return;
    this.#map = map;
    onChange(map);
  }
}
