/** The same as a conference, told as a party that moves. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { conference, consult } from '../../script/verbs-many.ts';

export const conferenceByMove = scenario({
  name: 'conference-by-move',
  shows: 'The consulted party is moved into the conference',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, conference('main', 'second', 'anna', { style: 'move' })),
    at(40_000, hangUp('main', 'customer')),
    at(50_000, hangUp('main', 'ben')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 50000 ended:Peer',
        ),
        leg('user:ben', '20000 established(alerting), 23000 answered, 50000 ended:Self', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
