/** The strategy gives up on one queue and tries the next; the first one gets no target. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, leaveQueue, queue, ring } from '../../script/verbs.ts';

export const movedToSecondQueue = scenario({
  name: 'moved-to-second-queue',
  shows: 'A call waits in one queue, then in another',
  cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(11_000, leaveQueue('main', 'sales'), queue('main', 'support')),
    at(15_000, ring('main', 'anna', { from: 'support' })),
    at(18_000, answer('main', 'anna')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      leg('queue:sales', '1000 established, 11000 ended:System'),
      leg('queue:support', '11000 established, 15000 ended:Transfer'),
      leg('user:anna', '15000 established(alerting), 18000 answered, 30000 ended:Peer'),
    ]),
  ],
});
