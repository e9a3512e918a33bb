/** Data of any kind, and a ConnID that changes, alter nothing in the conversation. */
import { annaAndSales, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, attach, changeConnId, hangUp, inbound, mute, queue, ring } from '../../script/verbs.ts';

export const attachedData = scenario({
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
});
