/** Each queue a call waits in is a leg of its own; the one that does not deliver has no target. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../../script/verbs.ts';

export const twoQueuesAtOnce = scenario({
  name: 'two-queues-at-once',
  shows: 'A call waits in two queues, the second delivers it',
  cast: { agents: { anna: {} }, queues: { sales: {}, support: {} } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales', { English: 5 })),
    at(1500, queue('main', 'support')),
    at(6000, ring('main', 'anna', { from: 'support' })),
    at(9000, answer('main', 'anna')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      leg('queue:sales', '1000 established, 6000 ended:System', { skills: ['English'] }),
      leg('queue:support', '1500 established, 6000 ended:Transfer', { skills: ['English'] }),
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
