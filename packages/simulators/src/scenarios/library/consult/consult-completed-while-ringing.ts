/** The transfer is completed before the colleague answers; the answer comes in the first call. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { completeTransfer, consult } from '../../script/verbs-many.ts';

export const consultCompletedWhileRinging = scenario({
  name: 'consult-completed-while-ringing',
  shows: "An agent hands the customer over while the colleague's telephone still rings",
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(24_000, completeTransfer('main', 'second', 'anna')),
    at(28_000, answer('main', 'ben')),
    at(50_000, hangUp('main', 'ben')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 50000 ended:Peer'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 24000 ended:TransferConsult',
        ),
        leg('user:ben', '20000 established(alerting), 28000 answered, 50000 ended:Self', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: true })],
    ),
  ],
});
