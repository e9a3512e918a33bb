/** The presences of the EX organisation by name: looked up, kept, and looked up again now and then. */
import type { Clock, Timer } from '@exec/common/clock';
import type { CallOptions, PresenceDefinition } from '@exec/common/genesys-cloud';
import type { Dependency } from '@exec/common/http';
import type { Logger } from '@exec/common/logging';
import { Trouble, textOf } from '@exec/common/trouble';
import { type PresenceName, presenceNames } from '../state/table.ts';

export interface DefinitionSource {
  definitions(options?: CallOptions): Promise<readonly PresenceDefinition[]>;
}

export interface PresenceIdsOptions {
  readonly source: DefinitionSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly health: Dependency;
  readonly onChange: () => void;
}

const refreshMs = 3_600_000;
const retryMs = 5000;
const known: ReadonlySet<string> = new Set(presenceNames);

/**
 * IDs by system presence. Each system presence has one definition of type System; secondary presences, which a site may
 * add, are of type User and are not used.
 */
export function idsOf(definitions: readonly PresenceDefinition[]): ReadonlyMap<PresenceName, string> {
  const ids = new Map<PresenceName, string>();
  for (const { id, type, systemPresence, deactivated } of definitions) {
    const name = systemPresence?.replaceAll(/[ _]/g, '');
    if (type !== 'System' || deactivated === true || name === undefined || !known.has(name)) continue;
    if (!ids.has(name as PresenceName)) ids.set(name as PresenceName, id);
  }
  return ids;
}

export class PresenceIds {
  readonly #options: PresenceIdsOptions;
  readonly #abort = new AbortController();
  #ids: ReadonlyMap<PresenceName, string> | undefined;
  #timer: Timer | undefined;
  #loading = false;
  readonly #trouble: Trouble;

  constructor(options: PresenceIdsOptions) {
    this.#options = options;
    this.#trouble = new Trouble({
      logger: options.logger,
      message: 'The presence definitions could not be read',
    });
  }

  get ids(): ReadonlyMap<PresenceName, string> | undefined {
    return this.#ids;
  }

  /** Loads what is missing; harmless when called again. */
  load(): void {
    if (this.#loading || this.#abort.signal.aborted) return;
    this.#loading = true;
    this.#timer?.cancel();
    void this.#load().finally(() => {
      this.#loading = false;
    });
  }

  stop(): void {
    this.#abort.abort(new Error('stopping'));
    this.#timer?.cancel();
  }

  async #load(): Promise<void> {
    const { source, health, logger, clock, onChange } = this.#options;
    let next = retryMs;
    try {
      const ids = idsOf(await source.definitions({ signal: this.#abort.signal }));
      const missing = presenceNames.filter((name) => !ids.has(name));
      if (missing.length > 0)
        logger.warn({ 'exec.presences': missing }, 'The organisation lacks system presences');
      this.#ids = ids;
      this.#trouble.over();
      next = refreshMs;
      health.up(`${ids.size} system presences`);
      onChange();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#trouble.failed(error);
      if (this.#ids === undefined) health.down(textOf(error));
      else health.up(`${this.#ids.size} system presences, as last read: ${textOf(error)}`);
    }
    this.#timer = clock.setTimer(next, () => this.load());
  }
}
