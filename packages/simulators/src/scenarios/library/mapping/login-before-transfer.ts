/** The log-in and the transfer are half a second apart and come by different connections. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario, unattended } from '../../script/define.ts';
import { answer, at, hangUp, logIn } from '../../script/verbs.ts';
import { sendTo } from '../../script/verbs-many.ts';

export const loginBeforeTransfer = scenario({
  name: 'login-before-transfer',
  shows: 'An agent logs in during a call and then gets it',
  cast: { agents: { anna: {}, ben: { loggedIn: false } }, queues: { sales: {} } },
  steps: [
    ...untilAnnaTalks,
    at(19_500, logIn('ben')),
    at(20_000, sendTo('main', 'anna', 'ben')),
    at(23_000, answer('main', 'ben')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation(
      'main',
      [
        customer('0 established, 40000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:TransferUser'),
        leg('user:ben', '20000 established(alerting), 23000 answered, 40000 ended:Peer'),
      ],
      [unattended('userTransfer', 20_000, { by: 'user:anna', to: 'user:ben' })],
    ),
  ],
});
