/** What every service answers: metrics, health, API description, problems with a stable code. */
import type { InjectOptions } from 'fastify';
import { Gauge } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ExecError, errorCodes } from '../errors/errors.ts';
import type { ServiceApp } from './app.ts';
import { shell } from './server.fixture.ts';

const canary = 'canary-771d';

function exampleRoutes(app: ServiceApp): void {
  app.get(
    '/things/:id',
    {
      config: { right: 'read' },
      schema: {
        summary: 'One thing',
        params: z.strictObject({ id: z.string().max(10) }),
        querystring: z.strictObject({ limit: z.coerce.number().int().max(100).default(10) }),
        response: { 200: z.object({ id: z.string(), limit: z.number() }) },
      },
    },
    (request) => ({ id: request.params.id, limit: request.query.limit }),
  );
  app.post(
    '/things',
    { config: { right: 'read' }, schema: { body: z.strictObject({ name: z.string() }) } },
    async () => ({ ok: true }),
  );
  app.get('/missing', { config: { right: 'read' } }, () => {
    throw new ExecError('mapping.not-found', 'Employee 1001 is not mapped.');
  });
  app.get('/broken', { config: { right: 'read' } }, () => {
    throw new Error(`SELECT * FROM ${canary}`);
  });
  app.get('/away', { config: { right: 'read' } }, () => {
    throw new ExecError('service.unavailable', `database ${canary} is away`);
  });
  app.get(
    '/untrue',
    { config: { right: 'read' }, schema: { response: { 200: z.object({ count: z.number() }) } } },
    () => ({
      count: canary as unknown as number,
    }),
  );
}

function withRoutes(...args: Parameters<typeof shell>) {
  const made = shell(...args);
  made.http.api(exampleRoutes);
  return made;
}

describe('system routes', () => {
  it('serve metrics, even when a collector throws', async () => {
    const { http, registry } = shell({ API_TOKEN: undefined });
    new Gauge({
      name: 'bad',
      help: 'Bad.',
      registers: [registry],
      collect: () => {
        throw new Error('no');
      },
    });
    const answer = await http.app.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(registry.contentType);
    expect(answer.body).toContain('exec_build_info{service="test",version="1.2.3"} 1');
  });

  it('tell life and readiness', async () => {
    const { http, health } = shell();
    const redis = health.dependency('redis', 'connecting');
    const read = async () => {
      const answer = await http.app.inject('/health/ready');
      return { status: answer.statusCode, body: answer.json() };
    };
    expect((await http.app.inject('/health/live')).json()).toEqual({ live: true });
    expect(await read()).toEqual({
      status: 503,
      body: {
        ready: false,
        stopping: false,
        dependencies: [
          {
            name: 'redis',
            up: false,
            since: expect.stringMatching(/Z$/),
            detail: 'connecting',
            required: true,
          },
        ],
      },
    });
    redis.up('connected');
    health.setActive(false);
    expect(await read()).toMatchObject({ status: 200, body: { ready: true, active: false } });
    health.stopping();
    expect(await read()).toMatchObject({ status: 503, body: { stopping: true } });
    expect((await http.app.inject('/health/live')).statusCode).toBe(200);
  });

  it('describe every route, in a form the documentation page shows', async () => {
    const { http } = withRoutes();
    const description = (await http.app.inject('/openapi.json')).json();
    expect(description).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'EX Engage Connector: TEST', version: '1.2.3' },
    });
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining([
        '/metrics',
        '/health/live',
        '/health/ready',
        '/api/v1/things/{id}',
        '/api/v1/things',
      ]),
    );
    expect(description.paths['/api/v1/things/{id}'].get.parameters).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'id', in: 'path' })]),
    );
    expect(description.paths['/api/v1/things/{id}'].get).toMatchObject({
      operationId: 'getThingsById',
      tags: ['things'],
      responses: {
        401: { $ref: '#/components/responses/Unauthorized' },
        403: { $ref: '#/components/responses/Forbidden' },
        404: { $ref: '#/components/responses/NotFound' },
      },
    });
    expect(Object.keys(description.paths['/health/live'].get.responses)).toEqual(['200', '400']);
    const page = await http.app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
  });

  it('tell nothing about what serves them', async () => {
    const { http } = shell();
    const { headers } = await http.app.inject('/health/live');
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('problems', () => {
  it.each<[string, string | InjectOptions, number, string]>([
    ['an unknown path', '/nothing', 404, 'request.not-found'],
    ['an unknown path of the API', '/api/v1/nothing', 404, 'request.not-found'],
    ['a wrong query', '/api/v1/things/a?limit=many', 400, 'request.invalid'],
    ['a query out of range', '/api/v1/things/a?limit=101', 400, 'request.invalid'],
    ['an unknown query', '/api/v1/things/a?x=1', 400, 'request.invalid'],
    ['a path parameter that is too long', `/api/v1/things/${'a'.repeat(11)}`, 400, 'request.invalid'],
    ['a path parameter that is far too long', `/api/v1/things/${'a'.repeat(2000)}`, 400, 'request.invalid'],
    ['a malformed escape', '/api/v1/things/%zz', 400, 'request.invalid'],
    [
      'an unknown body field',
      { method: 'POST', url: '/api/v1/things', payload: { name: 'a', x: 1 } },
      400,
      'request.invalid',
    ],
    ['a missing body field', { method: 'POST', url: '/api/v1/things', payload: {} }, 400, 'request.invalid'],
    ['no body', { method: 'POST', url: '/api/v1/things' }, 400, 'request.invalid'],
    [
      'a body that is no JSON',
      {
        method: 'POST',
        url: '/api/v1/things',
        payload: '{"name":',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'request.invalid',
    ],
    [
      'a body that poisons prototypes',
      {
        method: 'POST',
        url: '/api/v1/things',
        payload: '{"name":"a","__proto__":{"x":1}}',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'request.invalid',
    ],
    [
      'a body of another type',
      {
        method: 'POST',
        url: '/api/v1/things',
        payload: '<a/>',
        headers: { 'content-type': 'application/xml' },
      },
      415,
      'request.unsupported-media-type',
    ],
    [
      'a body that is too large',
      { method: 'POST', url: '/api/v1/things', payload: { name: 'a'.repeat(1_048_577) } },
      413,
      'request.too-large',
    ],
    ['an error of ours', '/api/v1/missing', 404, 'mapping.not-found'],
    ['another error', '/api/v1/broken', 500, 'internal.unexpected'],
    ['something that is away', '/api/v1/away', 503, 'service.unavailable'],
    ['an answer that is not as described', '/api/v1/untrue', 500, 'internal.unexpected'],
    ['a method without a route', { method: 'PUT', url: '/api/v1/things/a' }, 404, 'request.not-found'],
    ['DELETE', { method: 'DELETE', url: '/metrics' }, 404, 'request.not-found'],
    ['TRACE', { method: 'TRACE', url: '/metrics' } as unknown as InjectOptions, 404, 'request.not-found'],
  ])('%s', async (_, request, status, code) => {
    const { http, lines } = withRoutes();
    const answer = await http.app.inject(request);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
    const body = answer.json();
    expect(body).toMatchObject({
      type: `urn:exec:problem:${code}`,
      title: expect.stringMatching(/\.$/),
      status,
      code,
      detail: expect.stringMatching(/./),
      requestId: answer.headers['x-request-id'],
    });
    expect(errorCodes).toHaveProperty([code]);
    expect(answer.body).not.toContain(canary);
    expect(answer.body).not.toMatch(/\bat .*\.ts|node_modules|SELECT/);
    // What the caller is not told stands in the log, under the same request ID.
    const failures = lines
      .map((line) => JSON.parse(line))
      .filter((line) => 'trace.id' in line && ['warn', 'error'].includes(line['log.level']));
    const level = code === 'service.unavailable' ? 'warn' : 'error';
    expect(failures.map((line) => [line['trace.id'], line['log.level']])).toEqual(
      status >= 500 ? [[body.requestId, level]] : [],
    );
  });

  it('tell what was wrong with each field', async () => {
    const { http } = withRoutes();
    const answer = await http.app.inject({
      method: 'POST',
      url: '/api/v1/things',
      payload: { name: 1, extra: canary },
    });
    const { errors, detail } = answer.json();
    expect(errors).toEqual([
      { path: 'body/name', message: expect.stringContaining('string') },
      { path: 'body/', message: expect.stringContaining('extra') },
    ]);
    expect(detail).toContain('body/name');
    expect(answer.body).not.toContain(canary);
  });

  it('tell the reason of errors below 500', async () => {
    const { http } = withRoutes();
    expect((await http.app.inject('/api/v1/missing')).json().detail).toBe('Employee 1001 is not mapped.');
  });
});

describe('request IDs', () => {
  it.each([['abc-1.2:3_x'], ['a'.repeat(128)]])('are taken from the caller: %s', async (id) => {
    const { http } = shell();
    const answer = await http.app.inject({ url: '/health/live', headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toBe(id);
  });

  it.each([['a b'], ['a'.repeat(129)], ['<script>'], ['']])('are made anew when odd: %j', async (id) => {
    const { http } = shell();
    const answer = await http.app.inject({ url: '/nothing', headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json().requestId).toBe(answer.headers['x-request-id']);
  });
});

describe('routes of a service', () => {
  it('answer what their schemas say', async () => {
    const { http } = withRoutes();
    http.api((app) => void app.get('/more', { config: { right: 'read' } }, () => ({ more: true })));
    expect((await http.app.inject('/api/v1/things/a?limit=5')).json()).toEqual({ id: 'a', limit: 5 });
    expect((await http.app.inject('/api/v1/more')).json()).toEqual({ more: true });
  });
});
