/** The call goes on to a routing point of the other site and waits in a queue there. */
import { conversation, customer, leg, scenario } from '../../script/define.ts';
import { at, inbound, queue, ring } from '../../script/verbs.ts';
import { answerFromAcross, hangUpAcross, routeAcross } from '../../script/verbs-many.ts';

export const twoSitesQueued = scenario({
  name: 'two-sites-queued',
  shows: 'One site hands a waiting call to the other, whose queue delivers it',
  cast: { agents: { yara: { otherSite: true } }, queues: { remote: { otherSite: true } } },
  steps: [
    at(0, inbound('main')),
    at(1000, routeAcross('main', 'far')),
    at(1500, queue('far', 'remote')),
    at(6000, ring('far', 'yara', { from: 'remote' })),
    at(9000, answerFromAcross('main', 'far', 'yara')),
    at(30_000, hangUpAcross('main', 'far', 'customer')),
  ],
  expected: [
    conversation('main', [
      customer('0 established, 30000 ended:Self'),
      leg('queue:remote', '1500 established, 6000 ended:Transfer'),
      leg('user:yara', '6000 established(alerting), 9000 answered, 30000 ended:Peer'),
    ]),
  ],
});
