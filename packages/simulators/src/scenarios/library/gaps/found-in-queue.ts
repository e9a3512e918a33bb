/** The snapshot of the queue has no time: the wait begins when it is found. */
import { annaAndSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring, watching } from '../../script/verbs.ts';

export const foundInQueue = scenario({
  name: 'found-in-queue',
  shows: 'A call is waiting when the consumer starts',
  cast: annaAndSales,
  solo: true,
  steps: [
    at(0, watching(false), inbound('main')),
    at(1000, queue('main', 'sales')),
    at(10_000, watching(true)),
    at(20_000, ring('main', 'anna', { from: 'sales' })),
    at(23_000, answer('main', 'anna')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 40000 ended:Self'),
      leg('queue:sales', '10000 established, 20000 ended:Transfer'),
      leg('user:anna', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
    ]),
  ],
});
