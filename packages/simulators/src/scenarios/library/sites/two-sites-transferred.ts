/** A transfer between sites has a user as its target, because the other site is watched too. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { at } from '../../script/verbs.ts';
import { answerAcross, hangUpAcross, sendAcross } from '../../script/verbs-many.ts';

export const twoSitesTransferred = scenario({
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
});
