/** The queue has a free agent: it has delivered the call before anything waits. */
import { annaBenAndQueues, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp, queue, ring } from '../../script/verbs.ts';
import { sendToRouting } from '../../script/verbs-many.ts';

export const transferToFreeQueue = scenario({
  name: 'transfer-to-free-queue',
  shows: 'An agent sends the customer to another queue, which delivers at once',
  cast: annaBenAndQueues,
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendToRouting('main', 'anna')),
    at(20_200, queue('main', 'support')),
    at(20_500, ring('main', 'ben', { from: 'support' })),
    at(24_000, answer('main', 'ben')),
    at(45_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 45000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferACD'),
        leg('queue:support', '20200 established, 20500 ended:Transfer'),
        leg('user:ben', '20500 established(alerting), 24000 answered, 45000 ended:Peer'),
      ],
      [unattended('routingTransfer', 20_200, { by: 'user:anna', to: 'queue:support' })],
    ),
  ],
});
