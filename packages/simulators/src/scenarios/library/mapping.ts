/** Agents and queues that are not mapped, and log-ins and log-outs in mid-call. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, inbound, logIn, logOut, queue, ring } from '../script/verbs.ts';
import { sendTo } from '../script/verbs-many.ts';

export const mappingScenarios: readonly Scenario[] = [
  // Without a mapping the queue is no participant; the agent opens the conversation, with the customer's own time.
  scenario({
    name: 'unmapped-queue',
    shows: 'The queue is not mapped, the agent is',
    cast: { agents: { anna: {} }, queues: { back: { mapped: false } } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'back')),
      at(6000, ring('main', 'anna', { from: 'back' })),
      at(9000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // An agent without a user is a number that takes part.
  scenario({
    name: 'unmapped-agent',
    shows: 'The agent is not mapped, the queue is',
    cast: { agents: { ursula: { mapped: false } }, queues: { sales: {} } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'ursula', { from: 'sales' })),
      at(9000, answer('main', 'ursula')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('phone', '6000 established(alerting), 9000 answered, 30000 ended:Peer', { number: 'ursula' }),
      ]),
    ],
  }),

  // Neither queue nor agent is mapped: the call must not appear at all.
  scenario({
    name: 'untouched-call',
    shows: 'No mapped queue and no mapped agent takes part',
    cast: { agents: { ursula: { mapped: false } }, queues: { back: { mapped: false } } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'back')),
      at(6000, ring('main', 'ursula', { from: 'back' })),
      at(9000, answer('main', 'ursula')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [],
  }),

  // Who takes part is decided when the leg is established: nobody was logged in, so it is a number. The next call is the agent's.
  scenario({
    name: 'login-mid-call',
    shows: 'An agent logs in while a call is talking on that telephone',
    cast: { agents: { dora: { loggedIn: false } }, queues: { sales: {} } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'dora', { from: 'sales' })),
      at(9000, answer('main', 'dora')),
      at(15_000, logIn('dora')),
      at(30_000, hangUp('main', 'customer')),
      at(35_000, inbound('next', { caller: 'second customer' })),
      at(36_000, queue('next', 'sales')),
      at(40_000, ring('next', 'dora', { from: 'sales' })),
      at(42_000, answer('next', 'dora')),
      at(50_000, hangUp('next', 'second customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('phone', '6000 established(alerting), 9000 answered, 30000 ended:Peer', { number: 'dora' }),
      ]),
      conversation('next', [
        customer('35000 established, 50000 ended:Self', { number: 'second customer' }),
        leg('queue:sales', '36000 established, 40000 ended:Transfer'),
        leg('user:dora', '40000 established(alerting), 42000 answered, 50000 ended:Peer'),
      ]),
    ],
  }),

  // The log-in and the transfer are half a second apart and come by different connections.
  scenario({
    name: 'login-before-transfer',
    shows: 'An agent logs in during a call and then gets it',
    cast: { agents: { anna: {}, ben: { loggedIn: false } }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(19_500, logIn('ben')),
      at(20_000, sendTo('main', 'anna', 'ben')),
      at(23_000, answer('main', 'ben')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferUser'),
          leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
        ],
        [unattended('userTransfer', 20_000, { by: 'user:anna', to: 'user:ben' })],
      ),
    ],
  }),

  // The leg stays the agent's: it was decided when it was established.
  scenario({
    name: 'logout-mid-call',
    shows: 'An agent logs out while talking',
    cast: annaAndSales,
    steps: [...untilAnnaTalks, at(20_000, logOut('anna')), at(30_000, hangUp('main', 'customer'))],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),
];
