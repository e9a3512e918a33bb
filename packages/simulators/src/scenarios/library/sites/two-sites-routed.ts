/** Two calls with one link are one conversation; the parties that only stand for the other site are no legs. */
import { waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, inbound, queue } from '../../script/verbs.ts';
import { answerAcross, hangUpAcross, ringAcross } from '../../script/verbs-many.ts';

export const twoSitesRouted = scenario({
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
});
