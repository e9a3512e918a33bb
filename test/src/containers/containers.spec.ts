/**
 * The images and the whole compose set-up on a real engine: hardening, synchronisation, look-ups, states,
 * conversations, the loss of one EXCP. Run by `pnpm test:containers`; the steps build on each other.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderCompose } from '@exec/exop';
import { sampleOf, siteOf } from '@exec/simulators/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compared, verdictOf } from '../demo/verdict.ts';
import { findComposes } from './compose-tools.ts';
import { conversationFaults } from './conversations.ts';
import { Deployment, eventually, type ServiceContainer, serviceUrls } from './deployment.ts';
import { type Engine, findEngine } from './engine.ts';
import { buildImage, type Images, prepareImages, targets } from './images.ts';
import { need, run } from './run.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const version = `0.0.0-${randomBytes(4).toString('hex')}`;
const revision = randomBytes(20).toString('hex');
const project = `exec${randomBytes(4).toString('hex')}`;
const services = ['excs', 'exas', 'excp'] as const;
const serviceContainers = Object.keys(serviceUrls) as ServiceContainer[];
const megabyte = 1_000_000;
const composes = await findComposes();

let engine: Engine;
let images: Images;

beforeAll(async () => {
  engine = await findEngine();
  process.stderr.write(`containers: ${engine.how}, ${composes.map(({ name }) => name).join(' and ')}\n`);
  images = await prepareImages(engine, root, version);
  process.stderr.write(`containers: images ${images.how}\n`);
  for (const target of targets) await buildImage(engine, images, target, { root, revision });
}, 600_000);

afterAll(async () => {
  if (images !== undefined) await images.remove().catch(report);
  if (engine !== undefined) await engine.stop();
}, 120_000);

function report(error: unknown): void {
  process.stderr.write(`containers: clearing up: ${String(error)}\n`);
}

describe('an image', () => {
  it.each(services)('%s is small, says what it is, and runs as nobody, without a shell', async (service) => {
    const [image] = JSON.parse(await engine.docker(['image', 'inspect', images.tag(service)]));
    process.stderr.write(`containers: ${service} has ${Math.round(image.Size / megabyte)} MB\n`);
    expect(image.Size).toBeLessThanOrEqual(200 * megabyte);
    expect(image.Config.User).toBe('65532:65532');
    expect(image.Config.Entrypoint[0]).toBe('node');
    expect(image.Config.Entrypoint.at(-1)).toBe('/app/dist/main.js');
    expect(image.Config.Healthcheck.Test).toEqual(['CMD', 'node', '/app/health-check.js']);
    expect(image.Config.Labels).toMatchObject({
      'org.opencontainers.image.title': service,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': revision,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
    expect(image.Config.Env.join('\n')).not.toMatch(/TOKEN|SECRET|PASSWORD|_KEY=|_URL=/);
    const shell = await engine.tryDocker([
      'run',
      '--rm',
      '--entrypoint',
      '/bin/sh',
      images.tag(service),
      '-c',
      'true',
    ]);
    expect(shell.code).toBe(127);
  });

  it.each(services)('%s holds its bundle and nothing else', async (service) => {
    const list = "process.stdout.write(fs.readdirSync('/app',{recursive:true}).sort().join('\\n'))";
    const args = ['run', '--rm', '--entrypoint', 'node', images.tag(service), '-e', list];
    const files = (await engine.docker(args)).split('\n');
    const own = files.filter((file) => !file.startsWith('dist/swagger-ui/'));
    // The names of scripts and styles carry a part of what they hold.
    expect(own.map((file) => file.replace(/-[0-9A-Z]{8}\./, '-….'))).toEqual([
      ...['LICENSES.txt', 'dist', 'dist/console', 'dist/console/assets'],
      ...['dist/console/assets/main-….js', 'dist/console/assets/style-….css', 'dist/console/index.html'],
      ...['dist/main.js', 'dist/swagger-ui', 'health-check.js', 'package.json', 'sbom.cdx.json'],
    ]);
    expect(files).toContain('dist/swagger-ui/static/swagger-ui-bundle.js');
    const read = "process.stdout.write(fs.readFileSync('/app/dist/main.js'))";
    const code = await engine.docker([
      'run',
      '--rm',
      '--entrypoint',
      'node',
      images.tag(service),
      '-e',
      read,
    ]);
    expect(code).not.toContain('packages/simulators/');
    expect(code).not.toContain('packages/testing/');
  });

  it.each(services)('%s ends with 78 and all faults when nothing is configured', async (service) => {
    const ran = await engine.tryDocker(['run', '--rm', images.tag(service)]);
    expect(ran.code).toBe(78);
    expect(ran.stderr).toContain('ORG_ID: is not set');
    expect(ran.stderr).toContain('REDIS_URL: is not set (or REDIS_URL_FILE)');
  });
});

describe.each(composes)('the deployment by $name', (tool) => {
  let deployment: Deployment;
  let compared: Compared;

  beforeAll(async () => {
    const client = { clientId: 'any', clientSecret: 'any' };
    const clients = { config_sync: client, agent_state_sync: client, conversation_provider: client };
    const sample = sampleOf({}, { organizationId: 'any', clients });
    const atWork = new Set(siteOf(sample).agents.map(({ employeeId }) => employeeId));
    const users = sample.expectation.users.filter(({ employeeId }) => atWork.has(employeeId));
    deployment = new Deployment(engine, images, { tool, project, root });
    await deployment.up();
    // Whom the Stat Server does not know has no state to compare.
    compared = { cloud: deployment.cloud, expectation: { ...sample.expectation, users } };
  }, 300_000);

  afterAll(() => deployment?.down().catch(report), 60_000);

  it.each(serviceContainers)('%s runs hardened', async (service) => {
    const { Config, HostConfig, State } = await deployment.inspect(service);
    expect(State.Health?.Status).toBe('healthy');
    expect(Config.User).toBe('65532:65532');
    expect(Config.StopTimeout).toBe(15);
    expect(Config.Env.join('\n')).not.toMatch(/^(API_TOKEN|SETTINGS_KEY|EXCS_API_TOKEN)=/m);
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
      Memory: 512 * 1024 * 1024,
      PidsLimit: 100,
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '20m', 'max-file': '5' } },
    });
    expect(HostConfig.CapAdd ?? []).toEqual([]);
    expect(HostConfig.SecurityOpt?.some((option) => option.startsWith('no-new-privileges'))).toBe(true);
    expect(Object.keys(HostConfig.Tmpfs ?? {})).toEqual(['/tmp']);
    expect((HostConfig.Binds ?? []).join()).not.toContain('docker.sock');
  });

  it.each(serviceContainers)('%s can write nowhere but /tmp and has no rights', async (service) => {
    const tried = await deployment.evaluate(
      service,
      `const fs = require('fs');
       const write = (at) => { try { fs.writeFileSync(at + '/x', 'x'); return 'written'; } catch (e) { return e.code; } };
       const status = fs.readFileSync('/proc/1/status', 'utf8');
       const of = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1];
       console.log(JSON.stringify({
         app: write('/app'), dist: write('/app/dist'), tmp: write('/tmp'),
         uid: of('Uid'), caps: of('CapEff'), bounding: of('CapBnd'), noNewPrivs: of('NoNewPrivs') }));`,
    );
    expect(JSON.parse(tried)).toEqual({
      app: 'EROFS',
      dist: 'EROFS',
      tmp: 'written',
      uid: '65532\t65532\t65532\t65532',
      caps: '0000000000000000',
      bounding: '0000000000000000',
      noNewPrivs: '1',
    });
  });

  it('EXCS synchronises the contact centre', async () => {
    const { activeUsers, queues, queueMembers, wrapupCodes } = await eventually(
      'the first synchronisation',
      () => compared.cloud.counts(),
      (counts) =>
        counts.activeUsers >= compared.expectation.counts.users &&
        counts.queueMembers >= compared.expectation.counts.members,
    );
    const { users, queues: expected, members, wrapupCodes: codes } = compared.expectation.counts;
    expect({ activeUsers, queues, queueMembers, wrapupCodes }).toEqual({
      activeUsers: users,
      queues: expected,
      queueMembers: members,
      wrapupCodes: codes,
    });
  });

  it('its look-ups answer over the network to bearers of the token, and to nobody else', async () => {
    const [user] = compared.expectation.users;
    const url = `${serviceUrls['excs-1']}/api/v1/agents/${user?.employeeId}`;
    const headers = { authorization: `Bearer ${await deployment.token()}` };
    const look = () => deployment.relay.request({ url, headers });
    const found = await eventually('the look-up', look, ({ status }) => status === 200);
    expect(JSON.parse(found.body)).toMatchObject({
      employeeId: user?.employeeId,
      dbid: user?.dbid,
      state: 'active',
    });
    expect((await deployment.relay.request({ url })).status).toBe(401);
    expect((await deployment.relay.request({ url, headers: { authorization: 'Bearer x' } })).status).toBe(
      401,
    );
  });

  it.each(serviceContainers)('%s gets ready and shows its interface', async (service) => {
    await eventually(
      `readiness of ${service}`,
      () => deployment.ready(service),
      ({ ready }) => ready,
    );
    for (const path of ['/metrics', '/openapi.json', '/docs', '/docs/static/swagger-ui-bundle.js'])
      expect((await deployment.relay.request({ url: `${serviceUrls[service]}${path}` })).status).toBe(200);
  });

  it('one EXCP is active, the other stands by', async () => {
    const seen = await eventually(
      'an active EXCP',
      () => Promise.all([deployment.ready('excp-1'), deployment.ready('excp-2')]),
      (both) => both.some(({ active }) => active === true),
    );
    expect(seen.map(({ active }) => active).sort()).toEqual([false, true]);
  });

  it('states and conversations arrive as they were, although an EXCP is killed in the middle', async () => {
    const users = compared.expectation.users.length;
    await eventually(
      'the first state of every agent',
      async () => ({ counts: await compared.cloud.counts(), status: await deployment.engageStatus() }),
      ({ counts, status }) =>
        counts.presences >= users && counts.routingStatuses >= users && status.registeredAddresses > 0,
    );
    await deployment.playDay('one', { seed: 7, calls: 40, durationMs: 25_000 });
    await eventually(
      'a third of the day',
      () => deployment.engageStatus(),
      ({ day }) => day !== undefined && day.done * 3 >= day.of,
    );
    const active = (await deployment.ready('excp-1')).active === true ? 'excp-1' : 'excp-2';
    const other = active === 'excp-1' ? 'excp-2' : 'excp-1';
    await engine.docker(['kill', '--signal', 'KILL', await deployment.id(active)]);
    await eventually(
      'the take-over',
      () => deployment.ready(other),
      (seen) => seen.active === true,
    );
    const { day } = await eventually(
      'the end of the day',
      async () => ({ day: await deployment.dayResult('one') }),
      (seen) => seen.day !== undefined,
    );
    if (day === undefined) throw new Error('the day has no result');
    expect(day.conversations.length).toBeGreaterThan(10);
    await eventually(
      'everything that was played',
      async () => [
        ...(await conversationFaults(compared, day)),
        ...(await verdictOf(compared, { day, scripts: [] })).rows
          .filter((row) => row.what !== 'conversations equal leg by leg' && row.expected !== row.accepted)
          .map((row) => `${row.what}: ${row.expected} became ${row.accepted}`),
      ],
      (faults) => faults.length === 0,
      60_000,
    );
    await engine.docker(['start', await deployment.id(active)]);
    await eventually(
      'the way back',
      () => deployment.ready(active),
      (one) => one.ready && one.active === false,
    );
  });

  it.each(serviceContainers)('%s stops in order when it is told to', async (service) => {
    await engine.docker(['stop', await deployment.id(service)]);
    // 137 would mean that it had to be killed.
    expect((await deployment.inspect(service)).State).toMatchObject({ Status: 'exited', ExitCode: 0 });
  });
});

describe('the packages', () => {
  let out: string;
  const release = (args: readonly string[]) =>
    need(process.execPath, ['packages/release/src/main.ts', '--out', out, ...args], {
      cwd: root,
      env: engine.env,
    });

  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'exec-release-'));
  });
  afterAll(async () => {
    await rm(out, { recursive: true, force: true });
  });

  it('that of a service is an archive that docker load takes, with checksum and bill of materials', async () => {
    const { BASE = '', BUILD_BASE = '' } = images.settings;
    // Bases that were made here have no digest.
    await release(['--trial', '--only', 'excs', '--base', BASE, '--build-base', BUILD_BASE]);
    const packaged = (await readdir(out)).find((name) => /^excs-.*\.tgz$/.test(name)) ?? '';
    await need('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: out });
    const name = `ex-engage-connector/excs:${packaged.slice('excs-'.length, -'.tgz'.length)}`;
    await engine.docker(['image', 'rm', '--force', name]);
    expect(await engine.docker(['load', '--input', join(out, packaged)])).toContain(`Loaded image: ${name}`);
    expect((await engine.tryDocker(['run', '--rm', name])).code).toBe(78);
    await engine.docker(['image', 'rm', '--force', name]);
    const bom = JSON.parse(await readFile(join(out, packaged.replace(/tgz$/, 'cdx.json')), 'utf8'));
    const components = bom.components.map((one: { name: string }) => one.name);
    expect(components).toEqual(expect.arrayContaining(['fastify', 'pg', 'ioredis', 'undici', 'zod']));
    expect(components).not.toContain('esbuild');
  });

  it('that of the bootstrap runs without anything installed', async () => {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    await release(['--only', 'exop', '--arch', arch]);
    const packaged = (await readdir(out)).find((name) => /^exop-.*\.tgz$/.test(name)) ?? '';
    await need('tar', ['-xzf', packaged], { cwd: out });
    const said = await run(join(out, packaged.slice(0, -'.tgz'.length), 'exop'), [], { env: {} });
    expect(`${said.stdout}${said.stderr}`).toContain('Usage: exop');
  });
});

describe.each(composes)('for $name', (tool) => {
  it('the compose files are valid, with a profile for each VM', async () => {
    for (const profile of services) {
      const args = ['-f', 'compose.yaml', '--profile', profile, 'config'];
      expect(await engine.compose(tool, args, { cwd: root })).toContain(`${profile}:`);
    }
    const written = await readFile(`${root}/compose.yaml`, 'utf8');
    for (const profile of services) expect(written).toContain(`profiles: [${profile}]`);
  });

  it('what EXOP writes for a VM starts, with its hardening, secrets and label', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'exec-release-of-exop-'));
    const own = `${project}exop`;
    const args = (...rest: string[]) => ['-p', own, '-f', join(folder, 'compose.yaml'), ...rest];
    try {
      await mkdir(join(folder, 'secrets'));
      await writeFile(join(folder, 'secrets', 'redis_url'), 'redis://127.0.0.1:9', { mode: 0o444 });
      const text = renderCompose([
        {
          name: 'exas',
          image: images.tag('exas'),
          environment: {
            ORG_ID: 'org',
            TENANT_ID: '1',
            STAT_SERVER_PRIMARY: '127.0.0.1:9',
            SETTINGS_PLAINTEXT: 'true',
          },
          secrets: ['REDIS_URL'],
          files: [],
          port: 3630,
          publishAddress: '127.0.0.1',
          labels: { 'exec.release': 'r1' },
        },
      ]);
      await writeFile(join(folder, 'compose.yaml'), text);
      await engine.compose(tool, args('up', '-d'));
      const id = await engine.docker([
        'ps',
        '--quiet',
        '--filter',
        `label=com.docker.compose.project=${own}`,
      ]);
      const [found] = JSON.parse(await engine.docker(['inspect', id]));
      expect(found.Config.Labels).toMatchObject({ 'exec.release': 'r1' });
      expect(found.Config.Env).toContain('REDIS_URL_FILE=/run/secrets/redis_url');
      expect(found.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], PidsLimit: 100 });
      // It runs, and says that Redis is away: every line of the file was understood.
      await eventually(
        'the health of the container',
        async () => JSON.parse(await engine.docker(['inspect', id]))[0].State,
        ({ Health }) => Health?.Status === 'healthy',
      );
    } finally {
      await engine.compose(tool, args('down', '--timeout', '1')).catch(report);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
