/** A held party is connected, and held from the moment it is found. */
import { annaAndSales, untilAnnaTalks } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, hold, inbound, retrieve, watching } from '../../script/verbs.ts';

export const foundOnHold = scenario({
  name: 'found-on-hold',
  shows: 'A call is on hold when the consumer starts',
  cast: annaAndSales,
  solo: true,
  steps: [
    at(0, watching(false), inbound('main')),
    ...untilAnnaTalks.slice(1),
    at(12_000, hold('main', 'anna')),
    at(20_000, watching(true)),
    at(25_000, retrieve('main', 'anna')),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 40000 ended:Self'),
      leg('user:anna', '6000 established, 20000 held, 25000 retrieved, 40000 ended:Peer'),
    ]),
  ],
});
