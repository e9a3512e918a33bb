/**
 * The mapping of EXCS, mirrored in Redis: read page by page with ETags, stored whole, and read from there by both
 * instances. A mapping that was complete once stays in use, whatever becomes of EXCS.
 */
import type { Clock, Timer } from '@exec/common/clock';
import type { ExcsClient, MappingKind } from '@exec/common/excs-client';
import type { Dependency } from '@exec/common/http';
import type {
  AgentMapping,
  DnEntry,
  IdMap,
  IdMapContent,
  IdMapStore,
  QueueMapping,
  SkillMapping,
  WrapupCodeMapping,
} from '@exec/common/id-map';
import type { Logger } from '@exec/common/logging';

export interface MirrorOptions {
  /** Undefined: the map that EXCS keeps in the same Redis is read as it is. */
  readonly excs: ExcsClient | undefined;
  readonly store: IdMapStore;
  readonly clock: Clock;
  readonly logger: Logger;
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
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: MirrorOptions) {
    this.#options = options;
  }

  /** The newest complete mapping; undefined until there was one. */
  get map(): IdMap | undefined {
    return this.#map;
  }

  /** Looks now, and then at each interval. */
  look(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#abort.signal.aborted) return;
      const wait = this.#map === undefined ? hurriedMs : (this.#options.intervalMs ?? 10_000);
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
    let problem: string | undefined;
    try {
      await this.#fromExcs();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      problem = error instanceof Error ? error.message : String(error);
      logger.debug({ err: error }, 'The mapping could not be read from EXCS');
    }
    try {
      await this.#fromRedis();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      problem ??= error instanceof Error ? error.message : String(error);
    }
    if (this.#map === undefined) health.down(problem ?? 'there is no complete mapping yet');
    else if (problem !== undefined) health.up(`working from the mirror, ${describe(this.#map)}: ${problem}`);
    else health.up(describe(this.#map));
  }

  /** Stores what EXCS tells; both instances do, and the one that comes second changes nothing. */
  async #fromExcs(): Promise<void> {
    const { excs, store } = this.#options;
    if (excs === undefined) return;
    const sourceId = await excs.source(this.#abort.signal);
    let changed = false;
    for (const kind of kinds) changed = (await this.#list(excs, kind)) || changed;
    const { agents, queues, skills, 'wrapup-codes': wrapupCodes, dns } = this.#lists;
    if (!agents || !queues || !skills || !wrapupCodes || !dns) return;
    const stored = this.#map?.content;
    if (!changed && stored !== undefined && stored.sourceId === sourceId) return;
    const content: IdMapContent = { agents, queues, skills, wrapupCodes, dns, sourceId };
    await store.write(content);
  }

  /** Answers whether the list changed. */
  async #list(excs: ExcsClient, kind: MappingKind): Promise<boolean> {
    const pages = await excs.list(kind, this.#etags.get(kind), this.#abort.signal);
    if (pages.unchanged) return false;
    Object.assign(this.#lists, { [kind]: pages.items });
    this.#etags.set(kind, pages.etag);
    return true;
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

function describe({ version, content }: IdMap): string {
  return `version ${version}, ${content.agents.length} agents, ${content.queues.length} queues`;
}
