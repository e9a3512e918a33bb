/** A switch set so that a call stays in its queue while the agent's telephone rings. */
import { annaAndSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../../script/verbs.ts';

export const divertOnAnswer = scenario({
  name: 'divert-on-answer',
  shows: 'The call leaves its queue only when the agent answers',
  cast: annaAndSales,
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'anna', { from: 'sales', divertOnAnswer: true })),
    at(9000, answer('main', 'anna')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      leg('queue:sales', '1000 established, 9000 ended:Transfer'),
      leg('user:anna', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
