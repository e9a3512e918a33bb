/** What many scenarios share: the same people, and the first nine seconds, until anna talks to a customer. */
import { leg } from './define.ts';
import type { Cast, ExpectedLeg, Step } from './scenario.ts';
import { answer, at, inbound, queue, ring } from './verbs.ts';

export const annaAndSales: Cast = { agents: { anna: {} }, queues: { sales: {} } };
export const annaBenAndSales: Cast = { agents: { anna: {}, ben: {} }, queues: { sales: {} } };
export const annaBenAndQueues: Cast = {
  agents: { anna: {}, ben: {} },
  queues: { sales: {}, support: {} },
};

/** In comes a call, waits in sales, rings at anna's telephone; she answers after nine seconds. */
export const untilAnnaTalks: readonly Step[] = [
  at(0, inbound('main')),
  at(1000, queue('main', 'sales')),
  at(6000, ring('main', 'anna', { from: 'sales' })),
  at(9000, answer('main', 'anna')),
];

/** The wait in sales that {@link untilAnnaTalks} has. */
export const waitInSales: ExpectedLeg = leg('queue:sales', '1000 established, 6000 ended:Transfer');

/** Wrap-up codes that the scenarios suppose to be mapped. */
export const wrapupCodes = ['Sale', 'Complaint'] as const;
