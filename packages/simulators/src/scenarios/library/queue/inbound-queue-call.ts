/** The plain case: a queue, an agent, and the customer who ends the call. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { afterCallWork, at, hangUp, ready } from '../../script/verbs.ts';

export const inboundQueueCall = scenario({
  name: 'inbound-queue-call',
  shows: 'A customer waits in one queue, talks to one agent and hangs up',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(30_000, hangUp('main', 'customer'), afterCallWork('anna')),
    at(36_000, ready('anna')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
