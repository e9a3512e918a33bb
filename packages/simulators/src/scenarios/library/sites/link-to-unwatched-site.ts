/** A site that nobody here watches is an outside number. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { sendBeyond } from '../../script/verbs-many.ts';

export const linkToUnwatchedSite = scenario({
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
});
