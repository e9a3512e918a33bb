/** Who takes part is decided when the leg is established: nobody was logged in, so it is a number. The next call is the agent's. */
import { waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, logIn, queue, ring } from '../../script/verbs.ts';

export const loginMidCall = scenario({
  name: 'login-mid-call',
  shows: 'An agent logs in while a call is talking on that telephone',
  cast: { agents: { dora: { loggedIn: false } }, queues: { sales: {} } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'sales')),
    at(6000, ring('main', 'dora', { from: 'sales' })),
    at(9000, answer('main', 'dora')),
    at(15_000, logIn('dora')),
    at(30_000, hangUp('main', 'customer')),
    at(35_000, inbound('next', { caller: 'second customer' })),
    at(36_000, queue('next', 'sales')),
    at(40_000, ring('next', 'dora', { from: 'sales' })),
    at(42_000, answer('next', 'dora')),
    at(50_000, hangUp('next', 'second customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      waitInSales,
      leg('phone', '6000 established(alerting), 9000 answered, 30000 ended:Peer', { number: 'dora' }),
    ]),
    conversation('next', [
      customer('35000 established, 50000 ended:Self', { number: 'second customer' }),
      leg('queue:sales', '36000 established, 40000 ended:Transfer'),
      leg('user:dora', '40000 established(alerting), 42000 answered, 50000 ended:Peer'),
    ]),
  ],
});
