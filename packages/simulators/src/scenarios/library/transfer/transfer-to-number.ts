/** The target is somebody outside. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp } from '../../script/verbs.ts';
import { sendTo } from '../../script/verbs-many.ts';

export const transferToNumber = scenario({
  name: 'transfer-to-number',
  shows: 'An agent sends the customer to an outside number',
  cast: annaAndSales,
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendTo('main', 'anna', 'expert')),
    at(24_000, answer('main', 'expert')),
    at(45_000, hangUp('main', 'expert')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 45000 ended:Peer'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
        leg('phone', '20000 established(alerting), 24000 answered, 45000 ended:Self', { number: 'expert' }),
      ],
      [unattended('phoneTransfer', 20_000, { by: 'user:anna', to: 'phone' })],
    ),
  ],
});
