/** Calls that wait in a queue, or ring an agent, and how they end. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import {
  abandon,
  afterCallWork,
  answer,
  at,
  hangUp,
  inbound,
  leaveQueue,
  queue,
  ready,
  ring,
} from '../script/verbs.ts';

export const queueScenarios: readonly Scenario[] = [
  // The plain case: a queue, an agent, and the customer who ends the call.
  scenario({
    name: 'inbound-queue-call',
    shows: 'A customer waits in one queue, talks to one agent and hangs up',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(30_000, hangUp('main', 'customer'), afterCallWork('anna')),
      at(36_000, ready('anna')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // The party who leaves first is the one that ended the call.
  scenario({
    name: 'agent-hangs-up',
    shows: 'The agent ends the call',
    cast: annaAndSales,
    steps: [...untilAnnaTalks, at(30_000, hangUp('main', 'anna'))],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Peer'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Self'),
      ]),
    ],
  }),

  // A switch set so that a call stays in its queue while the agent's telephone rings.
  scenario({
    name: 'divert-on-answer',
    shows: 'The call leaves its queue only when the agent answers',
    cast: annaAndSales,
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'anna', { from: 'sales', divertOnAnswer: true })),
      at(9000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('queue:sales', '1000 established, 9000 ended:Transfer'),
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // Each queue a call waits in is a leg of its own; the one that does not deliver has no target.
  scenario({
    name: 'two-queues-at-once',
    shows: 'A call waits in two queues, the second delivers it',
    cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales', { English: 5 })),
      at(1500, queue('main', 'support')),
      at(6000, ring('main', 'anna', { from: 'support' })),
      at(9000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('queue:sales', '1000 established, 6000 ended:System', { skills: ['English'] }),
        leg('queue:support', '1500 established, 6000 ended:Transfer', { skills: ['English'] }),
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // The strategy gives up on one queue and tries the next; the first one gets no target.
  scenario({
    name: 'moved-to-second-queue',
    shows: 'A call waits in one queue, then in another',
    cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(11_000, leaveQueue('main', 'sales'), queue('main', 'support')),
      at(15_000, ring('main', 'anna', { from: 'support' })),
      at(18_000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('queue:sales', '1000 established, 11000 ended:System'),
        leg('queue:support', '11000 established, 15000 ended:Transfer'),
        leg('user:anna', '15000 established(alerting), 18000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // Nobody ever rang: the customer's leg and the queue's are all there is.
  scenario({
    name: 'abandon-in-queue',
    shows: 'The customer gives up while waiting',
    cast: { queues: { sales: {} } },
    steps: [at(0, inbound('main')), at(1000, queue('main', 'sales')), at(8000, abandon('main'))],
    expected: [
      conversation('main', [
        customer('0 established, 8000 ended:Self'),
        leg('queue:sales', '1000 established, 8000 ended:Peer'),
      ]),
    ],
  }),

  // The agent's party leaves before the customer's, but it is the customer who ended the call.
  scenario({
    name: 'abandon-while-alerting',
    shows: "The customer gives up while the agent's telephone rings",
    cast: annaAndSales,
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'anna', { from: 'sales' })),
      at(10_000, abandon('main')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 10000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 10000 ended:Peer'),
      ]),
    ],
  }),

  // As long as nobody answers the call is in its queue, which then loses it by abandoning.
  scenario({
    name: 'abandon-while-alerting-queued',
    shows: "The customer gives up while the agent's telephone rings and the call still waits",
    cast: annaAndSales,
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'anna', { from: 'sales', divertOnAnswer: true })),
      at(10_000, abandon('main')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 10000 ended:Self'),
        leg('queue:sales', '1000 established, 10000 ended:Peer'),
        leg('user:anna', '6000 established(alerting), 10000 ended:Peer'),
      ]),
    ],
  }),

  // No queue takes part; the mapped agent makes the call a conversation.
  scenario({
    name: 'direct-call',
    shows: "A customer calls an agent's own number",
    cast: { agents: { anna: {} } },
    steps: [
      at(0, inbound('main', { to: 'anna' })),
      at(5000, answer('main', 'anna')),
      at(20_000, hangUp('main', 'anna')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 20000 ended:Peer'),
        leg('user:anna', '0 established(alerting), 5000 answered, 20000 ended:Self'),
      ]),
    ],
  }),
];
