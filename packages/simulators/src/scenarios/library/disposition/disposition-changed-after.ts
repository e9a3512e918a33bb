/** One code during the call and another after it: both are told, the second once. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, attach, dispositionAfter, hangUp } from '../../script/verbs.ts';

export const dispositionChangedAfter = scenario({
  name: 'disposition-changed-after',
  shows: 'The agent corrects the wrap-up code after the call',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(25_000, attach('main', { DispositionCode: 'Sale' })),
    at(30_000, hangUp('main', 'customer')),
    at(40_000, dispositionAfter('main', 'anna', 'Complaint')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg(
        'user:anna',
        '6000 established(alerting), 9000 answered, 25000 disposition:Sale, 30000 ended:Peer, 40000 disposition:Complaint',
      ),
    ]),
  ],
});
