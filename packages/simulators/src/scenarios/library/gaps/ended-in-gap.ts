/** What nobody names any more is closed with the time at which that is noticed. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, watching } from '../../script/verbs.ts';

export const endedInGap = scenario({
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
});
