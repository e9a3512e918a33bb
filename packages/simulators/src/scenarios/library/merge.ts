/** Two calls that become one. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, hold, inbound } from '../script/verbs.ts';
import { conference } from '../script/verbs-many.ts';

export const mergeScenarios: readonly Scenario[] = [
  // Two conversations become one: the legs of the second end, pointing to the first, where its caller goes on.
  scenario({
    name: 'merge-of-two-calls',
    shows: 'An agent joins a second caller into the call with the first',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(15_000, hold('main', 'anna')),
      at(16_000, inbound('other', { caller: 'partner', to: 'anna' })),
      at(18_000, answer('other', 'anna')),
      at(25_000, conference('main', 'other', 'anna')),
      at(40_000, hangUp('main', 'customer')),
      at(45_000, hangUp('main', 'anna')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 15000 held, 25000 retrieved, 45000 ended:Self',
        ),
        leg('phone', '25000 established, 45000 ended:Peer', { number: 'partner' }),
      ]),
      conversation('other', [
        {
          ...customer('16000 established, 25000 ended:TransferConference', { number: 'partner' }),
          goesOnIn: 'main',
        },
        leg('user:anna', '16000 established(alerting), 18000 answered, 25000 ended:TransferConference', {
          goesOnIn: 'main',
        }),
      ]),
    ],
  }),

  // The same as a merge of two calls, told as a party that moves.
  scenario({
    name: 'merge-by-move',
    shows: 'A second caller is moved into the call with the first',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(15_000, hold('main', 'anna')),
      at(16_000, inbound('other', { caller: 'partner', to: 'anna' })),
      at(18_000, answer('other', 'anna')),
      at(25_000, conference('main', 'other', 'anna', { style: 'move' })),
      at(40_000, hangUp('main', 'partner')),
      at(45_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 45000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 15000 held, 25000 retrieved, 45000 ended:Peer',
        ),
        leg('phone', '25000 established, 40000 ended:Self', { number: 'partner' }),
      ]),
      conversation('other', [
        {
          ...customer('16000 established, 25000 ended:TransferConference', { number: 'partner' }),
          goesOnIn: 'main',
        },
        leg('user:anna', '16000 established(alerting), 18000 answered, 25000 ended:TransferConference', {
          goesOnIn: 'main',
        }),
      ]),
    ],
  }),
];
