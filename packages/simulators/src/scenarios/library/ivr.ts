/** Calls that an IVR answers first. */
import { annaAndSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import { answer, at, hangUp, inbound, leaveIvr, queue, ring } from '../script/verbs.ts';

export const ivrScenarios: readonly Scenario[] = [
  // The IVR takes part from its own first moment, although only the queue opens the conversation.
  scenario({
    name: 'ivr-call',
    shows: 'A customer hears an IVR, then waits in a queue and talks to an agent',
    cast: annaAndSales,
    steps: [
      at(0, inbound('main', { to: 'ivr' })),
      at(8000, leaveIvr('main')),
      at(8500, queue('main', 'sales')),
      at(14_000, ring('main', 'anna', { from: 'sales' })),
      at(17_000, answer('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        leg('ivr', '0 established, 8000 ended:Self'),
        leg('queue:sales', '8500 established, 14000 ended:Transfer'),
        leg('user:anna', '14000 established(alerting), 17000 answered, 30000 ended:Peer'),
      ]),
    ],
  }),

  // No mapped queue or agent ever takes part.
  scenario({
    name: 'ivr-only',
    shows: 'A customer hangs up in the IVR',
    cast: {},
    steps: [at(0, inbound('main', { to: 'ivr' })), at(8000, hangUp('main', 'customer'))],
    expected: [],
  }),
];
