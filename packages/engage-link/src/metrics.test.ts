import { createRegistry } from '@exec/common/metrics';
import { describe, expect, it } from 'vitest';
import { engageLinkMetrics } from './metrics.ts';
import { readableMetrics } from './testing/index.ts';

describe('metrics of the link', () => {
  it('are all there before anything happened', async () => {
    const { metrics, read } = readableMetrics();
    const server = 'queues@127.0.0.1:8000';
    metrics.register(server);
    expect(await read('exec_engage_link_up', { server })).toBe(0);
    expect(await read('exec_engage_link_reconnects_total', { server })).toBe(0);
    expect(await read('exec_engage_link_frames_total', { message: 'EventCallCreated' })).toBe(0);
    expect(await read('exec_engage_link_frames_total', { message: 'other' })).toBe(0);
    expect(await read('exec_engage_link_protocol_errors_total')).toBe(0);
    expect(await read('exec_engage_link_dropped_frames_total', { reason: 'late-answer' })).toBe(0);
    expect(await read('exec_engage_link_unknown_names_total', { attribute: 'PartyState' })).toBe(0);
  });

  it('do not grow, whatever a server sends', async () => {
    const registry = createRegistry({ service: 'test', version: '0', processMetrics: false });
    const metrics = engageLinkMetrics(registry);
    const before = (await registry.metrics()).split('\n').length;
    for (let n = 0; n < 1_000; n++) metrics.received(`EventInvented${n}`);
    metrics.received('constructor');
    metrics.received('EventQueued');
    expect((await registry.metrics()).split('\n')).toHaveLength(before);
    expect(await registry.metrics()).toContain('exec_engage_link_frames_total{message="other"} 1001');
  });
});
