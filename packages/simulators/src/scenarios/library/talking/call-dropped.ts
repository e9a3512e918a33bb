/** The call is deleted without one party having left by an event of its own. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, drop } from '../../script/verbs.ts';

export const callDropped = scenario({
  name: 'call-dropped',
  shows: 'The switch drops a call in the middle of the talk',
  cast: annaAndSales,
  steps: [...untilAnnaTalks, at(20_000, drop('main'))],
  expected: [
    conversation('main', [
      customer('0 established, 20000 ended:System'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:System'),
    ]),
  ],
});
