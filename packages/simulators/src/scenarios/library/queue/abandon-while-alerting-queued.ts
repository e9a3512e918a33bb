/** As long as nobody answers the call is in its queue, which then loses it by abandoning. */
import { annaAndSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { abandon, at, inbound, queue, ring } from '../../script/verbs.ts';

export const abandonWhileAlertingQueued = scenario({
  name: 'abandon-while-alerting-queued',
  shows: "The customer gives up while the agent's telephone rings and the call still waits",
  cast: annaAndSales,
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'anna', { from: 'sales', divertOnAnswer: true })),
    at(10_000, abandon('main')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 10000 ended:Self'),
      leg('queue:sales', '1000 established, 10000 ended:Peer'),
      leg('user:anna', '6000 established(alerting), 10000 ended:Peer'),
    ]),
  ],
});
