/** `GET /api/v1/overview`: how the service is, in one answer for people and for the console. */
import { overviewAnswer } from '../../answers/service.ts';
import type { ServiceApp } from '../app.ts';
import type { Health } from '../health.ts';
import type { History } from './history.ts';

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
        response: { 200: overviewAnswer },
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
