/** Neither queue nor agent is mapped: the call must not appear at all. */
import { scenario } from '../../script/define.ts';
import { answer, at, hangUp, inbound, queue, ring } from '../../script/verbs.ts';

export const untouchedCall = scenario({
  name: 'untouched-call',
  shows: 'No mapped queue and no mapped agent takes part',
  cast: { agents: { ursula: { mapped: false } }, queues: { back: { mapped: false } } },
  steps: [
    at(0, inbound('main')),
    at(1000, queue('main', 'back')),
    at(6000, ring('main', 'ursula', { from: 'back' })),
    at(9000, answer('main', 'ursula')),
    at(30_000, hangUp('main', 'customer')),
  ],
  expected: [],
});
