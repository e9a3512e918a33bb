/** Conferences. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, deafen, hangUp } from '../script/verbs.ts';
import { conference, consult } from '../script/verbs-many.ts';

export const conferenceScenarios: readonly Scenario[] = [
  // All legs stay when the calls are joined; each ends when its party leaves.
  scenario({
    name: 'conference',
    shows: 'An agent consults a colleague, joins all three, and leaves first',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, conference('main', 'second', 'anna')),
      at(40_000, hangUp('main', 'anna')),
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
            '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 40000 ended:Self',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Peer', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // The same as a conference, told as a party that moves.
  scenario({
    name: 'conference-by-move',
    shows: 'The consulted party is moved into the conference',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, conference('main', 'second', 'anna', { style: 'move' })),
      at(40_000, hangUp('main', 'customer')),
      at(50_000, hangUp('main', 'ben')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 50000 ended:Peer',
          ),
          leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Self', {
            invitedBy: 'user:anna',
          }),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // Three consultations, by two agents, grow one conversation to five people, who leave one by one.
  scenario({
    name: 'conference-of-many',
    shows: 'A conference of three agents, the customer and another outside party',
    cast: { agents: { anna: {}, ben: {}, carla: {} }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('to ben', 'main', 'anna', 'ben')),
      at(22_000, answer('to ben', 'ben')),
      at(25_000, conference('main', 'to ben', 'anna')),
      at(30_000, consult('to expert', 'main', 'anna', 'expert')),
      at(32_000, answer('to expert', 'expert')),
      at(35_000, conference('main', 'to expert', 'anna')),
      at(40_000, consult('to carla', 'main', 'ben', 'carla')),
      at(42_000, answer('to carla', 'carla')),
      at(45_000, conference('main', 'to carla', 'ben')),
      at(50_000, hangUp('main', 'ben')),
      at(55_000, hangUp('main', 'customer')),
      at(60_000, hangUp('main', 'expert')),
      at(65_000, hangUp('main', 'anna')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 55000 ended:Self'),
          waitInSales,
          leg(
            'user:anna',
            '6000 established(alerting), 9000 answered, 20000 held, 25000 retrieved, 30000 held, 35000 retrieved, 65000 ended:Self',
          ),
          leg(
            'user:ben',
            '20000 established(alerting), 22000 answered, 40000 held, 45000 retrieved, 50000 ended:Self',
            { invitedBy: 'user:anna' },
          ),
          leg('phone', '30000 established(alerting), 32000 answered, 60000 ended:Self', {
            number: 'expert',
            invitedBy: 'user:anna',
          }),
          leg('user:carla', '40000 established(alerting), 42000 answered, 65000 ended:Peer', {
            invitedBy: 'user:ben',
          }),
        ],
        [
          consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false }),
          consulted(30_000, { by: 'user:anna', to: 'phone', completed: false }),
          consulted(40_000, { by: 'user:ben', to: 'user:carla', completed: false }),
        ],
      ),
    ],
  }),

  // The party neither hears nor is heard for a while: flags of the party, no leg ends.
  scenario({
    name: 'conference-deafened',
    shows: 'An agent is cut off from a conference for a while',
    cast: annaBenAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, consult('second', 'main', 'anna', 'ben')),
      at(23_000, answer('second', 'ben')),
      at(30_000, conference('main', 'second', 'anna')),
      at(35_000, deafen('main', 'ben', true)),
      at(42_000, deafen('main', 'ben', false)),
      at(46_000, hangUp('main', 'ben')),
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
          leg(
            'user:ben',
            '20000 established(alerting), 23000 answered, 35000 deafened, 42000 undeafened, 46000 ended:Self',
            { invitedBy: 'user:anna' },
          ),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),
];
