/** The leg stays the agent's: it was decided when it was established. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, logOut } from '../../script/verbs.ts';

export const logoutMidCall = scenario({
  name: 'logout-mid-call',
  shows: 'An agent logs out while talking',
  cast: annaAndSales,
  steps: [...untilAnnaTalks, at(20_000, logOut('anna')), at(30_000, hangUp('main', 'customer'))],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
