/** Single-step transfers. */
import {
  annaAndSales,
  annaBenAndQueues,
  annaBenAndSales,
  untilAnnaTalks,
  waitInSales,
} from '../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, queue, ring } from '../script/verbs.ts';
import { sendTo, sendToRouting } from '../script/verbs-many.ts';

export const transferScenarios: readonly Scenario[] = [
  // The target rings in the same call; the agent who sends it on is out at once.
  scenario({
    name: 'transfer-to-agent',
    shows: 'An agent sends the customer to a colleague without asking',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
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

  // Which queue it is comes by another connection; the end of the agent's leg waits for it.
  scenario({
    name: 'transfer-to-queue',
    shows: 'An agent sends the customer to another queue',
    cast: annaBenAndQueues,
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendToRouting('main', 'anna'), queue('main', 'support')),
      at(26_000, ring('main', 'ben', { from: 'support' })),
      at(29_000, answer('main', 'ben')),
      at(45_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 45000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferACD'),
          leg('queue:support', '20000 established, 26000 ended:Transfer'),
          leg('user:ben', '26000 established(alerting), 29000 answered, 45000 ended:Peer'),
        ],
        [unattended('routingTransfer', 20_000, { by: 'user:anna', to: 'queue:support' })],
      ),
    ],
  }),

  // The queue has a free agent: it has delivered the call before anything waits.
  scenario({
    name: 'transfer-to-free-queue',
    shows: 'An agent sends the customer to another queue, which delivers at once',
    cast: annaBenAndQueues,
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendToRouting('main', 'anna')),
      at(20_200, queue('main', 'support')),
      at(20_500, ring('main', 'ben', { from: 'support' })),
      at(24_000, answer('main', 'ben')),
      at(45_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 45000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferACD'),
          leg('queue:support', '20200 established, 20500 ended:Transfer'),
          leg('user:ben', '20500 established(alerting), 24000 answered, 45000 ended:Peer'),
        ],
        [unattended('routingTransfer', 20_200, { by: 'user:anna', to: 'queue:support' })],
      ),
    ],
  }),

  // Nobody tells where the call goes: the end of the agent's leg waits for that, but not for ever.
  scenario({
    name: 'transfer-to-unmapped-queue',
    shows: 'An agent sends the customer to a queue that is not mapped',
    cast: { agents: { anna: {}, ben: {} }, queues: { sales: {}, other: { mapped: false } } },
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendToRouting('main', 'anna'), queue('main', 'other')),
      at(45_000, ring('main', 'ben', { from: 'other' })),
      at(48_000, answer('main', 'ben')),
      at(60_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 60000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
        leg('user:ben', '45000 established(alerting), 48000 answered, 60000 ended:Peer'),
      ]),
    ],
  }),

  // The target is somebody outside.
  scenario({
    name: 'transfer-to-number',
    shows: 'An agent sends the customer to an outside number',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendTo('main', 'anna', 'expert')),
      at(24_000, answer('main', 'expert')),
      at(45_000, hangUp('main', 'expert')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 45000 ended:Peer'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
          leg('phone', '20000 established(alerting), 24000 answered, 45000 ended:Self', { number: 'expert' }),
        ],
        [unattended('phoneTransfer', 20_000, { by: 'user:anna', to: 'phone' })],
      ),
    ],
  }),

  // An agent without a user is a number, also as the target of a transfer.
  scenario({
    name: 'transfer-to-unmapped-agent',
    shows: 'An agent sends the customer to a colleague who is not mapped',
    cast: { agents: { anna: {}, ursula: { mapped: false } }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendTo('main', 'anna', 'ursula')),
      at(23_000, answer('main', 'ursula')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
          leg('phone', '20000 established(alerting), 23000 answered, 40000 ended:Peer', { number: 'ursula' }),
        ],
        [unattended('phoneTransfer', 20_000, { by: 'user:anna', to: 'phone' })],
      ),
    ],
  }),

  // The agent is out at once, so that the transfer is complete although nobody has answered.
  scenario({
    name: 'transfer-abandoned',
    shows:
      "An agent sends the customer to a colleague; the customer gives up while that one's telephone rings",
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendTo('main', 'anna', 'ben')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferUser'),
          leg('user:ben', '20000 established(alerting), 40000 ended:Peer'),
        ],
        [unattended('userTransfer', 20_000, { by: 'user:anna', to: 'user:ben' })],
      ),
    ],
  }),
];
