/** Dashboard of the Conversation Provider. */
import { cloudRow, identityRow, linkRow, processRow } from './cloud-rows.ts';
import { conversationsComplete } from './conversations.ts';
import type { Dashboard } from './model.ts';
import { ageOfOldest, anyIsBad, quantiles, row, series, stat, worseFrom, zeroIsGood } from './panels.ts';

const excp = 'deployment=~"$deployment", job="excp", instance=~"$instance"';

export const excpDashboard: Dashboard = {
  uid: 'exec-excp',
  title: 'EXEC Conversation Provider (EXCP)',
  description: 'Events in, conversations open, events out, and what got stuck on the way.',
  job: 'excp',
  rows: [
    row(
      'Now',
      4,
      stat(
        'Active instances',
        'Exactly one of each deployment processes; the other one stores and stands by.',
        'short',
        `max(sum by (deployment) (excp_active{${excp}}))`,
        {
          width: 3,
          thresholds: [{ colour: 'red' }, { from: 1, colour: 'green' }, { from: 2, colour: 'red' }],
        },
      ),
      stat(
        'Open conversations',
        'Conversations that are not over.',
        'short',
        `max(excp_open_conversations{${excp}})`,
        { width: 3 },
      ),
      stat(
        'Events to process',
        'Received, safe in Redis, not processed yet; at 100,000 new calls are left out.',
        'short',
        `max(excp_stream_lag_events{${excp}})`,
        { width: 3, thresholds: worseFrom(1000, 10_000) },
      ),
      stat(
        'Bytes to process',
        'The same in bytes; at 96 MiB new calls are left out.',
        'bytes',
        `max(excp_stream_bytes{${excp}})`,
        { width: 3, thresholds: worseFrom(10 * 1024 * 1024, 48 * 1024 * 1024) },
      ),
      stat(
        'Oldest waiting event',
        'How long the oldest undelivered event has waited; EventsLate fires after 60 s.',
        's',
        ageOfOldest('excp_oldest_pending_timestamp_seconds', excp),
        { thresholds: worseFrom(10, 60) },
      ),
      stat(
        'Held back',
        'Events that wait behind a refused one, or because nothing can be sent.',
        'short',
        `max(excp_held_back_events{${excp}})`,
        { thresholds: worseFrom(1, 1000) },
      ),
      stat(
        'Dead letters',
        'Events refused for good; GET /api/v1/dead-letters lists them.',
        'short',
        `max(excp_dead_letters{${excp}})`,
        { thresholds: zeroIsGood },
      ),
    ),
    row(
      'Events in',
      8,
      series(
        'Received by event',
        'A second, both instances, so each event counts twice while both run.',
        'eps',
        [
          {
            expr: `sum by (event) (rate(excp_events_received_total{${excp}}[$__rate_interval])) > 0 or on () sum(rate(excp_events_received_total{${excp}}[$__rate_interval]))`,
            legend: '{{event}}',
          },
        ],
        { stacked: true },
      ),
      series(
        'Received and already stored, by instance',
        'With two instances about half of all events are stored already by the other one.',
        'eps',
        [
          {
            expr: `sum by (instance) (rate(excp_events_received_total{${excp}}[$__rate_interval]))`,
            legend: '{{instance}} received',
          },
          {
            expr: `sum by (instance) (rate(excp_events_duplicate_total{${excp}}[$__rate_interval]))`,
            legend: '{{instance}} already stored',
          },
        ],
        { width: 6 },
      ),
      series(
        'Active instance',
        'The instance that processes; the other one stands by.',
        'bool_yes_no',
        [{ expr: `excp_active{${excp}}`, legend: '{{instance}}' }],
        {
          width: 6,
        },
      ),
    ),
    row(
      'Events out',
      8,
      series(
        'Injected by result',
        'A second. repeated: sent again after an unknown outcome and known already; retried: refused for now; dead: refused for good.',
        'eps',
        [
          {
            expr: `sum by (result) (rate(excp_events_injected_total{${excp}}[$__rate_interval]))`,
            legend: '{{result}}',
          },
        ],
        { width: 8, thresholds: anyIsBad },
      ),
      series(
        'Accepted by event',
        'A second, by the kind of event.',
        'eps',
        [
          {
            expr: `sum by (event) (rate(excp_events_injected_total{${excp}, result="accepted"}[$__rate_interval])) > 0 or on () sum(rate(excp_events_injected_total{${excp}, result="accepted"}[$__rate_interval]))`,
            legend: '{{event}}',
          },
        ],
        { width: 8, stacked: true },
      ),
      series(
        'From SIP Server to acceptance',
        'Event received until what it led to was accepted. Some events wait up to 2 s by design, for what belongs to them.',
        's',
        quantiles('excp_event_delivery_seconds', excp),
        { width: 8, thresholds: worseFrom(5, 10) },
      ),
    ),
    row(
      'How complete',
      7,
      conversationsComplete(excp),
      stat(
        'Conversations mapped',
        'Share of the conversations of the last hour in which a mapped queue or agent took part; nothing is sent of the others.',
        'percentunit',
        `sum(increase(excp_conversations_ended_total{${excp}, outcome!="not-mapped"}[1h])) / (sum(increase(excp_conversations_ended_total{${excp}}[1h])) > 0)`,
      ),
      series(
        'Ended by outcome',
        'A second. complete: every event was accepted; not-mapped: nothing was to be sent; refused: Genesys Cloud refused an event for good; gap: events were lost; too-long, shed, fault: see the alerts of these.',
        'eps',
        [
          {
            expr: `sum by (outcome) (rate(excp_conversations_ended_total{${excp}}[$__rate_interval])) > 0 or on () sum(rate(excp_conversations_ended_total{${excp}}[$__rate_interval]))`,
            legend: '{{outcome}}',
          },
        ],
        { width: 16, stacked: true },
      ),
    ),
    row(
      'What should not happen',
      7,
      series(
        'Open, waiting, held back',
        'Numbers that rise together and stay up mean that Genesys Cloud does not take what is sent.',
        'short',
        [
          { expr: `max(excp_open_conversations{${excp}})`, legend: 'open conversations' },
          { expr: `max(excp_stream_lag_events{${excp}})`, legend: 'events to process' },
          { expr: `max(excp_held_back_events{${excp}})`, legend: 'held back' },
          { expr: `max(excp_dead_letters{${excp}})`, legend: 'dead letters' },
        ],
        { width: 6 },
      ),
      series(
        'Left out, gaps, too long',
        'In the range of the panel interval. Calls left out because a bound was reached; times in which nobody watched a connection; conversations closed after MAX_CALL_HOURS.',
        'short',
        [
          {
            expr: `sum(increase(excp_shed_conversations_total{${excp}}[$__rate_interval]))`,
            legend: 'calls left out',
          },
          { expr: `sum(increase(excp_gaps_total{${excp}}[$__rate_interval]))`, legend: 'gaps' },
          {
            expr: `sum(increase(excp_force_ended_total{${excp}}[$__rate_interval]))`,
            legend: 'lasted too long',
          },
        ],
        { width: 6, thresholds: anyIsBad },
      ),
      series(
        'Events that did not fit',
        'Events that contradict what is known of their call, and stored entries that cannot be read. A few are normal after a gap.',
        'short',
        [
          {
            expr: `sum by (kind) (increase(excp_unexpected_events_total{${excp}}[$__rate_interval]))`,
            legend: '{{kind}}',
          },
          {
            expr: `sum(increase(excp_unreadable_entries_total{${excp}}[$__rate_interval]))`,
            legend: 'unreadable entries',
          },
        ],
        { width: 6 },
      ),
      series(
        'Quarantine',
        'Entries that made EXCP fail and that nobody has looked after (at most 1,000), and how many came in the range of the panel interval.',
        'short',
        [
          { expr: `max(excp_quarantine_entries{${excp}})`, legend: 'entries' },
          {
            expr: `sum(increase(excp_quarantined_total{${excp}}[$__rate_interval]))`,
            legend: 'set aside',
          },
        ],
        { width: 6, thresholds: anyIsBad },
      ),
    ),
    linkRow(excp, 'SIP Server'),
    cloudRow(excp),
    identityRow(excp),
    processRow(excp),
  ],
};
