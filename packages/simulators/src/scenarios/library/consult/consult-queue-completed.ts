/** The queue's leg is the first of the consultation; the transfer reaches the agent whom the queue delivered. */
import { annaBenAndQueues, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, queue, ring } from '../../script/verbs.ts';
import { completeTransfer, consultQueue } from '../../script/verbs-many.ts';

export const consultQueueCompleted = scenario({
  name: 'consult-queue-completed',
  shows: 'An agent consults a queue, whose agent answers, and hands the customer over',
  cast: annaBenAndQueues,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consultQueue('second', 'main', 'anna')),
    at(20_500, queue('second', 'support')),
    at(25_000, ring('second', 'ben', { from: 'support' })),
    at(28_000, answer('second', 'ben')),
    at(35_000, completeTransfer('main', 'second', 'anna')),
    at(50_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 50000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 35000 ended:TransferConsult',
        ),
        leg('queue:support', '20500 established, 25000 ended:Transfer', { invitedBy: 'user:anna' }),
        leg('user:ben', '25000 established(alerting), 28000 answered, 50000 ended:Peer', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_500, { by: 'user:anna', to: 'queue:support', reaches: 'user:ben', completed: true })],
    ),
  ],
});
