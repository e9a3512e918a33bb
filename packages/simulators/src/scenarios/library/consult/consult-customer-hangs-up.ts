/** The first call ends; the second lives on in the same conversation until somebody hangs up. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { consulted, conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { consult } from '../../script/verbs-many.ts';

export const consultCustomerHangsUp = scenario({
  name: 'consult-customer-hangs-up',
  shows: 'The customer hangs up while the agent consults a colleague',
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, consult('second', 'main', 'anna', 'ben')),
    at(23_000, answer('second', 'ben')),
    at(30_000, hangUp('main', 'customer')),
    at(40_000, hangUp('second', 'ben')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 held, 30000 ended:Peer'),
        leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Self', {
          invitedBy: 'user:anna',
        }),
      ],
      [consulted(20_000, { by: 'user:anna', to: 'user:ben', completed: false })],
    ),
  ],
});
