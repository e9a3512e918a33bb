/** An agent without a user is a number, also as the target of a transfer. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { sendTo } from '../../script/verbs-many.ts';

export const transferToUnmappedAgent = scenario({
  name: 'transfer-to-unmapped-agent',
  shows: 'An agent sends the customer to a colleague who is not mapped',
  cast: { agents: { anna: {}, ursula: { mapped: false } }, queues: { sales: {} } },
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendTo('main', 'anna', 'ursula')),
    at(23_000, answer('main', 'ursula')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
        leg('phone', '20000 established(alerting), 23000 answered, 40000 ended:Peer', { number: 'ursula' }),
      ],
      [unattended('phoneTransfer', 20_000, { by: 'user:anna', to: 'phone' })],
    ),
  ],
});
