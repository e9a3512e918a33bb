/** Supervisors who listen, join or coach. */
import { untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { at, hangUp } from '../script/verbs.ts';
import { listenIn, stopListening, supervise } from '../script/verbs-many.ts';

export const supervisorScenarios: readonly Scenario[] = [
  // Who only listens is no participant.
  scenario({
    name: 'supervisor-silent',
    shows: 'A supervisor listens for a while',
    cast: { agents: { anna: {}, vera: {} }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(15_000, listenIn('main', 'vera', 'anna')),
      at(25_000, stopListening('main', 'vera')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // The leg begins when the supervisor can speak, not when the listening began.
  scenario({
    name: 'supervisor-joins',
    shows: 'A supervisor listens, then joins the talk and leaves',
    cast: { agents: { anna: {}, vera: {} }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(15_000, listenIn('main', 'vera', 'anna')),
      at(20_000, supervise('main', 'vera', 'open')),
      at(25_000, stopListening('main', 'vera')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
        leg('user:vera', '20000 established, 25000 ended:Self'),
      ]),
    ],
  }),

  // Speaking to the agent alone is speaking.
  scenario({
    name: 'supervisor-coaches',
    shows: 'A supervisor listens, then coaches the agent until the call ends',
    cast: { agents: { anna: {}, vera: {} }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(15_000, listenIn('main', 'vera', 'anna')),
      at(20_000, supervise('main', 'vera', 'coach')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
        leg('user:vera', '20000 established, 30000 ended:Peer'),
      ]),
    ],
  }),
];
