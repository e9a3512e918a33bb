/** What happens while a call is talked: hold, mute, attached data, a drop. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../script/common.ts';
import { conversation, customer, leg, scenario } from '../script/define.ts';
import type { Scenario } from '../script/scenario.ts';
import {
  answer,
  at,
  attach,
  changeConnId,
  drop,
  hangUp,
  hold,
  inbound,
  mute,
  queue,
  retrieve,
  ring,
} from '../script/verbs.ts';

export const talkingScenarios: readonly Scenario[] = [
  // Only the party who holds gets an event.
  scenario({
    name: 'hold',
    shows: 'The agent puts the customer on hold and comes back, twice',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(12_000, hold('main', 'anna')),
      at(16_000, retrieve('main', 'anna')),
      at(20_000, hold('main', 'anna')),
      at(24_000, retrieve('main', 'anna')),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 12000 held, 16000 retrieved, 20000 held, 24000 retrieved, 30000 ended:Peer',
        ),
      ]),
    ],
  }),

  // The call ends while it is held; there is no retrieve.
  scenario({
    name: 'abandon-on-hold',
    shows: 'The customer hangs up while on hold',
    cast: annaAndSales,
    steps: [...untilAnnaTalks, at(12_000, hold('main', 'anna')), at(20_000, hangUp('main', 'customer'))],
    expected: [
      conversation('main', [
        customer('0 established, 20000 ended:Self'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 12000 held, 20000 ended:Peer'),
      ]),
    ],
  }),

  // The mute key is told on the extension's connection only.
  scenario({
    name: 'mute',
    shows: 'The agent mutes the microphone for a while',
    cast: annaAndSales,
    steps: [
      ...untilAnnaTalks,
      at(14_000, mute('main', 'anna', true)),
      at(18_000, mute('main', 'anna', false)),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        waitInSales,
        leg(
          'user:anna',
          '6000 established(alerting), 9000 answered, 14000 muted, 18000 unmuted, 30000 ended:Peer',
        ),
      ]),
    ],
  }),

  // Data of any kind, and a ConnID that changes, alter nothing in the conversation.
  scenario({
    name: 'attached-data',
    shows: 'Attached data with nested lists and other scripts, and a new ConnID, during a call',
    cast: annaAndSales,
    steps: [
      at(0, inbound('main', { userData: { Kunde: 'Grüße, 世界 🌍', Segment: { Tier: 'Gold', Orders: 7 } } })),
      at(1000, queue('main', 'sales', { English: 5, Deutsch: 3 })),
      at(6000, ring('main', 'anna', { from: 'sales' })),
      at(9000, answer('main', 'anna')),
      at(12_000, attach('main', { Note: 'line one\nline two', Deep: { a: { b: { c: 1 } } } })),
      at(15_000, changeConnId('main')),
      at(20_000, mute('main', 'anna', true)),
      at(30_000, hangUp('main', 'customer')),
    ],
    expected: [
      conversation('main', [
        customer('0 established, 30000 ended:Self'),
        { ...waitInSales, skills: ['English', 'Deutsch'] },
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 muted, 30000 ended:Peer'),
      ]),
    ],
  }),

  // The call is deleted without one party having left by an event of its own.
  scenario({
    name: 'call-dropped',
    shows: 'The switch drops a call in the middle of the talk',
    cast: annaAndSales,
    steps: [...untilAnnaTalks, at(20_000, drop('main'))],
    expected: [
      conversation('main', [
        customer('0 established, 20000 ended:System'),
        waitInSales,
        leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:System'),
      ]),
    ],
  }),
];
