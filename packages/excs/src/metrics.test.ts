/** Metrics: every series of a closed set is there from the start, values follow the status. */
import { createRegistry } from '@exec/common/metrics';
import { describe, expect, it } from 'vitest';
import { excsMetrics } from './metrics.ts';
import { StatusBoard, stopReasons } from './sync/status.ts';
import { planStoppedBy } from './testing/plan.ts';

function start() {
  const registry = createRegistry({ service: 'excs', version: '0', processMetrics: false });
  const status = new StatusBoard();
  return {
    registry,
    status,
    metrics: excsMetrics(registry, status, {
      unfitClients: () => new Map([['agent_state_sync', 'refused']]),
      configDbBehindBytes: () => 17,
      active: () => true,
      sealedWithFirstKey: () => true,
    }),
  };
}

describe('before anything has happened', () => {
  it('every series of a closed set is 0, and so is the time of the last success', async () => {
    const { registry } = start();
    const text = await registry.metrics();
    for (const reason of stopReasons) expect(text).toContain(`excs_sync_stopped{reason="${reason}"} 0`);
    expect(text).toContain('excs_sync_operations_total{type="user",operation="create",result="done"} 0');
    expect(text).toContain('excs_conflicts{reason="person.no-email"} 0');
    expect(text).toContain('excs_orphans{type="skill"} 0');
    expect(text).toContain('excs_config_db_up 0');
    expect(text).toContain('excs_config_db_behind_bytes 17');
    expect(text).toContain('excs_active 1');
    expect(text).toContain('excs_settings_sealed_with_first_key 1');
    expect(text).toContain('excs_oauth_client_unfit{service="agent_state_sync"} 1');
    expect(text).toContain('excs_oauth_client_unfit{service="config_sync"} 0');
    expect(text).toContain('excs_sync_duration_seconds_count 0');
    expect(text).toContain('excs_last_successful_sync_timestamp_seconds 0');
  });
});

describe('while it works', () => {
  it('the values are those of the status', async () => {
    const { registry, status, metrics } = start();
    const report = { startedAt: 0, endedAt: 1_000_000, planId: 'p', operations: 0, done: 0, failed: 0 };
    status.note({ type: 'pause-read', paused: false });
    status.note({ type: 'cycle-ended', outcome: 'complete', report: { ...report, outcome: 'complete' } });
    status.note({
      type: 'compared',
      plan: planStoppedBy('too much'),
      orphans: [{ type: 'skill', cloudId: 's', name: 'A', dbid: 1, reason: 'gone' }],
      refused: [],
      quarantined: new Map(),
    });
    status.note({ type: 'progressed', progress: { total: 10, done: 4, etaSeconds: 3 } });
    metrics.cycle(2);
    const text = await registry.metrics();
    expect(text).toContain('excs_sync_stopped{reason="limit"} 1');
    expect(text).toContain('excs_sync_pending_operations 6');
    expect(text).toContain('excs_last_successful_sync_timestamp_seconds 1000');
    expect(text).toContain('excs_orphans{type="skill"} 1');
    expect(text).toContain('excs_sync_duration_seconds_sum 2');
  });
});
