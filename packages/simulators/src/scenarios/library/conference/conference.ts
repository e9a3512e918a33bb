/** All legs stay when the calls are joined; each ends when its party leaves. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { conference, consult } from '../../script/verbs-many.ts';

export const conferenceScenario = scenario({
  name: 'conference',
  shows: 'An agent consults a colleague, joins all three, and leaves first',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, conference('main', 'second', 'anna')),
    at(40_000, hangUp('main', 'anna')),
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
          '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 40000 ended:Self',
        ),
        leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Peer', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
