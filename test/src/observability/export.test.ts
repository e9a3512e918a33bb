/** `exop monitoring export`: what it writes is taken by promtool, and a Prometheus finds the services by it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@exec/engage-link/testing';
import { exopCli } from '@exec/exop';
import { GuardedServer, onFreePort } from '@exec/testing/servers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { prometheusPrograms, run } from './prometheus/programs.ts';

let folder: string;
let service: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-export-'));
  service = createServer((_request, response) => response.end('excs_active 1\n'));
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done));
  const certificate = makeCertificate({ name: 'exas', hosts: ['exas.example'] });
  await writeFile(join(folder, 'exas.pem'), certificate.cert);
  await writeFile(join(folder, 'exas.key'), certificate.key);
  await writeFile(join(folder, 'known_hosts'), '');
});
afterAll(async () => {
  await new Promise<void>((done) => service.close(() => done()));
  await rm(folder, { recursive: true, force: true });
});

async function exported(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const values = {
    ...{ EXCS_HOST: '127.0.0.1:2201', SSH_USER: 'exec', SSH_KEY_FILE: './exas.key', VERSION: '1.0.0' },
    SSH_KNOWN_HOSTS: './known_hosts',
    ...{ REGISTRY: 'registry.example', ORG_ID: 'org-1', TENANT_ID: '101' },
    ...{
      ALLOW_PLAINTEXT: 'true',
      REDIS_URL: 'redis://redis.example',
      CONFIG_DB_URL: 'postgresql://cfg.example/cfg',
    },
    EXCS_HTTP_PORT: String((service.address() as AddressInfo).port),
    ALLOW_PLAINTEXT: 'true',
    ...env,
  };
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, '.env'), text.join(''), { mode: 0o600 });
  const said = { out: '', err: '' };
  const cli = exopCli({
    env: {},
    folder,
    stdout: { write: (part) => (said.out += part) },
    stderr: { write: (part) => (said.err += part) },
    signal: new AbortController().signal,
  });
  const code = await cli.run(['monitoring', 'export', ...args]);
  return { code, ...said };
}

test('a Prometheus started with it scrapes what the .env names, and evaluates every rule', async () => {
  const { code, out, err } = await exported({}, '--deployment', 'north', '--docs', 'https://wiki.example/x');
  expect(code, err).toBe(0);
  expect(out).toMatch(/^written {4}prometheus\/targets\/excs\.yml$/m);
  const { promtool, prometheus } = await prometheusPrograms();
  const place = join(folder, 'monitoring/prometheus');
  expect(await run(promtool, ['check', 'config', 'prometheus.yml'], { cwd: place })).not.toMatch(/FAILED/);
  await onFreePort(async (port) => {
    const server = await GuardedServer.start({
      base: tmpdir(),
      steps: [],
      server: {
        program: prometheus,
        args: [
          `--config.file=${place}/prometheus.yml`,
          '--storage.tsdb.path={folder}/data',
          `--web.listen-address=127.0.0.1:${port}`,
        ],
      },
      readyText: 'Server is ready to receive web requests',
      stopSignals: ['SIGTERM'],
      crashSignals: [],
    });
    try {
      const ask = async (path: string): Promise<string> => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
        return await answer.text();
      };
      await vi.waitFor(
        async () => expect(await ask('query?query=excs_active')).toContain('"deployment":"north"'),
        { timeout: 60_000, interval: 500 },
      );
      expect(await ask('targets?state=active')).toContain('"health":"up"');
      expect(await ask('rules')).toContain('ServiceDown');
      expect(await ask('status/config')).toContain('https://wiki.example/x');
    } finally {
      await server.close();
    }
  });
});

test('services with TLS are asked by TLS, and trusted by the certificate that they have', async () => {
  const hosts = { EXAS_HOST: 'exas.example', EXCP_HOSTS: '10.0.0.3,10.0.0.4', EXCP_2_HTTP_HOST: '127.0.0.1' };
  const { code, err } = await exported(
    {
      ...hosts,
      ...{ STAT_SERVER_PRIMARY: 'stat:2060', SIP_SERVER_PRIMARY: 'sip:8000', SWITCH_NAME: 'SIP' },
      ...{ EXAS_TLS_CERT_FILE: './exas.pem', EXAS_TLS_KEY_FILE: './exas.key' },
    },
    ...['--out', 'secure'],
  );
  expect(code, err).toBe(0);
  const place = join(folder, 'secure/prometheus');
  const targets = async (job: string) => await readFile(join(place, `targets/${job}.yml`), 'utf8');
  expect(await targets('exas')).toContain(
    '- {"targets":["exas.example:3630"],"labels":{"deployment":"default","__scheme__":"https"}}',
  );
  expect(await targets('excp')).toMatch(/"10\.0\.0\.3:3650"[\s\S]*"127\.0\.0\.1:3650"/);
  expect(await targets('bridge')).toMatch(/^\[\]$/m);
  expect(err).toContain('excp-2 answer on the loopback');
  // It reads the certificate too; no key is written.
  const { promtool } = await prometheusPrograms();
  await run(promtool, ['check', 'config', 'prometheus.yml'], { cwd: place });
  const certificates = await readFile(join(place, 'certificates/exas.pem'), 'utf8');
  expect(certificates).toBe(await readFile(join(folder, 'exas.pem'), 'utf8'));
});

test('run again it follows the .env, and leaves what was changed by hand', async () => {
  await mkdir(join(folder, 'again'));
  expect((await exported({}, '--out', 'again')).code).toBe(0);
  const rules = join(folder, 'again/prometheus/alerts.yml');
  await writeFile(rules, 'groups: []\n');
  const second = await exported({ EXCS_HOST: '10.0.0.9' }, '--out', 'again', '--json');
  const line = JSON.parse(second.out) as { written: string[]; kept: string[] };
  expect(line.written).toEqual(['prometheus/targets/excs.yml']);
  expect(line.kept).toEqual(['prometheus/alerts.yml']);
  expect(await readFile(rules, 'utf8')).toBe('groups: []\n');
  await exported({}, '--out', 'again', '--force');
  expect(await readFile(rules, 'utf8')).toContain('ServiceDown');
});
