/** A value that is no wrap-up code of the organisation counts as skipped. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, dispositionAfter, hangUp } from '../../script/verbs.ts';

export const dispositionUnmapped = scenario({
  name: 'disposition-unmapped',
  shows: 'The agent chooses a code that is not mapped',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(30_000, hangUp('main', 'customer')),
    at(40_000, dispositionAfter('main', 'anna', 'No such code')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition'),
    ]),
  ],
});
