/** The Engage side of a cycle: probes, complete reads, what the read calls for, and absences seen twice. */

import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Dbid } from '@exec/common/ids';
import { monotonicMs } from '@exec/common/instants';
import { desiredState } from '../desired/desired.ts';
import type { Desired, EngageKind, EngageObject } from '../desired/model.ts';
import { EngagePaths } from '../desired/paths.ts';
import type { SyncRules } from '../desired/rules.ts';
import type { ProbeResult, ReadMark } from '../engage/probe.ts';
import type { EngageReader } from '../engage/reader.ts';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import { nextSeen, type SourcePosition } from '../engage/source-position.ts';
import { emptiedTables } from '../engage/table-rows.ts';

export interface EngageSideOptions {
  readonly reader: EngageReader;
  readonly rules: SyncRules;
  readonly clock: Clock;
  /** Milliseconds after which everything is read whatever the probe says. */
  readonly fullReadMs: number;
}

export interface EngageState {
  readonly desired: Desired;
  readonly settings: EngageSnapshot['settings'];
  readonly tableRows: ReadonlyMap<string, number>;
  /** How far the server had come: later reads of a standby must have come as far. */
  readonly seen: SourcePosition | undefined;
  readonly describe: (kind: EngageKind, dbid: Dbid) => EngageObject | undefined;
  /** Rises with each complete read. */
  readonly readNumber: number;
}

export class EngageSide {
  readonly #options: EngageSideOptions;
  #mark: ReadMark | undefined;
  #readAt = monotonicMs(0);
  #state: EngageState | undefined;
  #absentBefore: ReadonlySet<string> = new Set();
  #absentNow: ReadonlySet<string> = new Set();
  /** Removals wait for another read: the next poll reads, whatever the probe says. */
  #waiting = false;

  constructor(options: EngageSideOptions) {
    this.#options = options;
  }

  /** What the last complete read called for. */
  get state(): EngageState | undefined {
    return this.#state;
  }

  /** See `EngageReader.bytesBehind`. */
  get bytesBehind(): number {
    return this.#options.reader.bytesBehind;
  }

  /** Absences that the read before the last one showed. */
  get absentBefore(): ReadonlySet<string> {
    return this.#absentBefore;
  }

  /** What a comparison with the last read found absent. */
  noteAbsences(absent: ReadonlySet<string>, waiting: number): void {
    this.#absentNow = absent;
    this.#waiting = waiting > 0;
  }

  /** Whether a poll must read. @throws ExecError `engage.unreachable` */
  async needsRead(): Promise<boolean> {
    if (this.#waiting) return true;
    const answer = await this.#ask();
    return answer === 'changed' || answer === 'unknown';
  }

  /**
   * Whether a plan that is being applied is out of date. Where a probe cannot tell, it is only when a complete read
   * is due: reading at every poll would leave little time for applying.
   *
   * @throws ExecError `engage.unreachable`
   */
  async hasChanged(): Promise<boolean> {
    return (await this.#ask()) === 'changed';
  }

  async #ask(): Promise<ProbeResult> {
    if (this.#mark === undefined) return 'changed';
    if (this.#options.clock.monotonic() - this.#readAt >= this.#options.fullReadMs) return 'changed';
    const probed = await this.#options.reader.probe(this.#mark);
    this.#mark = probed.mark;
    return probed.result;
  }

  /**
   * Reads everything.
   *
   * @param lastRows rows per table of the last good read
   * @param seen how far the server of that read had come
   * @throws ExecError `engage.…`; `engage.read-refused` when a table that had rows is empty, `engage.source-lags`
   */
  async read(lastRows: ReadonlyMap<string, number>, seen?: SourcePosition): Promise<EngageState> {
    const { reader, rules, clock } = this.#options;
    const startedAt = clock.monotonic();
    const { snapshot, mark, found } = await reader.read(seen);
    const emptied = emptiedTables(lastRows, snapshot.tableRows);
    if (emptied.length > 0)
      throw new ExecError(
        'engage.read-refused',
        `The read of the Config DB is refused: ${emptied.join(', ')} had rows and ${emptied.length === 1 ? 'is' : 'are'} empty now.`,
        { retryable: true },
      );
    const desired = desiredState(snapshot, rules);
    this.#absentBefore = this.#absentNow;
    this.#absentNow = new Set();
    this.#waiting = false;
    this.#mark = mark;
    this.#readAt = startedAt;
    this.#state = {
      desired,
      settings: snapshot.settings,
      tableRows: snapshot.tableRows,
      seen: nextSeen(seen, found),
      describe: describer(snapshot),
      readNumber: (this.#state?.readNumber ?? 0) + 1,
    };
    return this.#state;
  }
}

/** Finds objects by DBID when a message or a plan names them; the indexes are made when they are first asked for. */
function describer(snapshot: EngageSnapshot): EngageState['describe'] {
  const paths = new EngagePaths(snapshot);
  const indexes = new Map<EngageKind, Map<number, () => EngageObject>>();
  const index = <T extends { readonly dbid: number }>(items: readonly T[], name: (item: T) => EngageObject) =>
    new Map(items.map((item) => [item.dbid as number, () => name(item)]));
  const make = (kind: EngageKind): Map<number, () => EngageObject> => {
    switch (kind) {
      case 'person':
        return index(snapshot.persons, (person) => paths.person(person));
      case 'skill':
        return index(snapshot.skills, (skill) => paths.skill(skill));
      case 'queue':
        return index(snapshot.dns, (dn) => paths.queue(dn));
      case 'group':
        return index(snapshot.groups, (group) => paths.group(group));
      case 'wrapup-code':
        return index(snapshot.wrapupAttribute?.values ?? [], (value) => paths.wrapupCode(value));
      case 'tenant':
        return index([snapshot.tenant], () => paths.tenant());
    }
  };
  return (kind, dbid) => {
    const known = indexes.get(kind) ?? make(kind);
    indexes.set(kind, known);
    return known.get(dbid)?.();
  };
}
