/** Dispositions: during the call, after it, by telephone, missing. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { afterCallWork, at, attach, dispositionAfter, hangUp, ready } from '../script/verbs.ts';

export const dispositionScenarios: readonly Scenario[] = [
  // The code comes as attached data of the call.
  scenario({
    name: 'disposition-during-call',
    shows: 'The agent chooses the wrap-up code while talking',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(25_000, attach('main', { DispositionCode: 'Sale' })),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 25000 disposition:Sale, 30000 ended:Peer',
        ),
      ]),
    ],
  }),

  // The call is deleted already; the code comes by the extension's connection.
  scenario({
    name: 'disposition-after-call',
    shows: 'The agent chooses the wrap-up code after the call',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(30_000, hangUp('main', 'customer'), afterCallWork('anna')),
      at(40_000, dispositionAfter('main', 'anna', 'Sale')),
      at(41_000, ready('anna')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Sale',
        ),
      ]),
    ],
  }),

  // The message names the call by its ConnID only.
  scenario({
    name: 'disposition-by-conn-id',
    shows: 'A wrap-up code after the call, tied to it by ConnID',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(30_000, hangUp('main', 'customer')),
      at(40_000, dispositionAfter('main', 'anna', 'Sale', 'connId')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Sale',
        ),
      ]),
    ],
  }),

  // The message names no call: it belongs to the last one that ended on that telephone.
  scenario({
    name: 'disposition-by-telephone',
    shows: 'A wrap-up code after the call, tied to it by the telephone alone',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(30_000, hangUp('main', 'customer')),
      at(40_000, dispositionAfter('main', 'anna', 'Complaint', 'none')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Complaint',
        ),
      ]),
    ],
  }),

  // One code during the call and another after it: both are told, the second once.
  scenario({
    name: 'disposition-changed-after',
    shows: 'The agent corrects the wrap-up code after the call',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(25_000, attach('main', { DispositionCode: 'Sale' })),
      at(30_000, hangUp('main', 'customer')),
      at(40_000, dispositionAfter('main', 'anna', 'Complaint')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 25000 disposition:Sale, 30000 ended:Peer, 40000 disposition:Complaint',
        ),
      ]),
    ],
  }),

  // A value that is no wrap-up code of the organisation counts as skipped.
  scenario({
    name: 'disposition-unmapped',
    shows: 'The agent chooses a code that is not mapped',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(30_000, hangUp('main', 'customer')),
      at(40_000, dispositionAfter('main', 'anna', 'No such code')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition'),
      ]),
    ],
  }),

  // With after-call work required, the leg is closed without a code when its time is over.
  scenario({
    name: 'disposition-missing',
    shows: 'A wrap-up code is required, but the agent never chooses one',
    cast: annaAndSales,
    settings: { acwRequired: true, dispositionGraceSeconds: 60 },
    steps: [...untilAnnaTalks, at(30_000, hangUp('main', 'customer'))],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 90000 disposition'),
      ]),
    ],
  }),
];
