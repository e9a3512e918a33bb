/** Dashboard of the bridges that stand between Engage and the services. */
import type { Dashboard } from './model.ts';
import { anyIsBad, oneIsGood, row, series, stat, worseFrom, zeroIsGood } from './panels.ts';

const bridge = 'deployment=~"$deployment", job="bridge", instance=~"$instance"';

export const bridgeDashboard: Dashboard = {
  uid: 'exec-bridge',
  title: 'EXEC Bridges',
  description: 'Whether the bridges are connected to their servers, and what they pass on.',
  job: 'bridge',
  rows: [
    row(
      'Now',
      4,
      stat(
        'Bridges that answer',
        'Scraped bridges; each pair of servers has two.',
        'short',
        `sum(up{${bridge}})`,
        {
          thresholds: oneIsGood,
        },
      ),
      stat(
        'All connected to their servers',
        'Whether every bridge has its connection; BridgeNotConnected fires after two minutes without.',
        'bool_yes_no',
        `min(bridge_native_up{${bridge}})`,
        { thresholds: oneIsGood },
      ),
      stat(
        'Before a primary',
        'Bridges whose server says that it is primary: half of all.',
        'short',
        `sum(bridge_native_primary{${bridge}})`,
        { thresholds: oneIsGood },
      ),
      stat('Clients', 'Connections of EXAS and EXCP.', 'short', `sum(bridge_clients{${bridge}})`, {
        thresholds: oneIsGood,
      }),
      stat(
        'Longest queue',
        'Messages of a server that wait to be passed on; BridgeBehind fires above 10,000.',
        'short',
        `max(bridge_native_queue{${bridge}})`,
        { thresholds: worseFrom(1000, 10_000) },
      ),
      stat(
        'Dropped clients',
        'Connections that the bridges ended in the shown time, because nobody read them or the like.',
        'short',
        `sum(increase(bridge_clients_dropped_total{${bridge}}[$__range])) or vector(0)`,
        { thresholds: anyIsBad },
      ),
    ),
    row(
      'By bridge',
      8,
      series(
        'Connected, primary',
        'A pair has one primary. When both say so or neither, look at the servers.',
        'bool_yes_no',
        [
          { expr: `bridge_native_up{${bridge}}`, legend: '{{instance}} connected' },
          { expr: `bridge_native_primary{${bridge}}`, legend: '{{instance}} primary' },
        ],
      ),
      series('Clients', 'EXAS has one connection, each EXCP several.', 'short', [
        { expr: `bridge_clients{${bridge}}`, legend: '{{instance}}' },
      ]),
    ),
    row(
      'Flow by bridge',
      8,
      series('Messages of the servers', 'What the servers tell, a second.', 'eps', [
        {
          expr: `sum by (instance) (rate(bridge_native_messages_total{${bridge}}[$__rate_interval]))`,
          legend: '{{instance}}',
        },
      ]),
      series('Frames to clients', 'What is passed on, a second, over all clients.', 'eps', [
        {
          expr: `sum by (instance) (rate(bridge_frames_sent_total{${bridge}}[$__rate_interval]))`,
          legend: '{{instance}}',
        },
      ]),
    ),
    row(
      'Trouble by bridge',
      8,
      series('Waiting messages', 'Messages of a server that wait to be passed on.', 'short', [
        { expr: `bridge_native_queue{${bridge}}`, legend: '{{instance}}' },
      ]),
      series(
        'Not passed on',
        'Messages by reason; a steady rise means that the mapping does not fit the SDK.',
        'short',
        [
          {
            expr: `sum by (instance) (increase(bridge_dropped_total{${bridge}}[$__rate_interval])) or vector(0)`,
            legend: '{{instance}}',
          },
        ],
        { thresholds: zeroIsGood },
      ),
    ),
  ],
};
