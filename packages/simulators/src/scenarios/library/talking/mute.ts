/** The mute key is told on the extension's connection only. */
import { annaAndSales, untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, hangUp, mute } from '../../script/verbs.ts';

export const muteScenario = scenario({
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
});
