/** The colleague's leg ends without having been answered. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp } from '../../script/verbs.ts';
import { consult, reconnect } from '../../script/verbs-many.ts';

export const consultUnanswered = scenario({
  name: 'consult-unanswered',
  shows: 'An agent goes back to the customer because the colleague does not answer',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(32_000, reconnect('main', 'second', 'anna')),
    at(50_000, hangUp('main', 'anna')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 50000 ended:Peer'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 20000 held, 32000 retrieved, 50000 ended:Self',
        ),
        leg('user:ben', '20000 established(alerting), 32000 ended:Peer', { invitedBy: 'user:anna' }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
