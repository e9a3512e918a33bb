/** The message names no call: it belongs to the last one that ended on that telephone. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, dispositionAfter, hangUp } from '../../script/verbs.ts';

export const dispositionByTelephone = scenario({
  name: 'disposition-by-telephone',
  shows: 'A wrap-up code after the call, tied to it by the telephone alone',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(30_000, hangUp('main', 'customer')),
    at(40_000, dispositionAfter('main', 'anna', 'Complaint', 'none')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg(
        'user:anna',
        '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Complaint',
      ),
    ]),
  ],
});
