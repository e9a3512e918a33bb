/**
 * One run over the whole, at LOG_LEVEL=trace, with values that can be received from all others in every secret, name, number
 * and piece of attached data. Afterwards all that the services have said or kept is looked through.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { CallUuid } from '@exec/common/ids';
import { archiveOf, Redactor } from '@exec/exop';
import { expectation } from '@exec/simulators/config-db';
import type { SipSwitch } from '@exec/simulators/sip-server';
import { nodeEnvironment } from '@exec/testing/processes';
import { ownPostgres, ownRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { expect, it, type TestContext, vi } from 'vitest';
import { type Canary, canariesIn, Search } from './canaries.ts';
import { E2eSite, type Peer } from './site.ts';

const patience = { timeout: 90_000, interval: 100 };
const root = fileURLToPath(new URL('../../../', import.meta.url));

const number = '+4930900112233';
const mail = 'canary.person@mailbox.example.com';
const lastName = 'Kanarienfink';
const operator = 'canary-operator-token-5b0c7d';
const reader = 'canary-reader-token-91fe22';
const settingsKey = Buffer.from('canary-settings-key-32-bytes-xyz').toString('base64');
const appPassword = 'canary-app-password-3c19';
const attached = 'canary-attached-data-77aa';
/** How a cloud, or whatever stands before it, quotes what it was sent; EXAS and EXCP send it no name. */
const quoting = `ani ${number} of ${mail} is not valid`;
const quotingPerson = `user ${lastName} <${mail}>, ${number}, exists`;

const persons: readonly Canary[] = [
  { name: 'e-mail address', value: mail },
  { name: 'last name', value: lastName },
];
const numbers: readonly Canary[] = [{ name: 'telephone number', value: number, isNumber: true }];

const services = ['excs', 'exas', 'excp'] as const;
type Service = (typeof services)[number];

/** Who is not ready without which peer. */
const peersOf: readonly (readonly [Peer, readonly Service[]])[] = [
  ['config-db', ['excs']],
  ['stat-server', ['exas']],
  ['sip-server', ['excp']],
  ['redis', services],
];

it('no secret, number, name or attached data is in logs, metrics, answers, console, bundle or crash; in Redis where it is promised', async (test) => {
  const lines: Record<Service, string[]> = { excs: [], exas: [], excp: [] };
  const said = (service: Service, text: string) =>
    vi.waitFor(
      () =>
        expect(
          lines[service].some((line) => line.includes(text)),
          `${service}: ${text}`,
        ).toBe(true),
      patience,
    );
  const { url } = await ownRedis();
  const admin = new Redis(url);
  test.onTestFinished(() => void admin.disconnect());
  for (const service of services)
    await admin.call('ACL', 'SETUSER', service, 'on', `>canary-redis-${service}-31d0`, '~*', '+@all');
  const database = (await ownPostgres()).url;
  const site = await E2eSite.start(
    { url, prefix: 'exec', user: (name) => ({ name, password: `canary-redis-${name}-31d0` }) },
    database,
    {
      env: {
        LOG_LEVEL: 'trace',
        SETTINGS_KEY: settingsKey,
        API_TOKEN: `anna=${operator}`,
        API_READ_TOKEN: `grafana=${reader}`,
        EXCS_API_TOKEN: reader,
        ENGAGE_APP_PASSWORD: appPassword,
      },
      onLine: (service, line) => void lines[service].push(line),
    },
  );
  test.onTestFinished(() => site.close());
  const secrets: readonly Canary[] = [
    { name: 'operator token', value: operator },
    { name: 'reader token', value: reader },
    { name: 'settings key', value: settingsKey },
    { name: 'application password', value: appPassword },
    { name: 'password of the Config DB', value: new URL(database).password },
    ...services.map((name) => ({ name: `Redis password of ${name}`, value: `canary-redis-${name}-31d0` })),
    ...site.cloud.clients.map(({ clientId, clientSecret }) => ({
      name: `client secret of ${clientId}`,
      value: clientSecret,
    })),
    { name: 'attached data', value: attached },
  ];
  const names = site.centre.agentsAtWork().map(({ firstName, lastName: last }) => `${firstName} ${last}`);
  const people = [...persons, ...names.map((value) => ({ name: 'name', value }))];
  const all = [...secrets, ...people, ...numbers];
  const search = new Search();

  // What is refused comes back with what was sent.
  const refuse = (operation: string, retryable: boolean, times = 1) =>
    site.cloud.faults.inject({
      operation,
      times,
      fault: { kind: 'event-errors', retryable, message: quoting },
    });
  refuse('postEventsUsersPresence', false, Number.POSITIVE_INFINITY);
  const ports = new Map<Service, number>();
  const portOf = (service: Service) => ports.get(service) ?? 0;
  for (const service of services) {
    ports.set(service, (await site.run(service)).port);
    await untilReady(portOf(service));
  }

  // From then on a user is written because of a change alone.
  await untilAnswered(portOf('excs'), '/health/ready', 'last cycle: unchanged');
  // An agent's name changes, and the cloud refuses it in words that name the person.
  site.cloud.faults.inject({
    operation: 'patchUser',
    fault: { kind: 'status', status: 400, message: quotingPerson },
  });
  await site.renameAgent(lastName);
  await said('excs', 'An operation failed');

  // Before, EXCP does not know who works at a DN, and passes on nothing of its calls.
  const { users } = expectation(site.centre, { folder: site.centre.options.folder }).counts;
  await untilAnswered(portOf('excp'), '/health/ready', `, ${users} agents, `);
  const on = site.engage.switches.get(site.site.switch);
  const [agent] = site.site.agents;
  if (on === undefined || agent === undefined) throw new Error('nobody is at work');
  on.login(agent.dn, { agentId: agent.loginCode, employeeId: agent.employeeId });
  on.ready(agent.dn);
  await untilAnswered(portOf('exas'), `/api/v1/agents/${agent.employeeId}`, 'is not valid');
  refuse('postEventsConversations', false);
  on.release(await answeredCall(on, agent.dn, portOf('excp')), number);
  await untilAnswered(portOf('excp'), '/api/v1/dead-letters', 'is not valid');
  refuse('postEventsConversations', true);
  on.release(await answeredCall(on, agent.dn, portOf('excp')), number);
  await said('excp', 'refused an event for now');
  // This one lasts: while it is looked at, the services hold all of it.
  await answeredCall(on, agent.dn, portOf('excp'));
  const received = () => JSON.stringify(site.cloud.record.accepted());
  await vi.waitFor(() => expect(received()).toContain(number), patience);
  search.look('events that the cloud got', received(), [...secrets, ...people]);
  await admin.xadd(`${site.keyRoot}:excp:in`, '*', 'e', `no entry: ${quoting}`);
  await untilAnswered(portOf('excp'), '/api/v1/quarantine', '"kind"');
  // Somebody who may not asks for the whole numbers.
  expect((await ask(portOf('excp'), '/api/v1/conversations/none?numbers=full', reader)).status).toBe(403);
  expect((await ask(portOf('excs'), '/api/v1/sync', `${operator.slice(0, -1)}-wrong`)).status).toBe(401);

  // What is asked for stands in the address, and that in the log. A name is not known as one there.
  for (const service of services)
    for (const asked of [number, mail, operator])
      await ask(
        portOf(service),
        `/api/v1/agents/${encodeURIComponent(asked)}?of=${encodeURIComponent(asked)}`,
      );

  const answers = new Map<Service, ReadonlyMap<string, string>>();
  for (const service of services) {
    answers.set(service, await answersOf(portOf(service)));
    // EXCS shows agents to those who administer them; nobody else names one.
    const mustNot = service === 'excs' ? [...secrets, ...numbers] : all;
    for (const [path, text] of answers.get(service) ?? [])
      search.look(`answers of ${service}`, `${path}: ${text}`, mustNot);
    expect(search.texts(`answers of ${service}`)).toBeGreaterThan(10);
  }
  await lookThroughRedis({ admin, keyRoot: site.keyRoot, search, secrets, people });

  // What says why a peer is away likes to say how it was asked.
  for (const [peer, whose] of peersOf) {
    await site.proxy(peer).down();
    for (const service of whose) await untilAway(portOf(service));
    await site.proxy(peer).up();
    for (const service of whose) await untilReady(portOf(service));
  }
  for (const service of services) {
    const output = await crash(test, site, service);
    search.look('output of a crash', output, all);
    lines[service].push(...output.split(/(?<=\n)/));
    for (const line of lines[service]) search.look(`log of ${service}`, line, all);
    expect(search.texts(`log of ${service}`)).toBeGreaterThan(50);
  }
  search.look('output of a wrong start', await wrongStart(site), all);

  // The redactor of EXOP knows the secrets; this one knows none: what was gathered must hold none.
  const files = bundleFiles(lines, answers);
  const bundle = gunzipSync(archiveOf(files, { redactor: new Redactor() })).toString();
  expect(bundle).toContain('excp-1/dead-letters.json');
  search.look('support bundle', bundle, all);

  process.stdout.write(`canary run, looked through:\n${search.summary}`);
  expect(search.found).toEqual([]);
}, 300_000);

async function untilReady(port: number): Promise<void> {
  await vi.waitFor(async () => {
    const { status, text } = await ask(port, '/health/ready');
    expect(status, text).toBe(200);
  }, patience);
}

async function untilAway(port: number): Promise<void> {
  await vi.waitFor(async () => expect((await ask(port, '/health/ready')).status).toBe(503), patience);
}

async function untilAnswered(port: number, path: string, text: string): Promise<void> {
  await vi.waitFor(async () => expect((await ask(port, path)).text).toContain(text), patience);
}

/** A call of the customer that is answered; with attached data that nobody asked for. */
async function answeredCall(on: SipSwitch, dn: string, excp: number): Promise<CallUuid> {
  const userData = { CustomerNote: attached, CustomerMail: mail, Caller: { Name: lastName, Number: number } };
  const call = on.inboundCall({ ani: number, dnis: '8000', userData, extension: dn });
  on.answer(call, dn);
  await untilAnswered(excp, `/api/v1/conversations/${call}`, '"connected"');
  on.attachData(call, { DispositionCode: 'none', CustomerNote: attached });
  return call;
}

/** What EXOP gathers of these services. */
function bundleFiles(
  lines: Readonly<Record<Service, readonly string[]>>,
  answers: ReadonlyMap<Service, ReadonlyMap<string, string>>,
): { readonly path: string; readonly content: string }[] {
  const questions = {
    excs: ['sync'],
    exas: [],
    excp: ['gaps', 'dead-letters', 'quarantine'],
  } as const;
  return services.flatMap((service) => {
    const of = (path: string) => bodyOf(answers.get(service)?.get(path));
    return [
      { path: `${service}-1/log.txt`, content: lines[service].join('') },
      { path: `${service}-1/ready.json`, content: of('/health/ready') },
      { path: `${service}-1/metrics.txt`, content: of('/metrics') },
      ...questions[service].map((name) => ({
        path: `${service}-1/${name}.json`,
        content: of(`/api/v1/${name}`),
      })),
    ];
  });
}

/** @throws Error when nobody has asked for it */
function bodyOf(answer: string | undefined): string {
  if (answer === undefined) throw new Error('what the bundle holds was not asked for');
  return answer.slice(answer.indexOf('\n\n') + 2);
}

async function ask(port: number, path: string, token = operator): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, text: `${[...answer.headers].join('\n')}\n\n${await answer.text()}` };
}

/** Every path that can be asked for without knowing an ID, and one of each list that has IDs. */
async function answersOf(port: number): Promise<ReadonlyMap<string, string>> {
  const description = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json();
  const { paths } = description as { readonly paths: Readonly<Record<string, { readonly get?: object }>> };
  const plain = Object.keys(paths).filter((path) => paths[path]?.get !== undefined && !path.includes('{'));
  const answers = new Map<string, string>();
  for (const path of [...plain, '/metrics', '/health/ready', '/console/', '/console/session', '/docs/'])
    answers.set(path, (await ask(port, path)).text);
  for (const [list, field] of [
    ['/api/v1/conversations', 'callUuid'],
    ['/api/v1/quarantine', 'id'],
    ['/api/v1/agents', 'employeeId'],
  ] as const) {
    const body = answers.has(list) ? bodyOf(answers.get(list)) : '{}';
    const { items = [] } = JSON.parse(body) as { readonly items?: readonly Record<string, string>[] };
    for (const item of items.slice(0, 3)) {
      const path = `${list}/${encodeURIComponent(item[field] ?? '')}`;
      answers.set(path, (await ask(port, path)).text);
    }
  }
  answers.set('/console/session, logged in', await consoleSession(port));
  return answers;
}

/** Somebody logs in to the console; what it answers, and what it answers them from then on. */
async function consoleSession(port: number): Promise<string> {
  const address = `http://127.0.0.1:${port}/console/session`;
  const headers = { 'x-console': '1', 'content-type': 'application/json' };
  const body = JSON.stringify({ token: operator });
  const login = await fetch(address, { method: 'POST', headers, body });
  expect(login.status).toBe(204);
  const set = login.headers.get('set-cookie') ?? '';
  const cookie = set.split(';')[0] ?? '';
  const session = await (await fetch(address, { headers: { ...headers, cookie } })).text();
  expect(session).toContain('"loggedIn":true');
  return `${set}\n${session}`;
}

/** Keys that hold what a call consists of; of dead letters the events. */
const keysOfCalls = /:excp:(conversations|in|out|quarantine|dead-letters)$/;
/** Keys of what EXCS keeps in step. */
const keysOfAgents = /:(id-map|excs:users)$/;

async function lookThroughRedis(o: {
  readonly admin: Redis;
  readonly keyRoot: string;
  readonly search: Search;
  readonly secrets: readonly Canary[];
  readonly people: readonly Canary[];
}): Promise<void> {
  const { admin, keyRoot, search, secrets, people } = o;
  const keys = await admin.keys(`${keyRoot}:*`);
  expect(keys.length).toBeGreaterThan(15);
  let found = 0;
  for (const key of keys) {
    const text = JSON.stringify(await contentOf(admin, key));
    const mustNot = [
      ...secrets,
      ...(keysOfAgents.test(key) || /:excp:(quarantine)$/.test(key) ? [] : people),
      ...(keysOfCalls.test(key) ? [] : numbers),
    ];
    search.look('keys of Redis', `${key}: ${text}`, mustNot);
    found += canariesIn(text, numbers).length;
  }
  // Otherwise it was looked for in the wrong place.
  expect(found).toBeGreaterThan(0);
  const letters = await admin.hvals(`${keyRoot}:excp:dead-letters`);
  const reasons = letters.map((text) => (JSON.parse(text) as { readonly reason: string }).reason);
  for (const reason of reasons) search.look('reasons of dead letters', reason, [...numbers, ...people]);
  expect(reasons.filter((reason) => reason.includes('is not valid'))).not.toEqual([]);
}

async function contentOf(admin: Redis, key: string): Promise<unknown> {
  switch (await admin.type(key)) {
    case 'string':
      return await admin.get(key);
    case 'hash':
      return await admin.hgetall(key);
    case 'list':
      return await admin.lrange(key, 0, -1);
    case 'set':
      return await admin.smembers(key);
    case 'zset':
      return await admin.zrange(key, 0, -1);
    case 'stream':
      return await admin.xrange(key, '-', '+');
    default:
      return undefined;
  }
}

/** What a process says that nobody has caught a fault of. */
async function crash(test: TestContext, site: E2eSite, service: Service): Promise<string> {
  const thrower = `process.once('SIGUSR2', () => { throw new Error(${JSON.stringify(
    `crash at ${number} of ${mail}, Bearer ${operator}`,
  )}) })`;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(thrower)}`, `packages/${service}/src/main.ts`],
    { cwd: root, env: { ...nodeEnvironment(), ...site.environment(service) }, stdio: 'pipe' },
  );
  test.onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const closed = once(child, 'close');
  await vi.waitFor(() => expect(output).toContain('Listening on port'), patience);
  child.kill('SIGUSR2');
  expect((await closed)[0]).toBe(1);
  expect(output).toContain('Stopping: crash at');
  return output;
}

/** What a process says of an environment that is wrong. */
async function wrongStart(site: E2eSite): Promise<string> {
  const env = {
    ...site.environment('excs'),
    CONFIG_DB_URL: `mysql://user:${operator}@host/x`,
    API_TOKEN: operator,
  };
  const child = spawn(process.execPath, ['packages/excs/src/main.ts'], {
    cwd: root,
    env: { ...nodeEnvironment(), ...env, SYNC_INTERVAL_SECONDS: 'x' },
    stdio: 'pipe',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  expect((await once(child, 'close'))[0]).toBe(78);
  expect(output).toContain('CONFIG_DB_URL');
  return output;
}
