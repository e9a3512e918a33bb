/** A service in this process: what it wires, that it starts without Redis, how it ends. */
import { randomBytes } from 'node:crypto';
import { ownRedis, testRedis } from '@exec/testing/vitest';
import { afterEach, describe, expect, it } from 'vitest';
import { integer, Secret, text, variable } from '../config/index.ts';
import { type RunningService, type ServiceContext, type ServiceOptions, startService } from './service.ts';

const { url, prefix } = testRedis();
const running: RunningService[] = [];
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.stop();
});

const variables = {
  SYNC_FOLDER: variable({ schema: text().optional(), description: 'Folder.' }),
  DRIFT_INTERVAL_SECONDS: variable({
    schema: integer({ min: 1, max: 9999 }).default(900),
    description: 'Drift.',
  }),
};

let tenants = 0;
function environment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ORG_ID: 'org',
    TENANT_ID: String(++tenants),
    REDIS_URL: url,
    REDIS_KEY_PREFIX: prefix,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    LOG_LEVEL: 'trace',
    SETTINGS_KEY: randomBytes(32).toString('base64'),
    ...changes,
  };
}

async function start(env = environment(), options: Partial<ServiceOptions<typeof variables>> = {}) {
  const lines: string[] = [];
  const logDestination = { write: (line: string) => void lines.push(line) };
  let context: ServiceContext<typeof variables> | undefined;
  const service = await startService(
    {
      service: 'excs',
      variables,
      ...options,
      start: (given) => {
        context = given;
        return options.start?.(given);
      },
    },
    env,
    { logDestination },
  );
  running.push(service);
  if (context === undefined) throw new Error('start was not called');
  return { service, lines, context };
}

async function readiness(port: number): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Asks until the answer is as wanted; each round waits for an answer of the service. */
async function until(port: number, status: number): Promise<Record<string, unknown>> {
  for (;;) {
    const answer = await readiness(port);
    if (answer.status === status) return answer.body;
  }
}

describe('startService', () => {
  it('hands everything to start, then serves', async () => {
    const env = environment({ SYNC_FOLDER: 'EX', INSTANCE_ID: 'vm-7' });
    const { service, context } = await start(env, {
      start: ({ http }) =>
        http.api((app) => void app.get('/hello', { config: { right: 'read' } }, () => ({ hello: 'there' }))),
    });
    expect(context.env.SYNC_FOLDER).toBe('EX');
    expect(context.env.DRIFT_INTERVAL_SECONDS).toBe(900);
    expect(context.env.TENANT_ID).toBe(Number(env.TENANT_ID));
    expect(context.keys.key('x')).toBe(`${prefix}:{org.${env.TENANT_ID}}:v1:x`);
    expect(context.instanceId).toBe('vm-7');
    expect(context.owner).toMatch(/^vm-7:[0-9a-f]{16}$/);
    expect(context.version).toMatch(/^\d+\.\d+\.\d+/);
    const answer = await fetch(`http://127.0.0.1:${service.port}/api/v1/hello`);
    expect(await answer.json()).toEqual({ hello: 'there' });
    const body = await until(service.port, 200);
    expect(body.dependencies).toMatchObject([
      { name: 'redis', up: true },
      { name: 'instance-id', up: true },
      { name: 'formats', required: false },
    ]);
    const metrics = await (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
    expect(metrics).toContain(`exec_build_info{service="excs",version="${context.version}"} 1`);
    expect(metrics).toContain('exec_redis_up 1');
  });

  it('lets settings of one service be read by another with the same key', async () => {
    const env = environment({ INSTANCE_ID: 'one' });
    const { context: writer } = await start(env);
    const { context: reader } = await start({ ...env, INSTANCE_ID: 'two' });
    await Promise.all([writer.redis.ready(), reader.redis.ready()]);
    await writer.settings.write({
      organizationId: 'org',
      baseServiceUrl: 'https://api.mypurecloud.com',
      tokenUrl: 'https://login.mypurecloud.com/oauth/token',
      clients: { config_sync: { clientId: 'a', clientSecret: new Secret('b') } },
      agentPollingIntervalSeconds: 60,
    });
    expect((await reader.settings.read())?.clients.config_sync?.clientSecret.reveal()).toBe('b');
  });

  it('starts without Redis, says so, and is ready when Redis comes', async () => {
    const server = await ownRedis();
    await server.kill();
    const { service } = await start(environment({ REDIS_URL: server.url }));
    expect((await readiness(service.port)).status).toBe(503);
    await server.restart();
    await until(service.port, 200);
    await server.kill();
    const body = await until(service.port, 503);
    expect(body.dependencies).toMatchObject([
      { name: 'redis', up: false, detail: expect.stringMatching(/./) },
      {},
      {},
    ]);
    await server.restart();
    await until(service.port, 200);
  });

  it('reports all faults of the environment, of the common and the own variables, and of rules over several', async () => {
    const env = environment({
      ORG_ID: '',
      DRIFT_INTERVAL_SECONDS: '0',
      SETTINGS_KEY: '',
      TLS_CERT_FILE: import.meta.filename,
    });
    const check = () => [{ variable: 'SYNC_FOLDER', problem: 'must be set here' }];
    await expect(start(env, { check })).rejects.toMatchObject({
      code: 'config.invalid',
      faults: ['ORG_ID', 'DRIFT_INTERVAL_SECONDS', 'TLS_KEY_FILE', 'SETTINGS_KEY', 'SYNC_FOLDER'].map(
        (name) => ({
          variable: name,
          problem: expect.any(String),
        }),
      ),
    });
  });

  it('warns about misspelt names, not about those of its neighbours', async () => {
    const { lines } = await start(
      environment({ EXCS_URL: 'http://x', EXCS_API_TOKEN_FILE: '/x', EXCS_FOLDER: 'x' }),
    );
    const warnings = lines
      .map((line) => JSON.parse(line))
      .filter((line) => line.message.includes('misspelling'));
    expect(warnings.map((line) => line.message.split(' ')[0])).toEqual(['EXCS_FOLDER']);
  });

  it('ends all it has opened when start fails', async () => {
    let context: ServiceContext<typeof variables> | undefined;
    const failing = start(environment(), {
      start: (given) => {
        context = given;
        throw new Error('wiring failed');
      },
    });
    await expect(failing).rejects.toThrow('wiring failed');
    expect(context?.redis.client.status).toBe('end');
    expect(context?.lifecycle.exitCode).toBe(1);
  });

  it('fails when its port is taken', async () => {
    const { service } = await start();
    await expect(start(environment({ HTTP_PORT: String(service.port) }))).rejects.toMatchObject({
      code: 'http.listen-failed',
    });
  });

  it('stops: not ready first, then HTTP, then its own parts, then Redis', async () => {
    const log: string[] = [];
    const { service, context } = await start(environment(), {
      start: ({ lifecycle, health, redis, http }) => {
        lifecycle.onStop('part', () => {
          const { ready, stopping } = health.ready();
          log.push(
            `part: ready ${ready}, stopping ${stopping}, http ${http.app.server.listening}, redis ${redis.up}`,
          );
        });
      },
    });
    await context.redis.ready();
    await until(service.port, 200);
    await service.stop();
    expect(log).toEqual(['part: ready false, stopping true, http false, redis true']);
    expect(context.redis.client.status).toBe('end');
    await service.stop();
  });

  it('ends itself with a configuration fault when another live instance has its name', async () => {
    const env = environment({ INSTANCE_ID: 'twin' });
    const { service } = await start(env);
    await until(service.port, 200);
    const { context } = await start(env);
    const { stopping } = context.lifecycle;
    await new Promise<void>((resolve) => {
      if (stopping.aborted) resolve();
      else stopping.addEventListener('abort', () => resolve());
    });
    await context.lifecycle.stop('asked to');
    expect(context.lifecycle.exitCode).toBe(78);
    expect((await readiness(service.port)).status).toBe(200);
  });

  it('shows no secret of its environment in log, metrics or answers', async () => {
    const canary = {
      token: 'canary-token-8d1f-of-an-operator',
      redis: 'canary-redis-44c0',
      proxy: 'canary-proxy-0aa1',
    };
    const server = await ownRedis();
    const key = randomBytes(32).toString('base64');
    const { service, lines, context } = await start(
      environment({
        API_TOKEN: canary.token,
        REDIS_URL: server.url.replace('redis://', `redis://:${canary.redis}@`),
        HTTPS_PROXY: `http://user:${canary.proxy}@127.0.0.1:1`,
        SETTINGS_KEY: key,
      }),
      {
        start: ({ http, env, logger }) => {
          logger.info({ env, note: 'everything' }, 'A careless line');
          http.api((app) => {
            app.get('/fails', { config: { right: 'read' } }, () => {
              throw new Error(`cannot use ${env.API_TOKEN?.reveal()}`);
            });
          });
        },
      },
    );
    const ask = (path: string, authorization: string) =>
      fetch(`http://127.0.0.1:${service.port}${path}`, { headers: { authorization } }).then((answer) =>
        answer.text(),
      );
    const answers = await Promise.all([
      ask('/metrics', ''),
      ask('/health/ready', ''),
      ask('/openapi.json', ''),
      ask('/api/v1/fails', `Bearer ${canary.token}`),
      ask('/api/v1/fails', `Bearer ${canary.token}-wrong`),
    ]);
    await context.lifecycle.stop(new Error('fault'));
    const log = lines.join('');
    for (const secret of [...Object.values(canary), key])
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
        expect(answers.join('')).not.toContain(form);
        expect(log).not.toContain(form);
      }
    expect(log).toContain('A careless line');
    expect(log).toContain('cannot use [secret]');
  });
});
