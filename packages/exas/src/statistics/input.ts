/** What the two statistics of an agent tell, as the rules take it in. */
import type { AgentTree } from './tree.ts';

/** How long one statistic waits for the other, in milliseconds. */
export const agreementMs = 250;

export type StatisticKind = 'status' | 'reasons';

export type StatisticInput =
  | { readonly type: 'tree'; readonly kind: StatisticKind; readonly tree: AgentTree; readonly at: number }
  /** The statistic could not be opened or was lost: the other alone is used. */
  | { readonly type: 'unavailable'; readonly kind: StatisticKind; readonly at: number }
  | { readonly type: 'time'; readonly at: number };
