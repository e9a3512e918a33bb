/** Nobody ever rang: the customer's leg and the queue's are all there is. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { abandon, at, inbound, queue } from '../../script/verbs.ts';

export const abandonInQueue = scenario({
  name: 'abandon-in-queue',
  shows: 'The customer gives up while waiting',
  cast: { queues: { sales: {} } },
  steps: [at(0, inbound('main')), at(1000, queue('main', 'sales')), at(8000, abandon('main'))],
  expected: [
    conversation('main', [
      customer('0 established, 8000 ended:Self'),
      leg('queue:sales', '1000 established, 8000 ended:Peer'),
    ]),
  ],
});
