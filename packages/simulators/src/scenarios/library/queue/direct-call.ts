/** No queue takes part; the mapped agent makes the call a conversation. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound } from '../../script/verbs.ts';

export const directCall = scenario({
  name: 'direct-call',
  shows: "A customer calls an agent's own number",
  cast: { agents: { anna: {} } },
  steps: [
    at(0, inbound('main', { to: 'anna' })),
    at(5000, answer('main', 'anna')),
    at(20_000, hangUp('main', 'anna')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 20000 ended:Peer'),
      leg('user:anna', '0 established(alerting), 5000 answered, 20000 ended:Self'),
    ]),
  ],
});
