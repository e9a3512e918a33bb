/** The call is deleted already; the code comes by the extension's connection. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { afterCallWork, at, dispositionAfter, hangUp, ready } from '../../script/verbs.ts';

export const dispositionAfterCall = scenario({
  name: 'disposition-after-call',
  shows: 'The agent chooses the wrap-up code after the call',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(30_000, hangUp('main', 'customer'), afterCallWork('anna')),
    at(40_000, dispositionAfter('main', 'anna', 'Sale')),
    at(41_000, ready('anna')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 40000 disposition:Sale'),
    ]),
  ],
});
