/** Reads Engage for the synchronisation: looks at the schema once, reads completely, probes in between. */
import type { Logger } from '@exec/common/logging';
import type { ConfigDb } from './config-db.ts';
import { discover } from './discover.ts';
import { type Probe, probe, type ReadMark, takeMark } from './probe.ts';
import { type ReadOptions, readSnapshot } from './read-snapshot.ts';
import type { Schema } from './schema.ts';
import type { EngageSnapshot } from './snapshot.ts';

export interface EngageReaderOptions extends ReadOptions {
  readonly db: ConfigDb;
  /** Name of the schema; undefined: the one the account finds first. */
  readonly owner: string | undefined;
  readonly logger: Logger;
}

export interface EngageRead {
  readonly snapshot: EngageSnapshot;
  readonly mark: ReadMark;
}

/** Probes that may fail before the question is no longer asked. */
const probesTried = 3;

export class EngageReader {
  readonly #options: EngageReaderOptions;
  #schema: Schema | undefined;
  #last: EngageSnapshot | undefined;
  #failedProbes = 0;
  readonly #warned = new Set<string>();

  constructor(options: EngageReaderOptions) {
    this.#options = options;
  }

  /** @throws ExecError `engage.…` */
  async read(): Promise<EngageRead> {
    const { db } = this.#options;
    try {
      const read = await db.transaction(async (transaction) => {
        const mark = (schema: Schema) => takeMark(transaction, schema);
        if (this.#schema === undefined) {
          const found = await discover(transaction, this.#options.owner, this.#options.map);
          this.#schema = found.schema;
          this.#warn(found.warnings);
        }
        const schema = this.#schema;
        // The first query fixes the moment that the whole transaction sees.
        const taken = await mark(schema);
        return { mark: taken, snapshot: await readSnapshot(transaction, schema, this.#options, this.#last) };
      });
      this.#warn(read.snapshot.warnings);
      this.#last = read.snapshot;
      return read;
    } catch (error) {
      // The schema may have been upgraded meanwhile: look again before the next read.
      this.#schema = undefined;
      throw error;
    }
  }

  /** @throws ExecError `engage.unreachable` */
  async probe(since: ReadMark): Promise<Probe> {
    const schema = this.#schema;
    if (schema === undefined || this.#failedProbes >= probesTried) return { result: 'unknown', mark: since };
    try {
      return await this.#options.db.transaction((transaction) => probe(transaction, schema, since));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'engage.unreachable') throw error;
      // A mapped view has no row versions, for example. The complete read will tell if there is more to it.
      this.#failedProbes++;
      this.#warn(['the Config DB cannot be probed for changes: polls then read it completely']);
      return { result: 'unknown', mark: since };
    }
  }

  /** Each thing is said once, not at every poll. */
  #warn(warnings: readonly string[]): void {
    for (const warning of warnings) {
      if (this.#warned.has(warning) || this.#warned.size >= 1000) continue;
      this.#warned.add(warning);
      this.#options.logger.warn({ 'exec.part': 'config-db' }, `Config DB: ${warning}`);
    }
  }
}
