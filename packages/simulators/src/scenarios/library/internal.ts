/** Calls between agents. */
import { conversation, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, dial, hangUp, unreachable } from '../script/verbs.ts';

export const internalScenarios: readonly Scenario[] = [
  // Two user legs and nobody outside.
  scenario({
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
  }),

  // The called side fails, so it ends by an error.
  scenario({
    name: 'internal-rejected',
    shows: 'An agent calls another agent, who rejects the call',
    cast: { agents: { anna: {}, ben: {} } },
    steps: [at(0, dial('main', 'anna', 'ben')), at(3000, unreachable('main', 'ben', 'Reject'))],
    expected: [
      conversation('main', [
        leg('user:anna', '0 established, 3000 ended:Peer'),
        leg('user:ben', '0 established(alerting), 3000 ended:Error'),
      ]),
    ],
  }),
];
