/** The consulted party is a number, so its leg is a telephone's. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { completeTransfer, consult } from '../../script/verbs-many.ts';

export const consultOutsideCompleted = scenario({
  name: 'consult-outside-completed',
  shows: 'An agent consults an outside number and hands the customer over',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'expert')),
    at(24_000, answer('second', 'expert')),
    at(30_000, completeTransfer('main', 'second', 'anna')),
    at(50_000, hangUp('main', 'expert')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 50000 ended:Peer'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:TransferConsult',
        ),
        leg('phone', '20000 established(alerting), 24000 answered, 50000 ended:Self', {
          number: 'expert',
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'phone', completed: true })],
    ),
  ],
});
