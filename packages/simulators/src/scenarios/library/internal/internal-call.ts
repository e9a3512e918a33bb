/** Two user legs and nobody outside. */
import { conversation, leg, scenario } from '../../script/define.ts';
import { answer, at, dial, hangUp } from '../../script/verbs.ts';

export const internalCall = scenario({
  name: 'internal-call',
  shows: 'An agent calls another agent',
  cast: { agents: { anna: {}, ben: {} } },
  steps: [
    at(0, dial('main', 'anna', 'ben')),
    at(3000, answer('main', 'ben')),
    at(20_000, hangUp('main', 'anna')),
  ],
  expected: [
    conversation('main', [
      leg('user:anna', '0 established, 20000 ended:Self'),
      leg('user:ben', '0 established(alerting), 3000 answered, 20000 ended:Peer'),
    ]),
  ],
});
