/** The agent ended the consultation, so the colleague's leg ends because the other side left. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { consult, reconnect } from '../../script/verbs-many.ts';

export const consultReconnected = scenario({
  name: 'consult-reconnected',
  shows: 'An agent consults a colleague and goes back to the customer',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, reconnect('main', 'second', 'anna')),
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
        leg('user:ben', '20000 established(alerting), 23000 answered, 30000 ended:Peer', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
