/**
 * The way of a stranger, by the commands that the pages show: package, unpack elsewhere, init, check, deploy to four
 * VMs, approve the first plan. The VMs are real SSH servers, the services are real and work against PostgreSQL, Redis,
 * the fake cloud and the simulators of Engage; in place of a container engine stands one that runs the bundle of each
 * image as a process.
 */
import { execFile } from 'node:child_process';
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
import { type Said, Stranger } from './stranger.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
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
    expectFine(await stranger.exop('exop plan'), 2);
    const deployed = expectFine(await stranger.exop('exop deploy', {}, ['--yes']));
    expect(deployed).toContain('All services are ready.');
    expect(deployed).toContain('The first plan of EXCS waits for your approval');
    planId = /exop sync approve (\w+)/.exec(deployed)?.[1] ?? '';
    expect(planId).not.toBe('');
    expect(users(), 'nothing is written before the approval').toBe(usersBefore);
    const status = expectFine(await stranger.exop('exop status'));
    expect(status.match(/ yes +(yes|no)\b/g), status).toHaveLength(4);
    expectFine(await stranger.exop('exop plan'), 0);
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
      expect(status).toMatch(/^mapped +([1-9]\d*) of \1 persons/m);
    }, patience);
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
