/** Calls that go over two sites. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../script/verbs.ts';
import {
  answerAcross,
  answerFromAcross,
  hangUpAcross,
  ringAcross,
  routeAcross,
  sendAcross,
  sendBeyond,
} from '../script/verbs-many.ts';

export const sitesScenarios: readonly Scenario[] = [
  // Two calls with one link are one conversation; the parties that only stand for the other site are no legs.
  scenario({
    name: 'two-sites-routed',
    shows: 'Routing at one site chooses an agent of the other',
    cast: { agents: { yara: { otherSite: true } }, queues: { sales: {} } },
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ringAcross('main', 'far', 'yara', { from: 'sales' })),
      at(9000, answerAcross('main', 'far', 'yara')),
      at(30_000, hangUpAcross('main', 'far', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:yara', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // The call goes on to a routing point of the other site and waits in a queue there.
  scenario({
    name: 'two-sites-queued',
    shows: 'One site hands a waiting call to the other, whose queue delivers it',
    cast: { agents: { yara: { otherSite: true } }, queues: { remote: { otherSite: true } } },
    steps: [
      at(0, inbound('main')),
      at(1000, routeAcross('main', 'far')),
      at(1500, queue('far', 'remote')),
      at(6000, ring('far', 'yara', { from: 'remote' })),
      at(9000, answerFromAcross('main', 'far', 'yara')),
      at(30_000, hangUpAcross('main', 'far', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('queue:remote', '1500 established, 6000 ended:Transfer'),
        leg('user:yara', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // A transfer between sites has a user as its target, because the other site is watched too.
  scenario({
    name: 'two-sites-transferred',
    shows: 'An agent of one site sends the customer to an agent of the other',
    cast: { agents: { anna: {}, yara: { otherSite: true } }, queues: { sales: {} } },
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendAcross('main', 'far', 'anna', 'yara')),
      at(23_000, answerAcross('main', 'far', 'yara')),
      at(40_000, hangUpAcross('main', 'far', 'yara')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Peer'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferUser'),
          leg('user:yara', '20000 established(alerting), 23000 answered, 40000 ended:Self'),
        ],
        [unattended('userTransfer', 20_000, { by: 'user:anna', to: 'user:yara' })],
      ),
    ],
  }),

  // A site that nobody here watches is an outside number.
  scenario({
    name: 'link-to-unwatched-site',
    shows: 'An agent sends the customer to a site that is not watched',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(20_000, sendBeyond('main', 'anna', 'far agent')),
      at(23_000, answer('main', 'far agent')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation(
        'main',
        [
          customer('0 established, 40000 ended:Self'),
          waitInSales,
          leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
          leg('phone', '20000 established(alerting), 23000 answered, 40000 ended:Peer', {
            number: 'far agent',
          }),
        ],
        [unattended('phoneTransfer', 20_000, { by: 'user:anna', to: 'phone' })],
      ),
    ],
  }),
];
