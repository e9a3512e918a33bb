/** Who works at a DN, as it is kept and stored. */
import type { EmployeeId } from '@exec/common/ids';

/** One change at a DN; nobody when there is no agent. */
export interface Shift {
  /** Event time, microseconds. */
  readonly at: number;
  readonly agentId?: string | undefined;
  readonly employeeId?: EmployeeId | undefined;
}

export interface DnShifts {
  readonly site: string;
  readonly dn: string;
  /** Stream time at which the newest became known. */
  readonly seen: number;
  /** Newest last. */
  readonly shifts: readonly Shift[];
}
