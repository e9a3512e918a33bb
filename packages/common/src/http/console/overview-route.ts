/** `GET /api/v1/overview`: how the service is, in one answer for people and for the console. */
import { z } from 'zod';
import type { ServiceApp } from '../app.ts';
import type { Health } from '../health.ts';
import { readiness } from '../system-routes.ts';
import type { History } from './history.ts';

const overview = readiness.extend({
  service: z.string(),
  version: z.string(),
  instanceId: z.string(),
  startedAt: z.string().describe('ISO 8601.'),
  budget: z.object({
    perMinute: z
      .number()
      .describe('Requests to Genesys Cloud that may be sent in any minute; 0 while none is known.'),
    usedInLastMinute: z.number(),
  }),
  delayOf: z.string().describe('What the delays of the minutes are of.'),
  minutes: z
    .array(
      z.object({
        at: z.string().describe('End of the minute, ISO 8601.'),
        requests: z.number(),
        delayMedian: z
          .number()
          .nullable()
          .describe('Seconds within which half was delivered; null: nothing was.'),
        delayHigh: z.number().nullable().describe('The same for 95 of 100.'),
      }),
    )
    .describe('The last hour, oldest first; in memory since the start of the service.'),
});

export interface OverviewOptions {
  readonly service: string;
  readonly version: string;
  readonly instanceId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly health: Health;
  readonly history: History;
}

export function overviewRoute(app: ServiceApp, options: OverviewOptions): void {
  const { service, version, instanceId, startedAt, health, history } = options;
  app.get(
    '/overview',
    {
      config: { right: 'read' },
      schema: {
        tags: ['overview'],
        summary: 'How the service is: dependencies, leadership, request budget, delays of the last hour',
        response: { 200: overview },
      },
    },
    async () => {
      const { dependencies, ...state } = health.ready();
      return {
        ...state,
        dependencies: [...dependencies],
        ...{ service, version, instanceId, startedAt },
        budget: await history.budget(),
        delayOf: history.delayOf,
        minutes: [...history.minutes],
      };
    },
  );
}
