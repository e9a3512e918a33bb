/** The customer goes on waiting in the agent's place; who answers is in the first call from the start. */
import { annaBenAndQueues, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, queue, ring } from '../../script/verbs.ts';
import { completeTransfer, consultQueue } from '../../script/verbs-many.ts';

export const consultQueueCompletedWaiting = scenario({
  name: 'consult-queue-completed-waiting',
  shows: 'An agent consults a queue and hands the customer over while that call still waits',
  cast: annaBenAndQueues,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consultQueue('second', 'main', 'anna')),
    at(20_500, queue('second', 'support')),
    at(24_000, completeTransfer('main', 'second', 'anna')),
    at(28_000, ring('main', 'ben', { from: 'support' })),
    at(31_000, answer('main', 'ben')),
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
          '6000 established(alerting), 9000 answered, 20000 held, 24000 ended:TransferConsult',
        ),
        leg('queue:support', '20500 established, 28000 ended:Transfer', { invitedBy: 'user:anna' }),
        leg('user:ben', '28000 established(alerting), 31000 answered, 50000 ended:Peer'),
      ],
      [consulted(20_500, { by: 'user:anna', to: 'queue:support', completed: true })],
    ),
  ],
});
