/** Reads Engage for the synchronisation: looks at the schema once, reads completely, probes in between. */
import type { Logger } from '@exec/common/logging';
import type { ConfigDb } from './config-db.ts';
import { discover } from './discover.ts';
import { type Probe, probe, type ReadMark, takeMark } from './probe.ts';
import { type ReadOptions, readSnapshot } from './read-snapshot.ts';
import type { Schema } from './schema.ts';
import type { EngageSnapshot } from './snapshot.ts';
import {
  bytesBehind,
  type FoundPosition,
  positionOf,
  refuseLagging,
  type SourcePosition,
} from './source-position.ts';

export interface EngageReaderOptions extends ReadOptions {
  readonly db: ConfigDb;
  /** Name of the schema; undefined: the one the account finds first. */
  readonly owner: string | undefined;
  readonly logger: Logger;
}

export interface EngageRead {
  readonly snapshot: EngageSnapshot;
  readonly mark: ReadMark;
  readonly found: FoundPosition;
}

/** Probes that may fail in a row before the question is asked less often. */
const probesTried = 3;
/** How many polls then read without asking: what failed may have been a lock, a time-out, a schema being upgraded. */
const pollsUnasked = 60;

export class EngageReader {
  readonly #options: EngageReaderOptions;
  #schema: Schema | undefined;
  #last: EngageSnapshot | undefined;
  #failedProbes = 0;
  #unasked = 0;
  readonly #warned = new Set<string>();
  #bytesBehind = 0;

  constructor(options: EngageReaderOptions) {
    this.#options = options;
  }

  /**
   * @param seen how far the server had come that was read last, or in an earlier process
   * @throws ExecError `engage.…`; `engage.source-lags` when this one has not come so far
   */
  async read(seen?: SourcePosition): Promise<EngageRead> {
    const { db } = this.#options;
    try {
      const read = await db.transaction(async (transaction) => {
        // The first query fixes the moment that the whole transaction sees.
        const found = await positionOf(transaction);
        this.#bytesBehind = bytesBehind(seen, found);
        refuseLagging(seen, found);
        if (found.position === undefined) this.#warn([positionUnknown(found)]);
        if (this.#schema === undefined) {
          const discovery = await discover(transaction, this.#options.owner, this.#options.map);
          this.#schema = discovery.schema;
          this.#warn(discovery.warnings);
        }
        const schema = this.#schema;
        const mark = await takeMark(transaction, schema, this.#options.tenant);
        return { found, mark, snapshot: await readSnapshot(transaction, schema, this.#options, this.#last) };
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

  /** How much of its log the server lacked when it was asked last; 0: nothing. */
  get bytesBehind(): number {
    return this.#bytesBehind;
  }

  /** @throws ExecError `engage.unreachable` */
  async probe(since: ReadMark): Promise<Probe> {
    const schema = this.#schema;
    if (schema === undefined || this.#isResting()) return { result: 'unknown', mark: since };
    try {
      const { tenant, db } = this.#options;
      const answer = await db.transaction((transaction) => probe(transaction, schema, since, tenant));
      this.#failedProbes = 0;
      return answer;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'engage.unreachable') throw error;
      // A mapped view has no row versions, for example. The complete read will tell if there is more to it.
      this.#failedProbes++;
      this.#warn(['the Config DB cannot be probed for changes: polls then read it completely']);
      return { result: 'unknown', mark: since };
    }
  }

  /** After failures in a row only every so many polls ask again. */
  #isResting(): boolean {
    if (this.#failedProbes < probesTried) return false;
    this.#unasked = (this.#unasked + 1) % pollsUnasked;
    return this.#unasked !== 0;
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

function positionUnknown({ inRecovery }: FoundPosition): string {
  return (
    `the server${inRecovery ? ' is a standby and' : ''} does not tell how far it has come: a standby that lags behind ` +
    'cannot be told from one that does not; PostgreSQL 10 or newer, and EXECUTE on pg_control_system(), ' +
    'pg_current_wal_lsn() and pg_last_wal_replay_lsn(), which every account has by default, are needed'
  );
}
