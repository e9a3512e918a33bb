/** Dashboard of Agent State Sync. */
import { cloudRow, identityRow, linkRow, processRow } from './cloud-rows.ts';
import type { Dashboard } from './model.ts';
import { ageOfOldest, oneIsGood, quantiles, row, series, stat, worseFrom, zeroIsGood } from './panels.ts';

const exas = 'deployment=~"$deployment", job="exas", instance=~"$instance"';

export const exasDashboard: Dashboard = {
  uid: 'exec-exas',
  title: 'EXEC Agent State Sync (EXAS)',
  description: 'Whose states are watched, what they are, how quickly they arrive.',
  job: 'exas',
  rows: [
    row(
      'Now',
      4,
      stat(
        'Active instances',
        'Exactly one of each deployment injects; others stand by.',
        'short',
        `max(sum by (deployment) (exas_active{${exas}}))`,
        {
          thresholds: [{ colour: 'red' }, { from: 1, colour: 'green' }, { from: 2, colour: 'red' }],
        },
      ),
      stat(
        'Agents watched',
        'Agents whose statistics are open.',
        'short',
        `max(exas_agents_monitored{${exas}})`,
      ),
      stat(
        'Waiting agents',
        'Agents with a state that Genesys Cloud has not accepted yet.',
        'short',
        `max(exas_pending_agents{${exas}})`,
        { thresholds: worseFrom(100, 1000) },
      ),
      stat(
        'Oldest waiting state',
        'How long the oldest of them has waited; StatesLate fires after 60 s.',
        's',
        ageOfOldest('exas_oldest_pending_timestamp_seconds', exas),
        { thresholds: worseFrom(10, 60) },
      ),
      stat(
        'Stale agents',
        'Stat Server has no data of them; their last state is kept.',
        'short',
        `max(exas_stale_agents{${exas}})`,
        { thresholds: zeroIsGood },
      ),
      stat(
        'Refused statistics',
        'Stat Server does not know these agents.',
        'short',
        `max(exas_refused_statistics{${exas}})`,
        { thresholds: zeroIsGood },
      ),
    ),
    row(
      'States',
      8,
      series(
        'Agents by state',
        'What Genesys Cloud accepted last, as presence and routing status.',
        'short',
        [
          {
            expr: `max by (presence, routing_status) (exas_agents_by_state{${exas}})`,
            legend: '{{presence}} / {{routing_status}}',
          },
        ],
        { width: 10, stacked: true },
      ),
      series(
        'Changes and injected events',
        'A second. Each change becomes up to two events, presence and routing status; states that follow each other while they wait are merged.',
        'eps',
        [
          {
            expr: `sum(rate(exas_state_changes_total{${exas}}[$__rate_interval]))`,
            legend: 'changes in Engage',
          },
          {
            expr: `sum by (kind, result) (rate(exas_state_events_total{${exas}}[$__rate_interval]))`,
            legend: '{{kind}} {{result}}',
          },
        ],
        { width: 7 },
      ),
      series(
        'From Stat Server to acceptance',
        'Notification received until accepted by Genesys Cloud. After a reconnect all states come at once and wait for the budget.',
        's',
        quantiles('exas_state_delivery_seconds', exas),
        { width: 7, thresholds: worseFrom(5, 10) },
      ),
    ),
    row(
      'Outage of Engage',
      4,
      stat(
        'No Stat Server usable for',
        'On the active instance; 0 while one is usable.',
        's',
        `time() - max(exas_engage_down_since_timestamp_seconds{${exas}} > 0) or vector(0)`,
        { width: 12, thresholds: worseFrom(15, 60) },
      ),
      stat('Links', 'Stat Servers that are usable now.', 'short', `sum(exec_engage_link_up{${exas}})`, {
        width: 12,
        thresholds: oneIsGood,
      }),
    ),
    linkRow(exas, 'Stat Server'),
    cloudRow(exas),
    identityRow(exas),
    processRow(exas),
  ],
};
