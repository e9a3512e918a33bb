/** Only the party who holds gets an event. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, hold, retrieve } from '../../script/verbs.ts';

export const holdScenario = scenario({
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
});
