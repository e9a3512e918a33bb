/**
 * The whole way of a stranger, by the commands that the pages show: package, unpack elsewhere, init, check, deploy to
 * four VMs, approve the first plan, one agent, one call, daily work, upgrade, rollback, down. The VMs are real SSH
 * servers, the services are real and work against PostgreSQL, Redis, the fake cloud and the simulators of Engage; in
 * place of a container engine stands one that runs the bundle of each image as a process.
 */
import { execFile } from 'node:child_process';
import { copyFile, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { tarOf } from '@exec/common/tar';
import { bundle, filesOf, parts, services } from '@exec/release';
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { E2eSite } from '../e2e/site.ts';
import { type Said, Stranger, vmNames } from './stranger.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** That of the simulators. */
const routingPoint = '8000';
const patience = { timeout: 120_000, interval: 500 };
const limit = 1_500_000;

let base: string;
let version: string;
let world: E2eSite;
let stranger: Stranger;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'exec-journey-'));
  world = await E2eSite.start(testRedis(), (await testDatabase()).url);
  process.stdout.write(
    'journey: real SSH servers and services; a stand-in for the container engine runs each image as a process\n',
  );
}, limit);

afterAll(async () => {
  await stranger?.leave();
  await world?.close();
  await rm(base, { recursive: true, force: true });
}, limit);

function expectFine(said: Said, code = 0): string {
  expect(said.code, `${said.stdout}\n${said.stderr}`).toBe(code);
  return said.stdout;
}

/** The archive of an image, as far as it is ours: what the Dockerfile puts on its base. */
async function imageArchive(service: (typeof services)[number], out: string): Promise<void> {
  const { folder } = await bundle(parts[service], join(base, 'bundles'));
  const tar = Buffer.concat([...tarOf(await filesOf(folder, 'app'))]);
  await writeFile(join(out, `${service}-${version}.tgz`), gzipSync(tar, { level: 1 }));
}

it(
  'is packaged, and unpacked elsewhere',
  async () => {
    const out = join(base, 'images');
    await mkdir(out);
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    await promisify(execFile)(
      process.execPath,
      ['packages/release/src/main.ts', '--out', out, '--only', 'exop', '--arch', arch],
      { cwd: root },
    );
    ({ version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string });
    await promisify(execFile)('tar', ['-xzf', join(out, `exop-${version}.tgz`), '-C', base]);
    // One after another: a bundle takes both cores.
    for (const service of services) await imageArchive(service, out);
    for (const service of services)
      await copyFile(join(out, `${service}-${version}.tgz`), join(out, `${service}-9.9.9.tgz`));
    stranger = await Stranger.arrive(base, join(base, `exop-${version}`, 'exop'));
    expect(expectFine(await stranger.exop('exop --version'))).toBe(`${version}\n`);
  },
  limit,
);

it(
  'begins with a .env, whose faults are all named, and checks the VMs',
  async () => {
    expectFine(await stranger.exop('exop init'));
    const excs = world.environment('excs');
    const exas = world.environment('exas');
    const excp = world.environment('excp');
    await stranger.fillIn({
      ...stranger.places,
      VERSION: version,
      IMAGES_DIR: '../images',
      REGISTRY: undefined,
      READY_TIMEOUT_SECONDS: '120',
      ORG_ID: excs.ORG_ID,
      TENANT_ID: excs.TENANT_ID,
      REDIS_URL: excs.REDIS_URL,
      REDIS_KEY_PREFIX: excs.REDIS_KEY_PREFIX,
      GENESYS_CLOUD_ALLOWED_HOSTS: excs.GENESYS_CLOUD_ALLOWED_HOSTS,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '6000',
      GENESYS_CLOUD_CHECK_HOSTS: new URL(excs.GENESYS_CLOUD_ALLOWED_HOSTS ?? '').host,
      CONFIG_DB_URL: excs.CONFIG_DB_URL,
      SYNC_FOLDER: excs.SYNC_FOLDER,
      SYNC_INTERVAL_SECONDS: '1',
      STAT_SERVER_PRIMARY: exas.STAT_SERVER_PRIMARY,
      STAT_SERVER_BACKUP: undefined,
      TENANT_NAME: exas.TENANT_NAME,
      SIP_SERVER_PRIMARY: excp.SIP_SERVER_PRIMARY,
      SIP_SERVER_BACKUP: undefined,
      SWITCH_NAME: excp.SWITCH_NAME,
    });
    const table = expectFine(await stranger.exop('exop check --env .env'));
    expect(table).toMatch(/\d+ ok, \d+ warnings, 0 failed/);
    expect(table).toMatch(/reach SIP Server, primary +ok +Primary/);
  },
  limit,
);

const users = (): number => [...world.cloud.state.users.all()].length;

/** The first plan of the deployment. */
let planId: string;

it(
  'is deployed, and waits for the approval of its first plan, with EXAS and EXCP ready',
  async () => {
    const usersBefore = users();
    expectFine(await stranger.exop('exop plan --env .env'), 2);
    const deployed = expectFine(await stranger.exop('exop deploy --env .env', {}, ['--yes']));
    expect(deployed).toContain('All services are ready.');
    expect(deployed).toContain('The first plan of EXCS waits for your approval');
    planId = /exop sync approve (\w+)/.exec(deployed)?.[1] ?? '';
    expect(planId).not.toBe('');
    expect(users(), 'nothing is written before the approval').toBe(usersBefore);
    const status = expectFine(await stranger.exop('exop status'));
    expect(status.match(/ yes /g)?.length, status).toBeGreaterThan(4);
    expectFine(await stranger.exop('exop plan --env .env'), 0);
  },
  limit,
);

it(
  'shows the plan, and carries it out when it is approved',
  async () => {
    expect(expectFine(await stranger.exop('exop sync plan'), 2)).toContain(
      `To approve it: exop sync approve ${planId}`,
    );
    expectFine(await stranger.exop('exop sync conflicts'));
    expectFine(await stranger.exop('exop sync orphans'));
    expect(expectFine(await stranger.exop('exop sync approve <planId>', { planId }))).toContain(
      'is approved',
    );
    await vi.waitFor(async () => {
      const status = expectFine(await stranger.exop('exop sync status'));
      expect(status).toMatch(/^state +idle$/m);
      expect(status).toMatch(/^mapped +20 of 20 persons/m);
    }, patience);
    expect(expectFine(await stranger.exop('exop sync pause'))).toContain('Paused');
    expect(expectFine(await stranger.exop('exop sync status'))).toMatch(/^state +paused$/m);
    expect(expectFine(await stranger.exop('exop sync resume'))).toContain('Resumed');
  },
  limit,
);

it(
  'follows one agent and one call',
  async () => {
    const [on] = world.engage.switches.values();
    if (on === undefined) throw new Error('there is no switch');
    const { agent, queue } = world.people();
    const { employeeId } = agent;
    on.login(agent.dn, { agentId: agent.loginCode, employeeId });
    on.ready(agent.dn);
    await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop agent <employeeId>', { employeeId }));
      expect(text).toMatch(/^in Engage +ready since/m);
      expect(text).toMatch(/^accepted +On Queue, Idle$/m);
      expect(text).toMatch(/^on its way +-$/m);
    }, patience);

    const callUuid = on.inboundCall({ ani: '+99990000001', dnis: '8000', routingPoint });
    on.queue(callUuid, queue);
    on.divertTo(callUuid, agent.dn, { queue });
    on.answer(callUuid, agent.dn);
    await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop call <callUuid>', { callUuid }));
      expect(text.match(/ connected /g)?.length, text).toBeGreaterThanOrEqual(2);
      expect(text).toContain('Nothing waits');
    }, patience);
    on.release(callUuid, '+99990000001');
    await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop call <callUuid>', { callUuid }));
      expect(text).not.toContain(' connected ');
      expect(text).toContain('Nothing waits');
    }, patience);
    const nobody = await stranger.exop('exop agent <employeeId>', { employeeId: 'nobody' });
    expect(nobody.code).toBe(1);
    expect(nobody.stdout).toContain('mapping.not-found');
  },
  limit,
);

it(
  'is looked after: dead letters, quarantine, gaps, logs, restart, support bundle, monitoring',
  async () => {
    const [on] = world.engage.switches.values();
    if (on === undefined) throw new Error('there is no switch');
    const { agent, queue } = world.people();
    expect(expectFine(await stranger.exop('exop quarantine'))).toContain('Nothing is in the quarantine.');
    expect(expectFine(await stranger.exop('exop gaps'))).toBeDefined();
    world.cloud.faults.inject({
      fault: { kind: 'event-errors', retryable: false, match: { kinds: ['routingEstablished'] } },
    });
    const refused = on.inboundCall({ ani: '+99990000002', dnis: '8000', routingPoint });
    on.queue(refused, queue);
    const listed = await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop dead-letters'));
      expect(text).toContain(refused);
      return text;
    }, patience);
    const id = new RegExp(`^(\\S+) .*${refused}`, 'm').exec(listed)?.[1] ?? '';
    expect(expectFine(await stranger.exop('exop dead-letters retry <id>', { id }))).toContain(
      `${id}: will be sent again`,
    );
    await vi.waitFor(async () => {
      expect(expectFine(await stranger.exop('exop dead-letters'))).toContain('There are no dead letters.');
    }, patience);
    on.divertTo(refused, agent.dn, { queue });
    on.answer(refused, agent.dn);

    const restarted = expectFine(await stranger.exop('exop restart excp-1', {}, ['--yes']));
    expect(restarted).toContain('excp-1: ready');
    await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop call <callUuid>', { callUuid: refused }));
      expect(text).toContain('Nothing waits');
    }, patience);
    on.release(refused, '+99990000002');

    expectFine(await stranger.exop('exop logs excp --env .env --tail 200'));
    const bundled = expectFine(await stranger.exop('exop support-bundle', {}, ['--out', 'bundle.tgz']));
    expect(bundled).toContain('bundle.tgz');
    const { stdout } = await promisify(execFile)('tar', ['-xzOf', join(stranger.folder, 'bundle.tgz')], {
      maxBuffer: 100_000_000,
    });
    expect(stdout).toContain('excp_events_received_total');
    expect(stdout).not.toContain('+9999000000');
    expectFine(
      await stranger.exop('exop monitoring export --deployment default --docs https://wiki.example.org/exec'),
    );
    expect(await readFile(join(stranger.folder, 'monitoring/prometheus/targets/excp.yml'), 'utf8')).toContain(
      `127.0.0.1:${stranger.vm('excp-2').port}`,
    );
  },
  limit,
);

it(
  'is upgraded in the middle of a call, rolled back, and taken down',
  async () => {
    const [on] = world.engage.switches.values();
    if (on === undefined) throw new Error('there is no switch');
    const { agent, queue } = world.people();
    const callUuid = on.inboundCall({ ani: '+99990000003', dnis: '8000', routingPoint });
    on.queue(callUuid, queue);
    on.divertTo(callUuid, agent.dn, { queue });
    on.answer(callUuid, agent.dn);

    await stranger.fillIn({ VERSION: '9.9.9' });
    expectFine(await stranger.exop('exop upgrade --dry-run'));
    expect(expectFine(await stranger.exop('exop upgrade', {}, ['--yes']))).toContain(
      'All services are ready.',
    );
    for (const { name, docker } of stranger.vms) expect(docker.container?.version, name).toBe('9.9.9');
    on.release(callUuid, '+99990000003');
    await vi.waitFor(async () => {
      const text = expectFine(await stranger.exop('exop call <callUuid>', { callUuid }));
      expect(text).not.toContain(' connected ');
      expect(text).toContain('Nothing waits');
    }, patience);

    expectFine(await stranger.exop('exop rollback --dry-run'));
    expectFine(await stranger.exop('exop rollback', {}, ['--yes']));
    await stranger.fillIn({ VERSION: version });
    for (const { name, docker } of stranger.vms) expect(docker.container?.version, name).toBe(version);
    expectFine(await stranger.exop('exop plan --env .env'), 0);

    const down = expectFine(await stranger.exop('exop down --env .env', {}, ['--yes']));
    expect(down).toContain(`Stopped: ${vmNames.toSorted().join(', ')}`);
    for (const { docker } of stranger.vms) expect(docker.container).toBeUndefined();
    expect((await stranger.exop('exop status')).code).toBe(1);
  },
  limit,
);

it('gave only commands that the pages show', async () => {
  const guide = join(root, 'docs/guide');
  const texts: string[] = [];
  for await (const page of glob('**/*.md', { cwd: guide }))
    texts.push(await readFile(join(guide, page), 'utf8'));
  const shown = texts.join('\n');
  expect([...new Set(stranger.given)].filter((command) => !shown.includes(command))).toEqual([]);
});
