/** What the synchronisation must remember beyond a restart, beside the ledger: each part is a file of its own. */
import type { WallMs } from '@exec/common/instants';
import { AllowanceStore } from './allowance.ts';
import { ApprovalStore } from './approval.ts';
import { JournalStore, type JournalStoreOptions } from './journal-store.ts';
import { Pause } from './pause.ts';
import { Quarantine } from './quarantine.ts';
import { SafetyWindow } from './safety-window.ts';
import { TableRows } from './table-rows.ts';

export class Journal {
  readonly allowance: AllowanceStore;
  readonly approval: ApprovalStore;
  readonly pause: Pause;
  readonly quarantine: Quarantine;
  readonly tableRows: TableRows;
  readonly window: SafetyWindow;
  readonly #store: JournalStore;

  constructor(options: JournalStoreOptions) {
    const store = new JournalStore(options);
    this.#store = store;
    this.allowance = new AllowanceStore(store);
    this.approval = new ApprovalStore(store);
    this.pause = new Pause(store);
    this.quarantine = new Quarantine(store);
    this.tableRows = new TableRows(store);
    this.window = new SafetyWindow(store);
  }

  /** The time by which all of it counts, see `JournalStore.time`. @throws ExecError `redis.unavailable` */
  time(): Promise<WallMs> {
    return this.#store.time();
  }
}
