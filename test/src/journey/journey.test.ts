/**
 * The way of a stranger, block by block as the pages of the guide show it, with what they print: package, unpack
 * elsewhere, init, check, deploy EXCS, approve its first plan, add EXAS and EXCP, one agent, one call, upgrade, roll
 * back, stop. The VMs are real SSH servers, the services are real and work against PostgreSQL, Redis, the fake cloud and
 * the simulators of Engage; in place of a container engine stands one that runs the bundle of each image as a process.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gapAnswer } from '@exec/common/answers/conversations';
import type { CommandBlock } from '@exec/exop/testing';
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { E2eSite } from '../e2e/site.ts';
import { GuidePage, notPrinted, type Replacement } from './guide.ts';
import { OneAgent, type OneCall } from './one-agent.ts';
import { makeRelease, nextVersion, type Release } from './release.ts';
import { type Said, Stranger } from './stranger.ts';

const guide = fileURLToPath(new URL('../../../docs/guide/', import.meta.url));
const patience = { timeout: 120_000, interval: 500 };
const limit = 1_500_000;

let base: string;
let release: Release;
let world: E2eSite;
let stranger: Stranger;
let agent: OneAgent;
let install: GuidePage;
let verify: GuidePage;
let upgrade: GuidePage;
/** The first plan of the deployment. */
let planId = 'none';

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'exec-journey-'));
  world = await E2eSite.start(testRedis(), (await testDatabase()).url, { flaws: ['missing-email'] });
  agent = OneAgent.of(world);
  [install, verify, upgrade] = await Promise.all([
    GuidePage.read(guide, 'install.md'),
    GuidePage.read(guide, 'verify.md'),
    GuidePage.read(guide, 'upgrade.md'),
  ]);
  process.stdout.write(
    'journey: real SSH servers and services; a stand-in for the container engine runs each image as a process\n',
  );
}, limit);

afterAll(async () => {
  await stranger?.leave();
  await world?.close();
  await rm(base, { recursive: true, force: true });
}, limit);

/** Follows the next block of a page that begins so: each command ends well, and prints what the page shows. */
async function follow(
  page: GuidePage,
  command: string,
  values: Readonly<Record<string, string>> = {},
): Promise<string> {
  const block = page.next(command);
  const said = await stranger.type(block.commands, values);
  expectAsShown(block, said);
  return said.output;
}

/** As {@link follow}, for what comes true after a while; `onLook` gets what was printed each time. */
async function followUntil(
  page: GuidePage,
  command: string,
  values: Readonly<Record<string, string>> = {},
  onLook: (output: string) => Promise<void> = async () => {},
): Promise<void> {
  const block = page.next(command);
  await vi.waitFor(async () => {
    const said = await stranger.type(block.commands, values);
    await onLook(said.output);
    expectAsShown(block, said);
  }, patience);
}

function expectAsShown(block: CommandBlock, { output, calls }: Said): void {
  expect(calls.length, output).toBeGreaterThan(0);
  // 2 from a plan: there is something to do.
  expect(
    calls.filter((call) => !call.startsWith('0 ') && !/^2 (sync )?plan\b/.test(call)),
    output,
  ).toEqual([]);
  expect(notPrinted(block, output, replacements()), output).toEqual([]);
}

function replacements(): readonly Replacement[] {
  return [
    [/\b(excs|exas|excp1|excp2)\.example\.com\b/g, '127.0.0.1'],
    [/\b0\.2\.0\b/g, nextVersion],
    [/\b0\.1\.0\b/g, release.version],
    ['5d0c8f1e2a9b7c34', planId],
    ['SIP_Switch', world.site.switch],
  ];
}

/** The ID that a command gives for the approval; lines may be broken anywhere in it. */
function approvalIn(output: string): string {
  return /exop\s+sync\s+approve\s+(\w+)/.exec(output)?.[1] ?? 'none';
}

it(
  'is packaged, and unpacked elsewhere',
  async () => {
    release = await makeRelease(base);
    stranger = await Stranger.arrive(base, release.exop);
    expect((await stranger.type('exop --version')).output).toBe(`${release.version}\n`);
  },
  limit,
);

it(
  'begins with a .env and certificates, and checks the VM of EXCS',
  async () => {
    await follow(install, 'exop init');
    const { environment, places } = { environment: world.environment('excs'), places: stranger.places };
    await stranger.fillIn({
      ...places,
      EXAS_HOST: undefined,
      EXCP_HOSTS: undefined,
      STAT_SERVER_PRIMARY: undefined,
      STAT_SERVER_BACKUP: undefined,
      SIP_SERVER_PRIMARY: undefined,
      SIP_SERVER_BACKUP: undefined,
      SWITCH_NAME: undefined,
      VERSION: release.version,
      IMAGES_DIR: release.images,
      RELEASE_PUBLIC_KEY: release.publicKey,
      READY_TIMEOUT_SECONDS: '120',
      ORG_ID: environment.ORG_ID,
      TENANT_ID: environment.TENANT_ID,
      REDIS_URL: environment.REDIS_URL,
      REDIS_KEY_PREFIX: environment.REDIS_KEY_PREFIX,
      GENESYS_CLOUD_ALLOWED_HOSTS: environment.GENESYS_CLOUD_ALLOWED_HOSTS,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '6000',
      GENESYS_CLOUD_CHECK_HOSTS: new URL(environment.GENESYS_CLOUD_ALLOWED_HOSTS ?? '').host,
      CONFIG_DB_URL: environment.CONFIG_DB_URL,
      SYNC_FOLDER: environment.SYNC_FOLDER,
      SYNC_INTERVAL_SECONDS: '1',
    });
    await stranger.fillInPrinted(await follow(install, 'exop certificates'));
    await follow(install, 'exop check');
  },
  limit,
);

it(
  'deploys EXCS alone, which waits for the approval of its first plan',
  async () => {
    const users = (): number => [...world.cloud.state.users.all()].length;
    const before = users();
    await follow(install, 'exop plan');
    const block = install.next('exop deploy');
    const { output, calls } = await stranger.type(block.commands);
    expect(calls, output).toEqual(['0 deploy']);
    planId = approvalIn(output);
    expect(notPrinted(block, output, replacements()), output).toEqual([]);
    expect(users(), 'nothing is written before the approval').toBe(before);
    await followUntil(install, 'exop status');
  },
  limit,
);

it(
  'reads the plan and its conflicts, and approves it',
  async () => {
    // A plan has another ID as soon as it is another one: the newest is read here, and approved.
    planId = '…';
    planId = approvalIn(await follow(install, 'exop sync plan'));
    await follow(install, 'exop sync approve', { planId });
    let looks = 0;
    await followUntil(install, 'exop sync', {}, async (output) => {
      // On a busy machine EXCS may lose its lease before it has begun: then the plan waits for the person again. It is
      // looked at twice, since a second approval of a plan that is being applied would hide how that one ended.
      looks = /^state +waiting-for-approval$/m.test(output) ? looks + 1 : 0;
      if (looks < 2) return;
      looks = 0;
      await stranger.type(`exop sync approve ${approvalIn(output)}`);
    });
  },
  limit,
);

it(
  'adds EXAS',
  async () => {
    const { STAT_SERVER_PRIMARY, TENANT_NAME } = world.environment('exas');
    await stranger.fillIn({ EXAS_HOST: stranger.places.EXAS_HOST, STAT_SERVER_PRIMARY, TENANT_NAME });
    await stranger.fillInPrinted(await follow(install, 'exop certificates'));
    await follow(install, 'exop deploy');
    agent.logIn();
    agent.ready();
    await followUntil(install, 'exop agent', { employeeId: agent.employeeId });
  },
  limit,
);

it(
  'adds EXCP',
  async () => {
    const { SIP_SERVER_PRIMARY, SWITCH_NAME } = world.environment('excp');
    await stranger.fillIn({ EXCP_HOSTS: stranger.places.EXCP_HOSTS, SIP_SERVER_PRIMARY, SWITCH_NAME });
    await stranger.fillInPrinted(await follow(install, 'exop certificates'));
    await follow(install, 'exop deploy');
    await followUntil(install, 'exop status');
    expect((await stranger.type('exop plan')).calls).toEqual(['0 plan']);
  },
  limit,
);

it(
  'verifies one agent, in the four states of the page',
  async () => {
    await followUntil(verify, 'exop status');
    const accepted = async (state: string): Promise<void> => {
      await vi.waitFor(async () => {
        const { output } = await stranger.type(`exop agent ${agent.employeeId}`);
        expect(output).toMatch(new RegExp(`^accepted +${state}`, 'm'));
        expect(output).toMatch(/^on its way +-$/m);
      }, patience);
    };
    agent.logOut();
    await accepted('Offline');
    agent.logIn();
    await accepted('Busy');
    agent.notReady('Break');
    await accepted('Break');
    agent.ready();
    await followUntil(verify, 'exop agent', { employeeId: agent.employeeId });
  },
  limit,
);

it(
  'verifies one call, and a failure that must not matter',
  async () => {
    const call = agent.answers();
    await followUntil(verify, 'exop call', { callUuid: call.callUuid });
    call.holdsAndRetrieves();
    call.ends();
    await complete(call);
    const during = agent.answers();
    await follow(verify, 'exop restart');
    during.ends();
    await complete(during);
  },
  limit,
);

/** Nothing waits, and the cloud has the whole call: customer, queue and agent, each ended. */
async function complete({ callUuid }: OneCall): Promise<void> {
  const looks = async (): Promise<void> => {
    const { output } = await stranger.type(`exop call ${callUuid}`);
    expect(output).toMatch(/^conversation \S+, over/m);
    expect(output).toContain('Nothing waits');
    const received = world.cloud.conversation(/^conversation ([^,]+),/m.exec(output)?.[1] ?? '');
    expect(received?.legs.map(({ type }) => type).sort()).toEqual(['external', 'routing', 'user']);
    expect(received?.endedAt).toBeDefined();
  };
  try {
    await vi.waitFor(looks, patience);
  } catch (error) {
    const { output } = await stranger.type('exop status; exop logs excp --tail 40');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
}

it(
  'upgrades to the next release during a call, goes back during another, and loses neither',
  async () => {
    const first = agent.answers();
    await stranger.fillIn({ VERSION: nextVersion });
    await follow(upgrade, 'exop upgrade');
    const status = (await stranger.type('exop status')).output;
    expect(status.match(new RegExp(`${nextVersion}-\\w+ `, 'g')), status).toHaveLength(4);
    first.holdsAndRetrieves();
    first.ends();
    await complete(first);

    const second = agent.answers();
    await follow(upgrade, 'exop rollback');
    await stranger.fillIn({ VERSION: release.version });
    expect((await stranger.type('exop plan')).calls, 'nothing is left to do').toEqual(['0 plan']);
    second.ends();
    await complete(second);
    expect((await stranger.type('exop dead-letters')).output).toContain('There are no dead letters.');
    expect(await longGaps()).toEqual([]);
  },
  limit,
);

/**
 * An EXCP that comes back also lists a gap when its partner, which watches, wrote that down some seconds late, as on a
 * busy machine. In one as short as that nothing is lost as long as the calls are complete, which is looked at before.
 */
async function longGaps(): Promise<unknown[]> {
  const { output, calls } = await stranger.type('exop gaps --json 2>/dev/null');
  expect(calls, output).toEqual(['0 gaps --json']);
  const { gaps } = z.object({ gaps: z.array(gapAnswer) }).parse(JSON.parse(output));
  return gaps.filter(({ seconds }) => seconds > 20);
}

it(
  'looks at a log, and stops everything',
  async () => {
    await follow(install, 'exop logs');
    for (const { docker } of stranger.vms) expect([...docker.containers.keys()]).toEqual([]);
  },
  limit,
);
