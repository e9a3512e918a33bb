/** Rows that every service has: its requests to Genesys Cloud, its links, its process. */
import type { Row } from './model.ts';
import { anyIsBad, oneIsGood, quantiles, row, series, stat, worseFrom } from './panels.ts';

export function cloudRow(selector: string): Row {
  return row(
    'Genesys Cloud',
    7,
    series(
      'Requests by operation',
      'Requests a minute, and the budget in force (GENESYS_CLOUD_REQUESTS_PER_MINUTE for each token).',
      'reqpm',
      [
        {
          expr: `sum by (operation) (rate(exec_genesys_cloud_requests_total{${selector}}[$__rate_interval])) * 60`,
          legend: '{{operation}}',
        },
        {
          expr: `max(exec_genesys_cloud_budget_requests_per_minute{${selector}})`,
          legend: 'budget',
        },
      ],
      { width: 8 },
    ),
    series(
      'Answers by status',
      'Requests a minute by HTTP status; "none" is a request without an answer. Anything but 200 to 204 is looked into on the dashboard of failed requests.',
      'reqpm',
      [
        {
          expr: `sum by (status) (rate(exec_genesys_cloud_requests_total{${selector}}[$__rate_interval])) * 60`,
          legend: '{{status}}',
        },
      ],
      { width: 8 },
    ),
    series(
      'Wait for the request budget',
      'Time that requests waited for their turn. Seconds for minutes on end mean that the budget is used up.',
      's',
      quantiles('exec_genesys_cloud_rate_limit_wait_seconds', selector),
      { width: 8, thresholds: worseFrom(1, 2.5) },
    ),
  );
}

export function identityRow(selector: string): Row {
  return row(
    'Instances',
    4,
    stat(
      'Version',
      'Release of each running instance; two at once only during an upgrade.',
      'short',
      [
        {
          expr: `count by (version) (exec_build_info{${selector}})`,
          legend: '{{version}}',
        },
      ],
      { width: 4 },
    ),
    stat(
      'Redis',
      'Whether each instance reaches Redis.',
      'bool_yes_no',
      [{ expr: `exec_redis_up{${selector}}`, legend: '{{instance}}' }],
      {
        width: 4,
        thresholds: oneIsGood,
      },
    ),
    stat(
      'Redis takes writes',
      'Whether Redis takes writes from each instance: no replica, neither memory nor disk full.',
      'bool_yes_no',
      [{ expr: `exec_redis_writable{${selector}}`, legend: '{{instance}}' }],
      { width: 4, thresholds: oneIsGood },
    ),
    stat(
      'Token valid for',
      'Until the OAuth token ends. It is renewed after four fifths of its life; 0 or less: there is none.',
      's',
      [
        {
          expr: `clamp_min(exec_oauth_token_expiry_timestamp_seconds{${selector}} - time(), 0)`,
          legend: '{{instance}}',
        },
      ],
      {
        width: 4,
        thresholds: [{ colour: 'red' }, { from: 60, colour: 'orange' }, { from: 300, colour: 'green' }],
      },
    ),
    stat(
      'Clock skew',
      'Clock of Genesys Cloud minus clock of the instance. The Date header has whole seconds, so up to 1 s means nothing.',
      's',
      [{ expr: `exec_clock_skew_seconds{${selector}}`, legend: '{{instance}}' }],
      {
        width: 4,
        thresholds: [{ colour: 'red' }, { from: -5, colour: 'green' }, { from: 5, colour: 'red' }],
      },
    ),
    stat(
      'Skew to Redis',
      'Clock of Redis minus clock of the instance; RedisClockSkew fires beyond 5 s.',
      's',
      [{ expr: `exec_redis_clock_skew_seconds{${selector}}`, legend: '{{instance}}' }],
      {
        width: 4,
        thresholds: [{ colour: 'red' }, { from: -5, colour: 'green' }, { from: 5, colour: 'red' }],
      },
    ),
  );
}

/** @param what the servers on the other side, as "Stat Server" */
export function linkRow(selector: string, what: string): Row {
  return row(
    'Engage',
    7,
    series(
      `Usable ${what}s`,
      `Connected, registered and primary. Of each pair one ${what} is usable; with none for a minute the alert LinkDown fires.`,
      'bool_yes_no',
      [{ expr: `exec_engage_link_up{${selector}}`, legend: '{{instance}} {{server}}' }],
      { width: 8, thresholds: oneIsGood },
    ),
    series(
      'Frames received',
      'Messages a second from Engage, by name.',
      'eps',
      [
        {
          expr: `sum by (message) (rate(exec_engage_link_frames_total{${selector}}[$__rate_interval])) > 0 or on () sum(rate(exec_engage_link_frames_total{${selector}}[$__rate_interval]))`,
          legend: '{{message}}',
        },
      ],
      { width: 8, stacked: true },
    ),
    series(
      'Reconnects and dropped frames',
      'In the range of the panel interval. Reconnects come with every switch-over; protocol errors and drops should not occur.',
      'short',
      [
        {
          expr: `sum(increase(exec_engage_link_reconnects_total{${selector}}[$__rate_interval]))`,
          legend: 'reconnects',
        },
        {
          expr: `sum(increase(exec_engage_link_protocol_errors_total{${selector}}[$__rate_interval]))`,
          legend: 'protocol errors',
        },
        {
          expr: `sum by (reason) (increase(exec_engage_link_dropped_frames_total{${selector}}[$__rate_interval]))`,
          legend: 'dropped: {{reason}}',
        },
        {
          expr: `sum(increase(exec_engage_link_unknown_names_total{${selector}}[$__rate_interval]))`,
          legend: 'unknown names',
        },
      ],
      { width: 8, thresholds: anyIsBad },
    ),
  );
}

export function processRow(selector: string): Row {
  return row(
    'Process',
    6,
    series(
      'CPU',
      'Share of one processor core; a service uses little more than one.',
      'percentunit',
      [{ expr: `rate(process_cpu_seconds_total{${selector}}[$__rate_interval])`, legend: '{{instance}}' }],
      { width: 6 },
    ),
    series(
      'Memory',
      'Resident memory of the process. The container limit is in compose.yaml.',
      'bytes',
      [{ expr: `process_resident_memory_bytes{${selector}}`, legend: '{{instance}}' }],
      { width: 6 },
    ),
    series(
      'Event loop lag',
      'How late timers run (99th percentile of the last scrape interval). Tens of milliseconds are normal.',
      's',
      [{ expr: `nodejs_eventloop_lag_p99_seconds{${selector}}`, legend: '{{instance}}' }],
      { width: 6, thresholds: worseFrom(0.1, 0.5) },
    ),
    series(
      'Jumps of clocks',
      'In the range of the panel interval: of the own clock, and of that of Redis as EXCP sees it.',
      'short',
      [
        {
          expr: `sum by (instance, clock, direction) (increase(exec_clock_jumps_total{${selector}}[$__rate_interval]))`,
          legend: '{{instance}} {{clock}} {{direction}}',
        },
      ],
      { width: 6, thresholds: anyIsBad },
    ),
  );
}
