/** The called side fails, so it ends by an error. */
import { conversation, leg, scenario } from '../../script/define.ts';
import { at, dial, unreachable } from '../../script/verbs.ts';

export const internalRejected = scenario({
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
});
