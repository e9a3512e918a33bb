/** The dashboard to begin with: does everything work, and does the EX organisation see what happens? */
import { conversationsComplete } from './conversations.ts';
import type { Dashboard } from './model.ts';
import {
  ageOfOldest,
  anyIsBad,
  lowIsBad,
  oneIsGood,
  row,
  series,
  stat,
  worseFrom,
  zeroIsGood,
} from './panels.ts';

const all = 'deployment=~"$deployment"';
const services = `${all}, job=~"excs|exas|excp"`;

export const overview: Dashboard = {
  uid: 'exec-overview',
  title: 'EXEC Overview',
  description: 'Whether the connector works and how current the EX organisation is.',
  rows: [
    row(
      'Does it run?',
      4,
      stat(
        'Instances that answer',
        'Scraped instances by service. EXCP has two.',
        'short',
        [{ expr: `sum by (job) (up{${services}})`, legend: '{{job}}' }],
        { width: 3, thresholds: oneIsGood },
      ),
      stat(
        'Firing alerts',
        'Alerts of the connector that fire now; the list is below, each with its runbook.',
        'short',
        `sum(ALERTS{${all}, alertstate="firing"}) or vector(0)`,
        { width: 3, thresholds: anyIsBad },
      ),
      stat(
        'Redis',
        'Whether every instance reaches Redis.',
        'bool_yes_no',
        `min(exec_redis_up{${services}})`,
        {
          width: 3,
          thresholds: oneIsGood,
        },
      ),
      stat(
        'Redis takes writes',
        'Whether Redis takes writes from every instance: no replica, neither memory nor disk full.',
        'bool_yes_no',
        `min(exec_redis_writable{${services}})`,
        { width: 3, thresholds: oneIsGood },
      ),
      stat(
        'Config DB',
        'Whether the last read or probe worked.',
        'bool_yes_no',
        `max(excs_config_db_up{${all}})`,
        {
          width: 3,
          thresholds: oneIsGood,
        },
      ),
      stat(
        'Engage links',
        'Whether of every pair at least one server is usable from at least one instance.',
        'bool_yes_no',
        `min(max by (deployment, job, link) (label_replace(exec_engage_link_up{${services}}, "link", "$1", "server", "(.+)@.+")))`,
        { width: 3, thresholds: oneIsGood },
      ),
      stat(
        'Tokens',
        'Time until the first OAuth token ends; tokens are renewed after four fifths of their life.',
        's',
        [
          {
            expr: `clamp_min(min by (job) (exec_oauth_token_expiry_timestamp_seconds{${services}}) - time(), 0)`,
            legend: '{{job}}',
          },
        ],
        {
          width: 6,
          thresholds: [{ colour: 'red' }, { from: 60, colour: 'orange' }, { from: 300, colour: 'green' }],
        },
      ),
    ),
    row(
      'How current is the EX organisation?',
      4,
      stat(
        'Last complete sync',
        'Since the last cycle that left nothing to do. Seconds in steady running; during a first sync there is none.',
        's',
        `time() - min(max by (deployment) (excs_last_successful_sync_timestamp_seconds{${all}}) > 0)`,
        { thresholds: worseFrom(120, 900) },
      ),
      stat(
        'Oldest state that waits',
        'How long the oldest undelivered agent state has waited.',
        's',
        ageOfOldest('exas_oldest_pending_timestamp_seconds', all),
        { thresholds: worseFrom(10, 60) },
      ),
      stat(
        'Oldest event that waits',
        'How long the oldest undelivered conversation event has waited.',
        's',
        ageOfOldest('excp_oldest_pending_timestamp_seconds', all),
        { thresholds: worseFrom(10, 60) },
      ),
      stat(
        'Agents watched',
        'Agents whose statistics are open.',
        'short',
        `max(exas_agents_monitored{${all}})`,
      ),
      stat(
        'Open conversations',
        'Conversations that are not over.',
        'short',
        `max(excp_open_conversations{${all}})`,
      ),
      stat(
        'Dead letters',
        'Events that Genesys Cloud refused for good and that nobody has dealt with.',
        'short',
        `max(excp_dead_letters{${all}})`,
        { thresholds: zeroIsGood },
      ),
    ),
    row(
      'Flow',
      8,
      series(
        'Accepted by Genesys Cloud',
        'Accepted events a second.',
        'eps',
        [
          {
            expr: `sum(rate(exas_state_events_total{${all}, result="accepted"}[$__rate_interval]))`,
            legend: 'agent states',
          },
          {
            expr: `sum(rate(excp_events_injected_total{${all}, result="accepted"}[$__rate_interval]))`,
            legend: 'conversation events',
          },
          {
            expr: `sum(rate(excs_sync_operations_total{${all}, result="done"}[$__rate_interval]))`,
            legend: 'operations of the sync',
          },
        ],
        { width: 8 },
      ),
      series(
        'Time from Engage to acceptance (p95)',
        'Nineteen of twenty arrive within this time.',
        's',
        [
          {
            expr: `histogram_quantile(0.95, sum by (le) (rate(exas_state_delivery_seconds_bucket{${all}}[$__rate_interval])))`,
            legend: 'agent states',
          },
          {
            expr: `histogram_quantile(0.95, sum by (le) (rate(excp_event_delivery_seconds_bucket{${all}}[$__rate_interval])))`,
            legend: 'conversation events',
          },
        ],
        { width: 8, thresholds: worseFrom(5, 10) },
      ),
      series(
        'Requests to Genesys Cloud',
        'Requests a minute by service, and the budget that each has.',
        'reqpm',
        [
          {
            expr: `sum by (job) (rate(exec_genesys_cloud_requests_total{${services}}[$__rate_interval])) * 60`,
            legend: '{{job}}',
          },
          {
            expr: `max by (job) (exec_genesys_cloud_budget_requests_per_minute{${services}})`,
            legend: 'budget of {{job}}',
          },
        ],
        { width: 8 },
      ),
    ),
    row(
      'How complete is the EX organisation, and how near is a limit?',
      4,
      stat(
        'Objects mapped',
        'Share of the persons, skills and queues in scope that have a counterpart; what is missing is in the conflicts.',
        'percentunit',
        `sum(excs_mapped_objects{${all}, type=~"person|skill|queue"}) / (sum(excs_objects{${all}, type=~"person|skill|queue"}) > 0)`,
        { thresholds: lowIsBad(0.9, 0.99) },
      ),
      stat(
        'Agents right',
        'Share of the watched agents whose state in the EX organisation is that of Engage: none waits, none is stale.',
        'percentunit',
        `1 - (sum(max by (deployment) (exas_pending_agents{${all}})) + sum(max by (deployment) (exas_stale_agents{${all}}))) / (sum(max by (deployment) (exas_agents_monitored{${all}})) > 0)`,
        { thresholds: lowIsBad(0.9, 0.98) },
      ),
      stat(
        'Events accepted',
        'Share of the conversation events of the last hour that Genesys Cloud accepted; the others are dead letters.',
        'percentunit',
        `sum(increase(excp_events_injected_total{${all}, result=~"accepted|repeated"}[1h])) / (sum(increase(excp_events_injected_total{${all}, result=~"accepted|repeated|dead"}[1h])) > 0)`,
        { thresholds: lowIsBad(0.99, 0.999) },
      ),
      conversationsComplete(all),
      stat(
        'Calls left out',
        'Calls of the last 24 hours that do not appear whole: a bound was reached, or they had lasted too long.',
        'short',
        `sum(increase(excp_shed_conversations_total{${all}}[24h])) + sum(increase(excp_force_ended_total{${all}}[24h]))`,
        { thresholds: zeroIsGood },
      ),
      stat(
        'Request budget used',
        'Share of the budget in force that each service used in the last five minutes.',
        'percentunit',
        [
          {
            expr: `max by (job) (sum by (job, instance) (rate(exec_genesys_cloud_requests_total{${services}}[5m])) * 60 / on (job, instance) max by (job, instance) (exec_genesys_cloud_budget_requests_per_minute{${services}}))`,
            legend: '{{job}}',
          },
        ],
        { thresholds: worseFrom(0.8, 0.95) },
      ),
    ),
    row('Alerts', 8, {
      kind: 'alerts',
      title: 'Firing and pending alerts',
      description: 'Rules of docker/prometheus/alerts.yml; each names its runbook.',
      width: 24,
    }),
  ],
};
