/** What all comparisons share: both sides, what is absent in Engage, and the operations and conflicts found so far. */
import type { Dbid } from '@exec/common/ids';
import type { Conflict, Desired, EngageKind, EngageObject } from '../desired/model.ts';
import { type Operation, type OperationType, operationId } from './operation.ts';
import type { Organization } from './organization.ts';

export interface DiffInput {
  readonly desired: Desired;
  readonly known: Organization;
  /** Removals that an earlier complete read called for too; `all` shows what would follow without waiting. */
  readonly absentBefore: ReadonlySet<string> | 'all';
  /** IDs of operations that wait after failures. */
  readonly quarantined: ReadonlySet<string>;
  /** Where an object lies in Engage, for messages. */
  readonly describe: (kind: EngageKind, dbid: Dbid) => EngageObject | undefined;
}

export class DiffContext {
  readonly desired: Desired;
  readonly known: Organization;
  readonly operations: Operation[] = [];
  readonly conflicts: Conflict[] = [];
  /** Everything whose absence this read shows, confirmed or not. */
  readonly absent = new Set<string>();
  /** Absences that wait for a second read. */
  waiting = 0;
  readonly #input: DiffInput;
  readonly #created = new Set<string>();

  constructor(input: DiffInput) {
    this.#input = input;
    this.desired = input.desired;
    this.known = input.known;
  }

  /**
   * Whether the absence was seen before; counts it as seen now.
   *
   * @rule A removal or deactivation follows only when two successive complete reads show the absence.
   * @test plan/diff.test.ts: waits until a second read shows it too
   * @test sync/rules.test.ts: is acted on when two successive complete reads show it; additions are made at once
   */
  confirmed(key: string): boolean {
    this.absent.add(key);
    const { absentBefore } = this.#input;
    if (absentBefore === 'all' || absentBefore.has(key)) return true;
    this.waiting++;
    return false;
  }

  /**
   * Whether this plan creates the object: not when its creation waits after failures, nor when a conflict keeps it from
   * its name. What hangs on an object that neither exists nor is created would be planned again and again.
   */
  creates(type: Extract<OperationType, `${string}.create`>, dbid: Dbid): boolean {
    return this.#created.has(operationId(type, dbid));
  }

  /** Adds the operation unless it waits after failures; answers whether it was added. */
  add(operation: Operation): boolean {
    if (this.#input.quarantined.has(operation.id)) return false;
    this.operations.push(operation);
    if (operation.type.endsWith('.create')) this.#created.add(operation.id);
    return true;
  }

  /** What every operation begins with: its type, and the object of Engage that it is about. */
  about<T extends OperationType>(
    type: T,
    kind: EngageKind,
    dbid: Dbid,
    name: string,
    part?: string | number,
  ): { readonly type: T } & Pick<Operation, 'id' | 'engage'> {
    return { type, id: operationId(type, dbid, part), engage: { kind, dbid, name } };
  }

  report(reason: Conflict['reason'], kind: EngageKind, dbid: Dbid, name: string, detail: string): void {
    const object = this.#input.describe(kind, dbid) ?? { kind, dbid, name, path: `(not in Engage) ${name}` };
    this.conflicts.push({ reason, object, detail });
  }

  isRefused(kind: Desired['refused'][number]['kind']): boolean {
    return this.desired.refused.some((refused) => refused.kind === kind);
  }
}
