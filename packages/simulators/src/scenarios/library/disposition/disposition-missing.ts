/** With after-call work required, the leg is closed without a code when its time is over. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp } from '../../script/verbs.ts';

export const dispositionMissing = scenario({
  name: 'disposition-missing',
  shows: 'A wrap-up code is required, but the agent never chooses one',
  cast: annaAndSales,
  settings: { acwRequired: true, dispositionGraceSeconds: 60 },
  steps: [...untilAnnaTalks, at(30_000, hangUp('main', 'customer'))],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer, 90000 disposition'),
    ]),
  ],
});
