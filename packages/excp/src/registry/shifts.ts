/** Who works at a DN, as it is kept and stored. */

import type { EmployeeId } from '@exec/common/ids';
import type { EngageMicros, StreamMs } from '@exec/common/instants';

/** One change at a DN; nobody when there is no agent. */
export interface Shift {
  /** Event time. */
  readonly at: EngageMicros;
  readonly agentId?: string | undefined;
  readonly employeeId?: EmployeeId | undefined;
}

export interface DnShifts {
  readonly site: string;
  readonly dn: string;
  /** Stream time at which the newest became known. */
  readonly seen: StreamMs;
  /** Newest last. */
  readonly shifts: readonly Shift[];
}
