/** Calls that agents make to the outside. */
import { annaAndSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, campaign, dial, hangUp, queue, ring, route, unreachable } from '../script/verbs.ts';

export const outboundScenarios: readonly Scenario[] = [
  // The agent who dials is connected from the first moment; the customer's leg rings.
  scenario({
    name: 'outbound-call',
    shows: 'An agent calls a customer',
    cast: { agents: { anna: {} } },
    steps: [
      at(0, dial('main', 'anna', 'customer')),
      at(4000, answer('main', 'customer')),
      at(30_000, hangUp('main', 'anna')),
    ],
    expected: [
      conversation('main', [
        leg('user:anna', '0 established, 30000 ended:Self'),
        customer('0 established(alerting), 4000 answered, 30000 ended:Peer', { inbound: false }),
      ]),
    ],
  }),

  // The busy side ends by an error, the agent because the other side is gone.
  scenario({
    name: 'outbound-busy',
    shows: 'An agent calls a customer who is busy',
    cast: { agents: { anna: {} } },
    steps: [at(0, dial('main', 'anna', 'customer')), at(2000, unreachable('main', 'customer', 'Busy'))],
    expected: [
      conversation('main', [
        leg('user:anna', '0 established, 2000 ended:Peer'),
        customer('0 established(alerting), 2000 ended:Error', { inbound: false }),
      ]),
    ],
  }),

  // Nobody answered; the agent left first.
  scenario({
    name: 'outbound-given-up',
    shows: "An agent hangs up while the customer's telephone rings",
    cast: { agents: { anna: {} } },
    steps: [at(0, dial('main', 'anna', 'customer')), at(15_000, hangUp('main', 'anna'))],
    expected: [
      conversation('main', [
        leg('user:anna', '0 established, 15000 ended:Self'),
        customer('0 established(alerting), 15000 ended:Peer', { inbound: false }),
      ]),
    ],
  }),

  // Only here the agent's leg names a queue: it is an outbound call that a mapped queue delivered.
  scenario({
    name: 'outbound-for-queue',
    shows: 'A campaign calls a customer, whose call a queue delivers to an agent',
    cast: annaAndSales,
    steps: [
      at(0, campaign('main')),
      at(5000, answer('main', 'customer')),
      at(5500, route('main'), queue('main', 'sales')),
      at(9000, ring('main', 'anna', { from: 'sales' })),
      at(11_000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established(alerting), 5000 answered, 30000 ended:Self', { inbound: false }),
        leg('queue:sales', '5500 established, 9000 ended:Transfer'),
        leg('user:anna', '9000 established(alerting), 11000 answered, 30000 ended:Peer', { queue: 'sales' }),
      ]),
    ],
  }),
];
