/** The party who leaves first is the one that ended the call. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp } from '../../script/verbs.ts';

export const agentHangsUp = scenario({
  name: 'agent-hangs-up',
  shows: 'The agent ends the call',
  cast: annaAndSales,
  steps: [...untilAnnaTalks, at(30_000, hangUp('main', 'anna'))],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Peer'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Self'),
    ]),
  ],
});
