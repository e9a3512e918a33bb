/** An agent without a user is a number that takes part. */
import { waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../../script/verbs.ts';

export const unmappedAgent = scenario({
  name: 'unmapped-agent',
  shows: 'The agent is not mapped, the queue is',
  cast: { agents: { ursula: { mapped: false } }, queues: { sales: {} } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'ursula', { from: 'sales' })),
    at(9000, answer('main', 'ursula')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('phone', '6000 established(alerting), 9000 answered, 30000 ended:Peer', { number: 'ursula' }),
    ]),
  ],
});
