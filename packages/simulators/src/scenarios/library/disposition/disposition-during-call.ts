/** The code comes as attached data of the call. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, attach, hangUp } from '../../script/verbs.ts';

export const dispositionDuringCall = scenario({
  name: 'disposition-during-call',
  shows: 'The agent chooses the wrap-up code while talking',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(25_000, attach('main', { DispositionCode: 'Sale' })),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 25000 disposition:Sale, 30000 ended:Peer'),
    ]),
  ],
});
