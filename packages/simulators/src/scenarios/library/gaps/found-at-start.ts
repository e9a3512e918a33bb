/** Only what is there is told, connected at once, at its own times; the wait that is over is not invented. */
import { annaAndSales, untilAnnaTalks } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, inbound, watching } from '../../script/verbs.ts';

export const foundAtStart = scenario({
  name: 'found-at-start',
  shows: 'A call is talking when the consumer starts',
  cast: annaAndSales,
  solo: true,
  steps: [
    at(0, watching(false), inbound('main')),
    ...untilAnnaTalks.slice(1),
    at(20_000, watching(true)),
    at(40_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 40000 ended:Self'),
      leg('user:anna', '6000 established, 40000 ended:Peer'),
    ]),
  ],
});
