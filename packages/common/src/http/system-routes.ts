/** What every service answers without a token: metrics, health, its API description. */
import type { FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { withExample } from '../answers/answer.ts';
import { readinessAnswer } from '../answers/service.ts';
import type { ServiceApp } from './app.ts';
import type { Health } from './health.ts';

export interface SystemRoutesOptions {
  readonly registry: Registry;
  readonly health: Health;
  /** Whether the sender may know why a dependency is away: that names hosts, clients and answers of others. */
  readonly tellsDetails: (request: FastifyRequest) => boolean;
}

const liveAnswer = withExample(z.object({ live: z.literal(true) }), { live: true });

const notReady = withExample(readinessAnswer, {
  ...{ ready: false, active: false, stopping: false },
  dependencies: [{ name: 'redis', up: false, since: '2026-01-05T08:00:00.000Z', required: true }],
});

const metricsText = { content: { 'text/plain': { schema: z.string() } } };

/** Adds `/metrics`, `/health/live`, `/health/ready` and `/openapi.json`, which need no token. */
export function systemRoutes(app: ServiceApp, { registry, health, tellsDetails }: SystemRoutesOptions): void {
  const open = { security: [], tags: ['system'] };

  app.get(
    '/metrics',
    {
      schema: {
        ...open,
        summary: 'Metrics in the Prometheus text format',
        response: { 200: metricsText },
      },
    },
    async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );

  app.get(
    '/health/live',
    {
      schema: {
        ...open,
        summary: 'Answers while the process works; restart it when this fails',
        response: { 200: liveAnswer },
      },
    },
    () => ({ live: true as const }),
  );

  app.get(
    '/health/ready',
    {
      schema: {
        ...open,
        summary:
          'Whether the service can do its work, with every dependency; why one is away only with a token',
        response: { 200: readinessAnswer, 503: notReady },
      },
    },
    async (request, reply) => {
      const { dependencies, ...state } = health.ready();
      const shown = tellsDetails(request)
        ? [...dependencies]
        : dependencies.map(({ detail: _, ...rest }) => rest);
      return reply.code(state.ready ? 200 : 503).send({ ...state, dependencies: shown });
    },
  );

  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
