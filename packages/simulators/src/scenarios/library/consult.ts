/** Consultations: completed, reconnected, given up. */
import {
  annaAndSales,
  annaBenAndQueues,
  annaBenAndSales,
  untilAnnaTalks,
  waitInSales,
} from '../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, queue, retrieve, ring } from '../script/verbs.ts';
import { completeTransfer, consult, consultQueue, reconnect } from '../script/verbs-many.ts';

export const consultScenarios: readonly Scenario[] = [
  // The consulted agent's leg belongs to the customer's conversation; it goes on when the first agent leaves both calls.
  scenario({
    name: 'consult-completed',
    shows: 'An agent consults a colleague and hands the customer over',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, completeTransfer('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:TransferConsult',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Peer', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: true })],
      ),
    ],
  }),

  // The same as a completed consultation, told as a party that moves in place of one that leaves and one that comes.
  scenario({
    name: 'consult-completed-by-move',
    shows: 'The consulted party is moved from the second call to the first',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, completeTransfer('main', 'second', 'anna', { style: 'move' })),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:TransferConsult',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Peer', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: true })],
      ),
    ],
  }),

  // The transfer is completed before the colleague answers; the answer comes in the first call.
  scenario({
    name: 'consult-completed-while-ringing',
    shows: "An agent hands the customer over while the colleague's telephone still rings",
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(24_000, completeTransfer('main', 'second', 'anna')),
      at(28_000, answer('main', 'ben')),
      at(50_000, hangUp('main', 'ben')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Peer'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 24000 ended:TransferConsult',
          ),
          leg('user:ben', '20000 established(alerting), 28000 answered, 50000 ended:Self', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: true })],
      ),
    ],
  }),

  // The agent ended the consultation, so the colleague's leg ends because the other side left.
  scenario({
    name: 'consult-reconnected',
    shows: 'An agent consults a colleague and goes back to the customer',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, reconnect('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 50000 ended:Peer',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 30000 ended:Peer', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // The colleague's leg ends without having been answered.
  scenario({
    name: 'consult-unanswered',
    shows: 'An agent goes back to the customer because the colleague does not answer',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(32_000, reconnect('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'anna')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Peer'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 32000 retrieved, 50000 ended:Self',
          ),
          leg('user:ben', '20000 established(alerting), 32000 ended:Peer', { invitedBy: 'user:anna' }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // The colleague leaves first; the agent takes the customer back a little later.
  scenario({
    name: 'consult-target-hangs-up',
    shows: 'The consulted colleague hangs up',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, hangUp('second', 'ben')),
      at(33_000, retrieve('main', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 33000 retrieved, 50000 ended:Peer',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 30000 ended:Self', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // The first call ends; the second lives on in the same conversation until somebody hangs up.
  scenario({
    name: 'consult-customer-hangs-up',
    shows: 'The customer hangs up while the agent consults a colleague',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, hangUp('main', 'customer')),
      at(40_000, hangUp('second', 'ben')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 30000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:Peer'),
          leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Self', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // The consulted party is a number, so its leg is a telephone's.
  scenario({
    name: 'consult-outside-completed',
    shows: 'An agent consults an outside number and hands the customer over',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'expert')),
      at(24_000, answer('second', 'expert')),
      at(30_000, completeTransfer('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'expert')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Peer'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:TransferConsult',
          ),
          leg('phone', '20000 established(alerting), 24000 answered, 50000 ended:Self', {
            number: 'expert',
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'phone', completed: true })],
      ),
    ],
  }),

  // The queue's leg is the first of the consultation; the transfer reaches the agent whom the queue delivered.
  scenario({
    name: 'consult-queue-completed',
    shows: 'An agent consults a queue, whose agent answers, and hands the customer over',
    cast: annaBenAndQueues,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consultQueue('second', 'main', 'anna')),
      at(20_500, queue('second', 'support')),
      at(25_000, ring('second', 'ben', { from: 'support' })),
      at(28_000, answer('second', 'ben')),
      at(35_000, completeTransfer('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 35000 ended:TransferConsult',
          ),
          leg('queue:support', '20500 established, 25000 ended:Transfer', { invitedBy: 'user:anna' }),
          leg('user:ben', '25000 established(alerting), 28000 answered, 50000 ended:Peer', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_500, { by: 'user:anna', to: 'queue:support', reaches: 'user:ben', completed: true })],
      ),
    ],
  }),

  // The customer goes on waiting in the agent's place; who answers is in the first call from the start.
  scenario({
    name: 'consult-queue-completed-waiting',
    shows: 'An agent consults a queue and hands the customer over while that call still waits',
    cast: annaBenAndQueues,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consultQueue('second', 'main', 'anna')),
      at(20_500, queue('second', 'support')),
      at(24_000, completeTransfer('main', 'second', 'anna')),
      at(28_000, ring('main', 'ben', { from: 'support' })),
      at(31_000, answer('main', 'ben')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 24000 ended:TransferConsult',
          ),
          leg('queue:support', '20500 established, 28000 ended:Transfer', { invitedBy: 'user:anna' }),
          leg('user:ben', '28000 established(alerting), 31000 answered, 50000 ended:Peer'),
        ],
        [consulted(20_500, { by: 'user:anna', to: 'queue:support', completed: true })],
      ),
    ],
  }),

  // The consultation is abandoned in its queue.
  scenario({
    name: 'consult-queue-given-up',
    shows: 'An agent consults a queue and goes back to the customer before anybody answers',
    cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
    steps: [
      ...untilAnnaTalks,
      at(20_000, consultQueue('second', 'main', 'anna')),
      at(20_500, queue('second', 'support')),
      at(27_000, reconnect('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 27000 retrieved, 50000 ended:Peer',
          ),
          leg('queue:support', '20500 established, 27000 ended:Peer', { invitedBy: 'user:anna' }),
        ],
        [consulted(20_500, { by: 'user:anna', to: 'queue:support', completed: false })],
      ),
    ],
  }),
];
