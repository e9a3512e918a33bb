/** Names are found where they are, and nowhere else. */
import { expect, test } from 'vitest';
import { namesIn } from './promql-names.ts';

test('metrics with their selected labels, and the labels of groupings', () => {
  expect(
    namesIn(
      'sum by (job, le) (rate(exas_state_delivery_seconds_bucket{job="exas", le!="10"}[5m])) / on (job) exec_redis_up',
    ),
  ).toEqual({
    metrics: [
      { metric: 'exas_state_delivery_seconds_bucket', selected: ['job', 'le'] },
      { metric: 'exec_redis_up', selected: [] },
    ],
    grouped: ['job', 'le', 'job'],
    made: [],
  });
});

test('what stands in strings is no name', () => {
  expect(namesIn('excp_dead_letters{event="exas_pending_agents{x=1}"}').metrics).toEqual([
    { metric: 'excp_dead_letters', selected: ['event'] },
  ]);
});

test('labels that label_replace makes', () => {
  expect(namesIn('max by (link) (label_replace(up, "link", "$1", "server", "(.+)@.+"))')).toEqual({
    metrics: [{ metric: 'up', selected: [] }],
    grouped: ['link'],
    made: ['link'],
  });
});
