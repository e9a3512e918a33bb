/** Which queue it is comes by another connection; the end of the agent's leg waits for it. */
import { annaBenAndQueues, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp, queue, ring } from '../../script/verbs.ts';
import { sendToRouting } from '../../script/verbs-many.ts';

export const transferToQueue = scenario({
  name: 'transfer-to-queue',
  shows: 'An agent sends the customer to another queue',
  cast: annaBenAndQueues,
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendToRouting('main', 'anna'), queue('main', 'support')),
    at(26_000, ring('main', 'ben', { from: 'support' })),
    at(29_000, answer('main', 'ben')),
    at(45_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 45000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferACD'),
        leg('queue:support', '20000 established, 26000 ended:Transfer'),
        leg('user:ben', '26000 established(alerting), 29000 answered, 45000 ended:Peer'),
      ],
      [unattended('routingTransfer', 20_000, { by: 'user:anna', to: 'queue:support' })],
    ),
  ],
});
