/** Only here the agent's leg names a queue: it is an outbound call that a mapped queue delivered. */
import { annaAndSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, campaign, hangUp, queue, ring, route } from '../../script/verbs.ts';

export const outboundForQueue = scenario({
  name: 'outbound-for-queue',
  shows: 'A campaign calls a customer, whose call a queue delivers to an agent',
  cast: annaAndSales,
  steps: [
    at(0, campaign('main')),
    at(5000, answer('main', 'customer')),
    at(5500, route('main'), queue('main', 'sales')),
    at(9000, ring('main', 'anna', { from: 'sales' })),
    at(11_000, answer('main', 'anna')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established(alerting), 5000 answered, 30000 ended:Self', { inbound: false }),
      leg('queue:sales', '5500 established, 9000 ended:Transfer'),
      leg('user:anna', '9000 established(alerting), 11000 answered, 30000 ended:Peer', { queue: 'sales' }),
    ]),
  ],
});
