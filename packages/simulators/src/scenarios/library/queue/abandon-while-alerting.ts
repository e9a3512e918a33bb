/** The agent's party leaves before the customer's, but it is the customer who ended the call. */
import { annaAndSales, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { abandon, at, inbound, queue, ring } from '../../script/verbs.ts';

export const abandonWhileAlerting = scenario({
  name: 'abandon-while-alerting',
  shows: "The customer gives up while the agent's telephone rings",
  cast: annaAndSales,
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'anna', { from: 'sales' })),
    at(10_000, abandon('main')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 10000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 10000 ended:Peer'),
    ]),
  ],
});
