/** Dashboard that leads from failed requests to the log lines of one correlation ID of Genesys Cloud. */
import type { Dashboard } from './model.ts';
import { anyIsBad, row, series, table, worseFrom } from './panels.ts';

const chosen = 'deployment=~"$deployment", job=~"$job"';
const failed = `${chosen}, status!~"2.."`;

const help = `**From a symptom to one request**

1. *Failed requests* names operation and status.
2. *Warnings and errors* shows the lines with their \`trace.id\`: the correlation ID of Genesys Cloud.
3. Put that ID in the box **Correlation ID** above: the last panel shows every line about it, whichever service wrote it.
4. Give the ID to Genesys support; they find the request by it.

Log panels need Loki. Without it: \`docker compose logs --no-log-prefix excp | jq -c 'select(."trace.id" == "<ID>")'\``;

export const requestsDashboard: Dashboard = {
  uid: 'exec-requests',
  title: 'EXEC Failed requests and correlation IDs',
  description: 'Requests that Genesys Cloud refused or did not answer, down to the log lines of one of them.',
  variables: ['job', 'correlation_id', 'logs'],
  rows: [
    row(
      'Which requests fail?',
      9,
      {
        kind: 'text',
        title: 'How to use this page',
        description: 'The way from a symptom to the log lines of one request.',
        width: 8,
        markdown: help,
      },
      table(
        'Failed requests',
        'By operation and status in the chosen time, most first. 429: more requests than allowed; none: no answer.',
        'short',
        [
          {
            expr: `topk(20, sum by (job, operation, status) (increase(exec_genesys_cloud_requests_total{${failed}}[$__range])) > 0)`,
            legend: 'requests',
          },
        ],
        { width: 16, thresholds: anyIsBad },
      ),
    ),
    row(
      'Over time',
      8,
      series(
        'Failed requests',
        'A minute, by operation and status; a flat zero is what should be seen.',
        'reqpm',
        [
          {
            expr: `topk(10, sum by (operation, status) (rate(exec_genesys_cloud_requests_total{${failed}}[$__rate_interval]))) * 60`,
            legend: '{{operation}} {{status}}',
          },
        ],
        { width: 8, thresholds: anyIsBad },
      ),
      series(
        'Duration of requests (p95)',
        'From sending to the last byte of the answer, by operation. A try ends after 10 s at the latest.',
        's',
        [
          {
            expr: `topk(10, histogram_quantile(0.95, sum by (operation, le) (rate(exec_genesys_cloud_request_duration_seconds_bucket{${chosen}}[$__rate_interval]))) > 0)`,
            legend: '{{operation}}',
          },
        ],
        { width: 8, thresholds: worseFrom(2.5, 10) },
      ),
      series(
        'Answers 429',
        'In the range of the panel interval, by service. The budget keeps them away, unless something else uses the same OAuth client.',
        'short',
        [
          {
            expr: `sum by (job) (increase(exec_genesys_cloud_rate_limited_total{${chosen}}[$__rate_interval]))`,
            legend: '{{job}}',
          },
        ],
        { width: 8, thresholds: anyIsBad },
      ),
    ),
    row('Log lines', 9, {
      kind: 'logs',
      title: 'Warnings and errors',
      description:
        'Of the chosen services; trace.id is the correlation ID of Genesys Cloud, error.code is explained in the reference.',
      width: 24,
      query: '{service_name=~"$job"} | json | log_level =~ "warn|error|fatal"',
    }),
    row('One correlation ID', 9, {
      kind: 'logs',
      title: 'Lines with the correlation ID',
      description:
        'Every line that holds what stands in the box Correlation ID; at log level debug also the tries in between.',
      width: 24,
      query: '{service_name=~"excs|exas|excp"} |= "$correlation_id"',
    }),
  ],
};
