/** Every metric that EXCP may create. */
import { ClockJumps, directionOf, type JumpedClock } from '@exec/common/clock-jumps';
import { voiceEventKinds } from '@exec/common/genesys-cloud';
import { Counter, gaugeFrom, type Registry } from '@exec/common/metrics';
import { Histogram } from 'prom-client';
import { type Anomaly, anomalies } from './conversation/step-context.ts';
import type { SendResult } from './outbox/sender.ts';
import { type Outcome, outcomes } from './processor/outcomes.ts';

export const injectionResults = ['accepted', 'repeated', 'retried', 'dead'] as const satisfies SendResult[];

/** Events that are counted by name; all others are counted as `other`. */
const receivedEvents = [
  'EventQueued',
  'EventDiverted',
  'EventAbandoned',
  'EventAgentLogin',
  'EventAgentLogout',
  'EventAgentReady',
  'EventAgentNotReady',
  'EventUserEvent',
  'EventMuteOn',
  'EventMuteOff',
  'EventCallCreated',
  'EventCallDataChanged',
  'EventCallPartyAdded',
  'EventCallPartyState',
  'EventCallPartyMoved',
  'EventCallPartyDeleted',
  'EventCallDeleted',
] as const;

/** What is asked at each scrape. */
export interface ExcpGauges {
  /** Entries of the stream that are not processed; undefined while it is not known. */
  lag(): number;
  /** Bytes of them. */
  lagBytes(): number;
  /** Events in memory that the stream has not taken. */
  backlog(): number;
  openConversations(): number;
  heldBack(): number;
  deadLetters(): number;
  /** Entries that were set aside and not looked after yet. */
  quarantine(): number;
  /** Seconds since 1970; 0 when nothing waits. */
  oldestPending(): number;
  active(): boolean;
}

export interface ExcpMetrics {
  received(message: string): void;
  duplicate(): void;
  shed(): void;
  gap(): void;
  /** A conversation has ended, and nothing of it waits. */
  ended(outcome: Outcome): void;
  anomaly(anomaly: Anomaly): void;
  unreadable(count: number): void;
  quarantined(count: number): void;
  injected(kind: string, result: SendResult): void;
  /** Seconds from the receipt of the link event to the acceptance by the cloud. */
  delivered(seconds: number): void;
  /** `byMs`: negative when it jumped back. */
  clockJump(clock: JumpedClock, byMs: number): void;
  bind(gauges: ExcpGauges): void;
}

export function excpMetrics(registry: Registry): ExcpMetrics {
  const registers = [registry];
  let gauges: ExcpGauges | undefined;
  const gauge = (name: string, help: string, value: (from: ExcpGauges) => number) =>
    gaugeFrom(registry, { name, help }, () => (gauges === undefined ? 0 : value(gauges)));
  const counter = (name: string, help: string) => new Counter({ name, help, registers });

  const received = new Counter({
    name: 'excp_events_received_total',
    help: 'Events received from SIP Servers by this instance, duplicates included',
    labelNames: ['event'],
    registers,
  });
  const known = new Set<string>(receivedEvents);
  for (const event of [...receivedEvents, 'other']) received.inc({ event }, 0);
  const duplicate = counter(
    'excp_events_duplicate_total',
    'Events that were stored before, as a rule by the other instance',
  );
  const injected = new Counter({
    name: 'excp_events_injected_total',
    help: 'Events sent to the cloud, by kind and result',
    labelNames: ['event', 'result'],
    registers,
  });
  for (const kind of voiceEventKinds)
    for (const result of injectionResults) injected.inc({ event: kind, result }, 0);
  const delivery = new Histogram({
    name: 'excp_event_delivery_seconds',
    help: 'From the receipt of the SIP Server event to the acceptance by the cloud of what it led to',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const jumps = new ClockJumps(registry, ['own', 'redis']);
  const shed = counter(
    'excp_shed_conversations_total',
    'Calls that were left out whole because a bound was reached',
  );
  const gaps = counter(
    'excp_gaps_total',
    'Times in which no instance watched a connection, or Redis lost its data',
  );
  const ended = new Counter({
    name: 'excp_conversations_ended_total',
    help: 'Conversations of Engage that have ended, each counted once, by how complete Genesys Cloud has them',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of outcomes) ended.inc({ outcome }, 0);
  const unexpected = new Counter({
    name: 'excp_unexpected_events_total',
    help: 'Events that did not fit what was known of their call, by kind',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of anomalies) unexpected.inc({ kind }, 0);
  const unreadable = counter(
    'excp_unreadable_entries_total',
    'Entries in Redis that a newer release wrote, left for an instance of that release',
  );

  const forceEnded = counter(
    'excp_force_ended_total',
    'Conversations that were closed because they had lasted for MAX_CALL_HOURS',
  );
  const quarantined = counter(
    'excp_quarantined_total',
    'Entries that made the model fail and were set aside, each with its call closed as lost',
  );

  gauge('excp_stream_lag_events', 'Entries of the stream that are not processed yet', (from) => from.lag());
  gauge('excp_stream_bytes', 'Bytes of the entries of the stream that are not processed yet', (from) =>
    from.lagBytes(),
  );
  gauge(
    'excp_intake_backlog_events',
    'Events that wait in the memory of this instance because Redis does not take them',
    (from) => from.backlog(),
  );
  gauge('excp_open_conversations', 'Conversations that are not over', (from) => from.openConversations());
  gauge(
    'excp_held_back_events',
    'Events that wait behind a refused one, or because nothing can be sent',
    (from) => from.heldBack(),
  );
  gauge('excp_dead_letters', 'Dead letters: events that the cloud refused for good', (from) =>
    from.deadLetters(),
  );
  gauge('excp_quarantine_entries', 'Entries in the quarantine, at most 1,000', (from) => from.quarantine());
  gauge(
    'excp_oldest_pending_timestamp_seconds',
    'When the longest waiting event was received; 0 when none waits',
    (from) => from.oldestPending(),
  );
  gauge('excp_active', '1 on the instance that processes, 0 on one that stands by', (from) =>
    from.active() ? 1 : 0,
  );

  return {
    received: (message) => received.inc({ event: known.has(message) ? message : 'other' }),
    duplicate: () => duplicate.inc(),
    shed: () => shed.inc(),
    gap: () => gaps.inc(),
    ended: (outcome) => ended.inc({ outcome }),
    anomaly: (kind) => {
      unexpected.inc({ kind });
      if (kind === 'too-long') forceEnded.inc();
    },
    unreadable: (count) => unreadable.inc(count),
    quarantined: (count) => quarantined.inc(count),
    injected: (event, result) => injected.inc({ event, result }),
    delivered: (seconds) => delivery.observe(Math.max(0, seconds)),
    clockJump: (clock, byMs) => jumps.count(clock, directionOf(byMs)),
    bind: (next) => {
      gauges = next;
    },
  };
}
