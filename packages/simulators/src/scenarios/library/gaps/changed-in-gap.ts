/** Who is gone is found gone; who came is told at the time the resync gives, as connected. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, watching } from '../../script/verbs.ts';
import { sendTo } from '../../script/verbs-many.ts';

export const changedInGap = scenario({
  name: 'changed-in-gap',
  shows: 'The customer is handed to a colleague while the connections are lost',
  cast: annaBenAndSales,
  solo: true,
  steps: [
    ...untilAnnaTalks,
    at(15_000, watching(false)),
    at(20_000, sendTo('main', 'anna', 'ben')),
    at(23_000, answer('main', 'ben')),
    at(35_000, watching(true)),
    at(50_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 50000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 35000 ended:System'),
      leg('user:ben', '20000 established, 50000 ended:Peer'),
    ]),
  ],
});
