/** A consultation within a consultation: the one who is asked asks somebody else. All of it is one conversation. */
import { untilAnnaTalks, waitInSales } from '../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../script/define.ts';
import type { Cast, Scenario, Step } from '../script/scenario.ts';
import { answer, at, hangUp } from '../script/verbs.ts';
import { completeTransfer, conference, consult, reconnect } from '../script/verbs-many.ts';

const cast: Cast = { agents: { anna: {}, ben: {}, carla: {} }, queues: { sales: {} } };

/** Anna has the customer on hold and asks ben; he has anna on hold and asks carla. */
const untilCarlaTalks: readonly Step[] = [
  ...untilAnnaTalks,
  at(20_000, consult('second', 'main', 'anna', 'ben')),
  at(23_000, answer('second', 'ben')),
  at(30_000, consult('third', 'second', 'ben', 'carla')),
  at(33_000, answer('third', 'carla')),
];

const anna = (then: string) =>
  leg('user:anna', `6000 established(alerting), 9000 answered, 20000 held, ${then}`);
const ben = (then: string) =>
  leg('user:ben', `20000 established(alerting), 23000 answered, 30000 held, ${then}`, {
    invitedBy: 'user:anna',
  });
const carla = (then: string) =>
  leg('user:carla', `30000 established(alerting), 33000 answered, ${then}`, { invitedBy: 'user:ben' });

export const nestedConsultScenarios: readonly Scenario[] = [
  // One consult transfer is open at a time: the second consultation is told by its legs alone.
  scenario({
    name: 'consult-in-consult-reconnected',
    shows: 'The consulted colleague asks another one; both go back to whom they talked to before',
    cast,
    steps: [
      ...untilCarlaTalks,
      at(40_000, reconnect('second', 'third', 'ben')),
      at(45_000, reconnect('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          anna('45000 retrieved, 50000 ended:Peer'),
          ben('40000 retrieved, 45000 ended:Peer'),
          carla('40000 ended:Peer'),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // Ben hands anna over to carla, so anna consults carla from then on: her first consult transfer ends, another begins.
  scenario({
    name: 'consult-in-consult-handed-on',
    shows: 'The consulted colleague hands the consultation over to another one, who gets the customer',
    cast,
    steps: [
      ...untilCarlaTalks,
      at(40_000, completeTransfer('second', 'third', 'ben')),
      at(45_000, completeTransfer('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          anna('45000 ended:TransferConsult'),
          ben('40000 ended:TransferConsult'),
          carla('50000 ended:Peer'),
        ],
        [
          consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false }),
          consulted(40_000, { by: 'user:anna', to: 'user:carla', completed: true }),
        ],
      ),
    ],
  }),

  // With anna gone ben has the customer on hold, and consults about him: his consult transfer begins then.
  scenario({
    name: 'consult-in-consult-completed-outer-first',
    shows: 'An agent hands the customer over to a colleague who is asking another one, and hands him on',
    cast,
    steps: [
      ...untilCarlaTalks,
      at(40_000, completeTransfer('main', 'second', 'anna')),
      at(45_000, completeTransfer('main', 'third', 'ben')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          anna('40000 ended:TransferConsult'),
          ben('45000 ended:TransferConsult'),
          carla('50000 ended:Peer'),
        ],
        [
          consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: true }),
          consulted(40_000, { by: 'user:ben', to: 'user:carla', completed: true }),
        ],
      ),
    ],
  }),

  // The three agents talk among themselves; the customer hears nothing of it.
  scenario({
    name: 'consult-in-consult-joined',
    shows:
      'The consulted colleague joins another one to the consultation; then the agent goes back to the customer',
    cast,
    steps: [
      ...untilCarlaTalks,
      at(40_000, conference('second', 'third', 'ben')),
      at(45_000, reconnect('main', 'second', 'anna')),
      at(50_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          anna('45000 retrieved, 50000 ended:Peer'),
          ben('40000 retrieved, 45000 ended:Peer'),
          carla('45000 ended:Peer'),
        ],
        [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
      ),
    ],
  }),

  // First ben, then carla come to the customer.
  scenario({
    name: 'consult-in-consult-conference',
    shows: 'An agent joins a colleague who is asking another one, and that one is joined too',
    cast,
    steps: [
      ...untilCarlaTalks,
      at(40_000, conference('main', 'second', 'anna')),
      at(45_000, conference('main', 'third', 'ben')),
      at(50_000, hangUp('main', 'customer')),
      at(51_000, hangUp('main', 'anna')),
      at(52_000, hangUp('main', 'ben')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 50000 ended:Self'),
          waitInSales,
          anna('40000 retrieved, 51000 ended:Self'),
          ben('45000 retrieved, 52000 ended:Self'),
          carla('52000 ended:Peer'),
        ],
        [
          consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false }),
          consulted(40_000, { by: 'user:ben', to: 'user:carla', completed: false }),
        ],
      ),
    ],
  }),
];
