/** Nobody tells where the call goes: the end of the agent's leg waits for that, but not for ever. */
import { untilAnnaTalks, waitInSales } from '../../script/common.ts';
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { answer, at, hangUp, queue, ring } from '../../script/verbs.ts';
import { sendToRouting } from '../../script/verbs-many.ts';

export const transferToUnmappedQueue = scenario({
  name: 'transfer-to-unmapped-queue',
  shows: 'An agent sends the customer to a queue that is not mapped',
  cast: { agents: { anna: {}, ben: {} }, queues: { sales: {}, other: { mapped: false } } },
  steps: [
    ...untilAnnaTalks,
    at(20_000, sendToRouting('main', 'anna'), queue('main', 'other')),
    at(45_000, ring('main', 'ben', { from: 'other' })),
    at(48_000, answer('main', 'ben')),
    at(60_000, hangUp('main', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 60000 ended:Self'),
      waitInSales,
      leg('user:anna', '6000 established(alerting), 9000 answered, 20000 ended:Transfer'),
      leg('user:ben', '45000 established(alerting), 48000 answered, 60000 ended:Peer'),
    ]),
  ],
});
