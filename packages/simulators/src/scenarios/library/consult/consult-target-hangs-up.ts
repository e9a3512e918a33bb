/** The colleague leaves first; the agent takes the customer back a little later. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, retrieve } from '../../script/verbs.ts';
import { consult } from '../../script/verbs-many.ts';

export const consultTargetHangsUp = scenario({
  name: 'consult-target-hangs-up',
  shows: 'The consulted colleague hangs up',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, hangUp('second', 'ben')),
    at(33_000, retrieve('main', 'anna')),
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
          '6000 established(alerting), 9000 answered, 20000 held, 33000 retrieved, 50000 ended:Peer',
        ),
        leg('user:ben', '20000 established(alerting), 23000 answered, 30000 ended:Self', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
