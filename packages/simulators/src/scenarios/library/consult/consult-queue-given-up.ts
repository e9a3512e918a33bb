/** The consultation is abandoned in its queue. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, queue } from '../../script/verbs.ts';
import { consultQueue, reconnect } from '../../script/verbs-many.ts';

export const consultQueueGivenUp = scenario({
  name: 'consult-queue-given-up',
  shows: 'An agent consults a queue and goes back to the customer before anybody answers',
  cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
  steps: [
    ...untilAnnaTalks,
    at(20_000, consultQueue('second', 'main', 'anna')),
    at(20_500, queue('second', 'support')),
    at(27_000, reconnect('main', 'second', 'anna')),
    at(50_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 50000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 27000 retrieved, 50000 ended:Peer',
        ),
        leg('queue:support', '20500 established, 27000 ended:Peer', { invitedBy: 'user:anna' }),
      ],
      [consulted(20_500, { by: 'user:anna', to: 'queue:support', completed: false })],
    ),
  ],
});
