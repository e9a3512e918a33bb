/** The agent who dials is connected from the first moment; the customer's leg rings. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, dial, hangUp } from '../../script/verbs.ts';

export const outboundCall = scenario({
  name: 'outbound-call',
  shows: 'An agent calls a customer',
  cast: { agents: { anna: {} } },
  steps: [
    at(0, dial('main', 'anna', 'customer')),
    at(4000, answer('main', 'customer')),
    at(30_000, hangUp('main', 'anna')),
  ],
  expected: [
    conversation('main', [
      leg('user:anna', '0 established, 30000 ended:Self'),
      customer('0 established(alerting), 4000 answered, 30000 ended:Peer', { inbound: false }),
    ]),
  ],
});
