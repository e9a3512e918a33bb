/** Metrics: every series of a closed set is there from the start, values follow the status. */
import { createRegistry } from '@exec/common/metrics';
import { describe, expect, it } from 'vitest';
import { excsMetrics } from './metrics.ts';
import { SyncStatus, stopReasons } from './sync/status.ts';

function start() {
  const registry = createRegistry({ service: 'excs', version: '0', processMetrics: false });
  const status = new SyncStatus();
  return { registry, status, metrics: excsMetrics(registry, status) };
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
    expect(text).toContain('excs_sync_duration_seconds_count 0');
    expect(text).toContain('excs_last_successful_sync_timestamp_seconds 0');
  });
});

describe('while it works', () => {
  it('the values are those of the status', async () => {
    const { registry, status, metrics } = start();
    status.stop = { reason: 'limit', detail: 'too much' };
    status.progress = { total: 10, done: 4, etaSeconds: 3 };
    status.lastSuccessAt = 1_000_000;
    status.orphans = [{ type: 'skill', cloudId: 's', name: 'A', dbid: 1, reason: 'gone' }];
    metrics.cycle(2);
    const text = await registry.metrics();
    expect(text).toContain('excs_sync_stopped{reason="limit"} 1');
    expect(text).toContain('excs_sync_pending_operations 6');
    expect(text).toContain('excs_last_successful_sync_timestamp_seconds 1000');
    expect(text).toContain('excs_orphans{type="skill"} 1');
    expect(text).toContain('excs_sync_duration_seconds_sum 2');
  });
});
