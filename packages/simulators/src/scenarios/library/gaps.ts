/** What a resync must find out: calls found at the start, and what changed while nobody listened. */
import { annaAndSales, annaBenAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, hold, inbound, queue, retrieve, ring, watching } from '../script/verbs.ts';
import { sendTo } from '../script/verbs-many.ts';

export const gapsScenarios: readonly Scenario[] = [
  // Only what is there is told, connected at once, at its own times; the wait that is over is not invented.
  scenario({
    name: 'found-at-start',
    shows: 'A call is talking when the consumer starts',
    cast: annaAndSales,
    solo: true,
    steps: [
      at(0, watching(false), inbound('main')),
      ...untilAnnaTalks.slice(1),
      at(20_000, watching(true)),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 40000 ended:Self'),
        leg('user:anna', '6000 established, 40000 ended:Peer'),
      ]),
    ],
  }),

  // The snapshot of the queue has no time: the wait begins when it is found.
  scenario({
    name: 'found-in-queue',
    shows: 'A call is waiting when the consumer starts',
    cast: annaAndSales,
    solo: true,
    steps: [
      at(0, watching(false), inbound('main')),
      at(1000, queue('main', 'sales')),
      at(10_000, watching(true)),
      at(20_000, ring('main', 'anna', { from: 'sales' })),
      at(23_000, answer('main', 'anna')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 40000 ended:Self'),
        leg('queue:sales', '10000 established, 20000 ended:Transfer'),
        leg('user:anna', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
      ]),
    ],
  }),

  // A held party is connected, and held from the moment it is found.
  scenario({
    name: 'found-on-hold',
    shows: 'A call is on hold when the consumer starts',
    cast: annaAndSales,
    solo: true,
    steps: [
      at(0, watching(false), inbound('main')),
      ...untilAnnaTalks.slice(1),
      at(12_000, hold('main', 'anna')),
      at(20_000, watching(true)),
      at(25_000, retrieve('main', 'anna')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 40000 ended:Self'),
        leg('user:anna', '6000 established, 20000 held, 25000 retrieved, 40000 ended:Peer'),
      ]),
    ],
  }),

  // What nobody names any more is closed with the time at which that is noticed.
  scenario({
    name: 'ended-in-gap',
    shows: 'A call ends while the connections are lost',
    cast: annaAndSales,
    solo: true,
    steps: [
      ...untilAnnaTalks,
      at(15_000, watching(false)),
      at(25_000, hangUp('main', 'customer')),
      at(35_000, watching(true)),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 35000 ended:System'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 35000 ended:System'),
      ]),
    ],
  }),

  // Who is gone is found gone; who came is told at the time the resync gives, as connected.
  scenario({
    name: 'changed-in-gap',
    shows: 'The customer is handed to a colleague while the connections are lost',
    cast: annaBenAndSales,
    solo: true,
    steps: [
      ...untilAnnaTalks,
      at(15_000, watching(false)),
      at(20_000, sendTo('main', 'anna', 'ben')),
      at(23_000, answer('main', 'ben')),
      at(35_000, watching(true)),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 50000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 35000 ended:System'),
        leg('user:ben', '20000 established, 50000 ended:Peer'),
      ]),
    ],
  }),
];
