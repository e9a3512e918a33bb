/** The agent is out at once, so that the transfer is complete although nobody has answered. */
import { annaBenAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { at, hangUp } from '../../script/verbs.ts';
import { sendTo } from '../../script/verbs-many.ts';

export const transferAbandoned = scenario({
  name: 'transfer-abandoned',
  shows: "An agent sends the customer to a colleague; the customer gives up while that one's telephone rings",
  cast: annaBenAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendTo('main', 'anna', 'ben')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferUser'),
        leg('user:ben', '20000 established(alerting), 40000 ended:Peer'),
      ],
      [unattended('userTransfer', 20_000, { by: 'user:anna', to: 'user:ben' })],
    ),
  ],
});
