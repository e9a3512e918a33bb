/** What more than one dashboard shows of conversations. */
import type { Panel } from './model.ts';
import { lowIsBad, stat } from './panels.ts';

/** Of the metrics with these labels. */
export function conversationsComplete(selector: string): Panel {
  return stat(
    'Conversations complete',
    'Share of the conversations with a mapped queue or agent that ended in the last hour and are in Genesys Cloud as they were.',
    'percentunit',
    `sum(increase(excp_conversations_ended_total{${selector}, outcome="complete"}[1h])) / (sum(increase(excp_conversations_ended_total{${selector}, outcome!="not-mapped"}[1h])) > 0)`,
    { thresholds: lowIsBad(0.95, 0.99) },
  );
}
