/** Agents who do not answer, and where the call goes. */
import { annaBenAndSales, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, inbound, noAnswer, notReady, queue, ring } from '../script/verbs.ts';

export const noAnswerScenarios: readonly Scenario[] = [
  // The leg ends without ever having been answered; the wait after it is a stay of its own in the queue.
  scenario({
    name: 'no-answer-queued-again',
    shows: 'An agent does not answer, the call waits again and another agent takes it',
    cast: annaBenAndSales,
    steps: [
      at(0, inbound('main')),
      at(1000, queue('main', 'sales')),
      at(6000, ring('main', 'anna', { from: 'sales' })),
      at(16_000, noAnswer('main', 'anna'), queue('main', 'sales'), notReady('anna')),
      at(20_000, ring('main', 'ben', { from: 'sales' })),
      at(23_000, answer('main', 'ben')),
      at(40_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 16000 ended:Transfer'),
        leg('queue:sales', '16000 established, 20000 ended:Transfer'),
        leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
      ]),
    ],
  }),

  // The call never left its queue, so there is one wait only, until somebody answers.
  scenario({
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
  }),

  // The switch sends the call on without a queue.
  scenario({
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
  }),
];
