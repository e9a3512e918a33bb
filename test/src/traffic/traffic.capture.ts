/**
 * What goes between the hosts of a deployment is written down and read: with TLS nothing secret and no person can be found in
 * it, without TLS the same search finds them.
 */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { Capture } from './capture.ts';
import { DeployedSite } from './deployed.ts';

const patience = { timeout: 180_000, interval: 500 };
const limit = 1_200_000;

/** What must not be read, by what it is. */
type Canaries = Readonly<Record<string, readonly string[]>>;

/** One sync, the states of an agent, one call; the answer is what was told about them. */
async function work(site: DeployedSite): Promise<Canaries> {
  const { world } = site;
  const { cloud } = world;
  const persons = world.centre.agentsAtWork().slice(0, 2);
  const users = () =>
    [...cloud.state.users.all()].filter(({ name }) =>
      persons.some((one) => name === `${one.firstName} ${one.lastName}`),
    );
  await vi.waitFor(() => expect(users().length).toBeGreaterThanOrEqual(persons.length), patience);
  await vi.waitFor(async () => {
    const { output } = await site.stranger.type('exop sync status');
    expect(output).toMatch(/^state +idle$/m);
  }, patience);
  await play(site, 7);
  await vi.waitFor(() => {
    expect(numbersOf(site).length).toBeGreaterThan(0);
    expect(cloud.record.accepted({ kind: ['userPresence', 'userRoutingStatus'] }).length).toBeGreaterThan(0);
  }, patience);
  const state = await keptBy(site);
  return {
    name: persons.map(({ lastName }) => lastName),
    'e-mail address': users().map(({ email }) => email),
    'telephone number': numbersOf(site),
    'client secret': cloud.clients.flatMap(({ clientId, clientSecret }) => [
      clientSecret,
      Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
    ]),
    'bearer token': ['Bearer '],
    'token of EXCP for EXCS': [state.readTokens['excp-1'] ?? '', state.readTokens['excp-2'] ?? ''],
    'password of Redis': [site.secrets.redisPassword],
    'application password': [site.secrets.appPassword],
  };
}

/** Calls of two agents; another seed has other callers. */
async function play({ world }: DeployedSite, seed: number): Promise<void> {
  await world.engage.playDay({
    ...{ site: 0, seed, agents: 2, calls: 2, durationMs: 8_000, wrapupCodes: [] },
    // All log out at the end, so that another day can begin.
    mix: { abandoned: 0, staying: 0 },
  });
}

/** Telephone numbers of callers that the cloud was told. */
function numbersOf({ world }: DeployedSite): readonly string[] {
  const received = world.cloud.record
    .accepted()
    .flatMap(({ event }) => /"ani":"(?:tel:)?(\+?\d{6,})"/.exec(JSON.stringify(event))?.[1] ?? []);
  return [...new Set(received)];
}

/** Everything secret is exchanged and the old taken away; then look-ups are answered, and calls arrive. */
async function exchange(site: DeployedSite, before: Canaries): Promise<Canaries> {
  expect(await site.rotate()).toEqual([]);
  const answered = (await answersOfExcs(site)).taken;
  const known = numbersOf(site).length;
  await play(site, 8);
  await vi.waitFor(async () => {
    expect(numbersOf(site).length).toBeGreaterThan(known);
    // EXAS and each EXCP ask again and again.
    expect((await answersOfExcs(site)).taken).toBeGreaterThanOrEqual(answered + 3);
  }, patience);
  expect((await answersOfExcs(site)).refused).toBe(0);
  return { ...(await withNewTokens(site, before)), 'telephone number': numbersOf(site) };
}

/** How many requests to its API EXCS has answered, and how many it has refused for their token. */
async function answersOfExcs(
  site: DeployedSite,
): Promise<{ readonly taken: number; readonly refused: number }> {
  const ca = await readFile(join(site.stranger.folder, 'certificates/ca.pem'), 'utf8');
  const metrics = await new Promise<string>((resolve, reject) => {
    const { port } = site.stranger.vm('excs-1');
    const asked = request({ host: '127.0.0.1', port, path: '/metrics', ca }, (answer) =>
      text(answer).then(resolve, reject),
    );
    asked.once('error', reject).end();
  });
  const counts = [
    ...metrics.matchAll(/^exec_http_requests_total\{route="\/api[^"]*",status="(\d+)"[^}]*\} (\d+)$/gm),
  ];
  const sum = (wanted: RegExp) =>
    counts.reduce((total, [, status = '', count]) => total + (wanted.test(status) ? Number(count) : 0), 0);
  return { taken: sum(/^[23]/), refused: sum(/^40[13]$/) };
}

async function withNewTokens(site: DeployedSite, before: Canaries): Promise<Canaries> {
  const { readTokens } = await keptBy(site);
  const old = before['token of EXCP for EXCS'] ?? [];
  const fresh = [readTokens['excp-1'] ?? '', readTokens['excp-2'] ?? ''];
  expect(fresh).not.toEqual(old);
  return { ...before, 'token of EXCP for EXCS': [...old, ...fresh] };
}

interface Kept {
  readonly readTokens: Readonly<Record<string, string>>;
}

async function keptBy(site: DeployedSite): Promise<Kept> {
  const text = await readFile(join(site.stranger.folder, '.env.exop-state.json'), 'utf8');
  return JSON.parse(text) as Kept;
}

/** What was found, by what it is. */
function foundIn(bytes: Buffer, canaries: Canaries): string[] {
  return Object.entries(canaries).flatMap(([what, values]) => {
    expect(values.length, what).toBeGreaterThan(0);
    for (const value of values) expect(value.length, what).toBeGreaterThan(3);
    return values.some((value) => bytes.includes(value)) ? [what] : [];
  });
}

async function captured(tls: boolean): Promise<{ found: string[]; all: string[] }> {
  const site = await DeployedSite.start(tls);
  try {
    const capture = await Capture.start(join(site.folder, 'traffic.pcapng'), site.ports);
    await site.deploy();
    const before = await work(site);
    const canaries = tls ? await exchange(site, before) : before;
    const { bytes, packets } = await capture.end();
    const found = foundIn(bytes, canaries);
    process.stdout.write(
      `traffic ${tls ? 'with TLS' : 'in plain text'}: ${packets} packets, ${bytes.length} bytes, readable: ${found.join(', ') || 'nothing'}\n`,
    );
    expect(packets).toBeGreaterThan(500);
    return { found, all: Object.keys(canaries) };
  } finally {
    await site.close();
  }
}

it(
  'without TLS the search finds every secret and every person in the traffic',
  async () => {
    const { found, all } = await captured(false);
    expect(found).toEqual(all);
  },
  limit,
);

it(
  'with TLS no secret, no token and no data of a person can be read in the traffic of four hosts',
  async () => {
    expect((await captured(true)).found).toEqual([]);
  },
  limit,
);
