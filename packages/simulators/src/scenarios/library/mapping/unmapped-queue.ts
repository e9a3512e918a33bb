/** Without a mapping the queue is no participant; the agent opens the conversation, with the customer's own time. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../../script/verbs.ts';

export const unmappedQueue = scenario({
  name: 'unmapped-queue',
  shows: 'The queue is not mapped, the agent is',
  cast: { agents: { anna: {} }, queues: { back: { mapped: false } } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'back')),
    at(6000, ring('main', 'anna', { from: 'back' })),
    at(9000, answer('main', 'anna')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
