/** What the two statistics of an agent tell, as the rules take it in. */
import type { MonotonicMs } from '@exec/common/instants';
import type { AgentTree } from './tree.ts';

/** How long one statistic waits for the other, in milliseconds. */
export const agreementMs = 250;

export type StatisticKind = 'status' | 'reasons';

export type StatisticInput =
  | {
      readonly type: 'tree';
      readonly kind: StatisticKind;
      readonly tree: AgentTree;
      readonly at: MonotonicMs;
    }
  /** The statistic could not be opened or was lost: the other alone is used. */
  | { readonly type: 'unavailable'; readonly kind: StatisticKind; readonly at: MonotonicMs }
  | { readonly type: 'time'; readonly at: MonotonicMs };
