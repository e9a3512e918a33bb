/** Every metric that EXAS may create. */
import type { WallMs } from '@exec/common/instants';
import { Counter, gaugeFrom, type Registry } from '@exec/common/metrics';
import { Histogram } from 'prom-client';
import type { HalfKind } from './outbox/outbox.ts';
import { halfKinds } from './outbox/outbox.ts';

export const sendResults = ['accepted', 'retried', 'refused'] as const;
export type SendResult = (typeof sendResults)[number];

/** What is asked at each scrape. */
export interface ExasGauges {
  agentsMonitored(): number;
  /** Mapped agents beyond the bound, who are not watched. */
  agentsLeftOut(): number;
  byState(): Iterable<{ readonly presence: string; readonly routing_status: string; readonly count: number }>;
  pendingAgents(): number;
  /** Undefined when nothing is pending. */
  oldestPending(): WallMs | undefined;
  staleAgents(): number;
  refusedStatistics(): number;
  active(): boolean;
  /** Since when no Stat Server could be used; undefined when one can. */
  engageDownSince(): WallMs | undefined;
}

export interface ExasMetrics {
  stateChanged(): void;
  sent(kind: HalfKind, result: SendResult): void;
  /** Seconds from the notification of the Stat Server to the acceptance by the cloud. */
  delivered(seconds: number): void;
  /** A last time of an agent lay in the future and is not counted from any more. */
  futureTime(): void;
  /** Binds the gauges to the service; until then they read 0. */
  bind(gauges: ExasGauges): void;
}

export function exasMetrics(registry: Registry): ExasMetrics {
  let gauges: ExasGauges | undefined;
  const gauge = (name: string, help: string, value: (from: ExasGauges) => number) =>
    gaugeFrom(registry, { name, help }, () => (gauges === undefined ? 0 : value(gauges)));

  gauge('exas_agents_monitored', 'Agents whose statistics are kept open', (from) => from.agentsMonitored());
  gauge('exas_agents_left_out', 'Mapped agents beyond the 50,000 that one EXAS watches', (from) =>
    from.agentsLeftOut(),
  );
  gauge('exas_pending_agents', 'Agents with a state that the cloud has not accepted yet', (from) =>
    from.pendingAgents(),
  );
  gauge(
    'exas_oldest_pending_timestamp_seconds',
    'When the longest waiting state was decided; 0 when none waits',
    (from) => secondsOf(from.oldestPending()),
  );
  gauge('exas_stale_agents', 'Agents of whom the Stat Server has no data; their last state is kept', (from) =>
    from.staleAgents(),
  );
  gauge('exas_refused_statistics', 'Statistics that the Stat Server refused to open', (from) =>
    from.refusedStatistics(),
  );
  gauge('exas_active', '1 on the instance that injects, 0 on one that stands by', (from) =>
    from.active() ? 1 : 0,
  );
  gauge(
    'exas_engage_down_since_timestamp_seconds',
    'Since when no Stat Server of the pair can be used; 0 when one can',
    (from) => secondsOf(from.engageDownSince()),
  );
  gaugeFrom(
    registry,
    {
      name: 'exas_agents_by_state',
      help: 'Agents by what the cloud accepted last',
      labelNames: ['presence', 'routing_status'],
    },
    function* () {
      for (const { count, ...labels } of gauges?.byState() ?? []) yield { labels, value: count };
    },
  );

  const changes = new Counter({
    name: 'exas_state_changes_total',
    help: 'Changes of agent states reported by the Stat Server',
    registers: [registry],
  });
  const events = new Counter({
    name: 'exas_state_events_total',
    help: 'Events sent to the cloud, by kind and result',
    labelNames: ['kind', 'result'],
    registers: [registry],
  });
  for (const kind of halfKinds)
    for (const result of sendResults) events.inc({ kind: labelOf(kind), result }, 0);
  const delivery = new Histogram({
    name: 'exas_state_delivery_seconds',
    help: 'From the notification of the Stat Server to the acceptance by the cloud',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers: [registry],
  });
  const future = new Counter({
    name: 'exas_future_times_total',
    help: 'Last injected times of agents that lay more than a minute in the future: a clock was wrong',
    registers: [registry],
  });
  return {
    futureTime: () => future.inc(),
    stateChanged: () => changes.inc(),
    sent: (kind, result) => events.inc({ kind: labelOf(kind), result }),
    delivered: (seconds) => delivery.observe(seconds),
    bind: (next) => {
      gauges = next;
    },
  };
}

function labelOf(kind: HalfKind): string {
  return kind === 'presence' ? 'presence' : 'routing_status';
}

/** Seconds since 1970, as metrics have times. */
function secondsOf(time: WallMs | undefined): number {
  return (time ?? 0) / 1000;
}
