/** The call ends while it is held; there is no retrieve. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, hold } from '../../script/verbs.ts';

export const abandonOnHold = scenario({
  name: 'abandon-on-hold',
  shows: 'The customer hangs up while on hold',
  cast: annaAndSales,
  steps: [...untilAnnaTalks, at(12_000, hold('main', 'anna')), at(20_000, hangUp('main', 'customer'))],
  expected: [
    conversation('main', [
      customer('0 established, 20000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 12000 held, 20000 ended:Peer'),
    ]),
  ],
});
