/** The call never left its queue, so there is one wait only, until somebody answers. */
import { annaBenAndSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, noAnswer, notReady, queue, ring } from '../../script/verbs.ts';

export const noAnswerStillQueued = scenario({
  name: 'no-answer-still-queued',
  shows: 'An agent does not answer while the call still waits, another agent takes it',
  cast: annaBenAndSales,
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'anna', { from: 'sales', divertOnAnswer: true })),
    at(16_000, noAnswer('main', 'anna'), notReady('anna')),
    at(20_000, ring('main', 'ben', { from: 'sales', divertOnAnswer: true })),
    at(23_000, answer('main', 'ben')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 40000 ended:Self'),
      leg('queue:sales', '1000 established, 23000 ended:Transfer'),
      leg('user:anna', '6000 established(alerting), 16000 ended:Transfer'),
      leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
    ]),
  ],
});
