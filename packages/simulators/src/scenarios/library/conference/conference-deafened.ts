/** The party neither hears nor is heard for a while: flags of the party, no leg ends. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, deafen, hangUp } from '../../script/verbs.ts';
import { conference, consult } from '../../script/verbs-many.ts';

export const conferenceDeafened = scenario({
  name: 'conference-deafened',
  shows: 'An agent is cut off from a conference for a while',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, conference('main', 'second', 'anna')),
    at(35_000, deafen('main', 'ben', true)),
    at(42_000, deafen('main', 'ben', false)),
    at(46_000, hangUp('main', 'ben')),
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
          '6000 established(alerting), 9000 answered, 20000 held, 30000 retrieved, 50000 ended:Peer',
        ),
        leg(
          'user:ben',
          '20000 established(alerting), 23000 answered, 35000 deafened, 42000 undeafened, 46000 ended:Self',
          { invitedBy: 'user:anna' },
        ),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
