/** Nobody answered; the agent left first. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, dial, hangUp } from '../../script/verbs.ts';

export const outboundGivenUp = scenario({
  name: 'outbound-given-up',
  shows: "An agent hangs up while the customer's telephone rings",
  cast: { agents: { anna: {} } },
  steps: [at(0, dial('main', 'anna', 'customer')), at(15_000, hangUp('main', 'anna'))],
  expected: [
    conversation('main', [
      leg('user:anna', '0 established, 15000 ended:Self'),
      customer('0 established(alerting), 15000 ended:Peer', { inbound: false }),
    ]),
  ],
});
