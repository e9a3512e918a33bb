/** Who only listens is no participant. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp } from '../../script/verbs.ts';
import { listenIn, stopListening } from '../../script/verbs-many.ts';

export const supervisorSilent = scenario({
  name: 'supervisor-silent',
  shows: 'A supervisor listens for a while',
  cast: { agents: { anna: {}, vera: {} }, queues: { sales: {} } },
  steps: [
    ...untilAnnaTalks,
    at(15_000, listenIn('main', 'vera', 'anna')),
    at(25_000, stopListening('main', 'vera')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
