/** The busy side ends by an error, the agent because the other side is gone. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, dial, unreachable } from '../../script/verbs.ts';

export const outboundBusy = scenario({
  name: 'outbound-busy',
  shows: 'An agent calls a customer who is busy',
  cast: { agents: { anna: {} } },
  steps: [at(0, dial('main', 'anna', 'customer')), at(2000, unreachable('main', 'customer', 'Busy'))],
  expected: [
    conversation('main', [
      leg('user:anna', '0 established, 2000 ended:Peer'),
      customer('0 established(alerting), 2000 ended:Error', { inbound: false }),
    ]),
  ],
});
