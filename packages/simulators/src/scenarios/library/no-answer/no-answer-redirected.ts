/** The switch sends the call on without a queue. */
import { annaBenAndSales, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, noAnswer, queue, ring } from '../../script/verbs.ts';

export const noAnswerRedirected = scenario({
  name: 'no-answer-redirected',
  shows: 'An agent does not answer, the call goes on to a colleague',
  cast: annaBenAndSales,
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'anna', { from: 'sales' })),
    at(16_000, noAnswer('main', 'anna', 'ben')),
    at(19_000, answer('main', 'ben')),
    at(40_000, hangUp('main', 'ben')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 40000 ended:Peer'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 16000 ended:Transfer'),
      leg('user:ben', '16000 established(alerting), 19000 answered, 40000 ended:Self'),
    ]),
  ],
});
