/** The message names the call by its ConnID only. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, dispositionAfter, hangUp } from '../../script/verbs.ts';

export const dispositionByConnId = scenario({
  name: 'disposition-by-conn-id',
  shows: 'A wrap-up code after the call, tied to it by ConnID',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(30_000, hangUp('main', 'customer')),
    at(40_000, dispositionAfter('main', 'anna', 'Sale', 'connId')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Sale'),
    ]),
  ],
});
