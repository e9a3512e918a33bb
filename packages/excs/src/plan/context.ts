/** What all comparisons share: both sides, the ledger of absences, and the list that grows. */
import type { Dbid } from '@exec/common/ids';
import type { Conflict, Desired, EngageKind, EngageObject } from '../desired/model.ts';
import type { Known } from './known.ts';
import type { Operation } from './operation.ts';

export interface DiffInput {
  readonly desired: Desired;
  readonly known: Known;
  /** Removals that an earlier complete read called for too; `all` shows what would follow without waiting. */
  readonly absentBefore: ReadonlySet<string> | 'all';
  /** IDs of operations that wait after failures. */
  readonly quarantined: ReadonlySet<string>;
  /** Where an object lies in Engage, for messages. */
  readonly describe: (kind: EngageKind, dbid: Dbid) => EngageObject | undefined;
}

export class DiffContext {
  readonly desired: Desired;
  readonly known: Known;
  readonly operations: Operation[] = [];
  readonly conflicts: Conflict[] = [];
  /** Everything whose absence this read shows, confirmed or not. */
  readonly absent = new Set<string>();
  /** Absences that wait for a second read. */
  waiting = 0;
  readonly #input: DiffInput;

  constructor(input: DiffInput) {
    this.#input = input;
    this.desired = input.desired;
    this.known = input.known;
  }

  /** Whether the absence was seen before; counts it as seen now. */
  confirmed(key: string): boolean {
    this.absent.add(key);
    const { absentBefore } = this.#input;
    if (absentBefore === 'all' || absentBefore.has(key)) return true;
    this.waiting++;
    return false;
  }

  isQuarantined(id: string): boolean {
    return this.#input.quarantined.has(id);
  }

  /** Adds the operation unless it waits after failures; answers whether it was added. */
  add(operation: Operation): boolean {
    if (this.isQuarantined(operation.id)) return false;
    this.operations.push(operation);
    return true;
  }

  engage(kind: EngageKind, dbid: Dbid, name: string): Operation['engage'] {
    return { kind, dbid, name };
  }

  report(reason: Conflict['reason'], kind: EngageKind, dbid: Dbid, name: string, detail: string): void {
    const object = this.#input.describe(kind, dbid) ?? { kind, dbid, name, path: `(not in Engage) ${name}` };
    this.conflicts.push({ reason, object, detail });
  }

  isRefused(kind: Desired['refused'][number]['kind']): boolean {
    return this.desired.refused.some((refused) => refused.kind === kind);
  }
}
