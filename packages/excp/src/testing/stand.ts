/** A whole site for tests: Redis with mapping and settings, switches with SIP Servers, a fake cloud, any number of EXCP. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { Formats, type FormatTable } from '@exec/common/formats';
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { emptyContent, IdMapStore } from '@exec/common/id-map';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { type RunningService, startService } from '@exec/common/service';
import { storeSettings } from '@exec/common/testing';
import { formatAddress, type ServerAddress } from '@exec/engage-link';
import { FakeGenesysCloud, type FakeGenesysCloudOptions } from '@exec/simulators/genesys-cloud';
import { type Production, switchesFor, wrapupCodes } from '@exec/simulators/scenarios';
import { SipServerSimulator, type SipSwitch } from '@exec/simulators/sip-server';
import { z } from 'zod';
import { type ExcpKeys, excpKeys } from '../keys.ts';
import { excpService } from '../service.ts';
import { type CloudIds, contentOf, skillNames } from './mapping.ts';

export interface StandOptions {
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly production: Production;
  readonly cloud?: FakeGenesysCloudOptions;
  /** Further variables of every EXCP. */
  readonly env?: Readonly<Record<string, string>>;
  readonly transferStyle?: 'add' | 'move';
  /** Sites that EXCP watches: both, or the first alone. Default 1. */
  readonly sites?: 1 | 2;
  /** An Engage side that somebody else plays, in place of simulators of its own. */
  readonly engage?: EngageOfStand;
}

export interface EngageOfStand {
  readonly switches: ReadonlyMap<string, SipSwitch>;
  /** Of the servers of each switch, primary and backup. */
  readonly addresses: ReadonlyMap<string, ServerPair>;
}

export type ServerPair = readonly [ServerAddress, ServerAddress];

const tenantId = 101;
/** Service, instance, oldest and newest format. */
const announced = z.tuple([z.string(), z.string(), z.number(), z.number()]);
/** For what hangs, on a machine that has other work as well. */
const limitMs = 120_000;

export class Stand {
  readonly production: Production;
  readonly cloud: FakeGenesysCloud;
  readonly switches: ReadonlyMap<string, SipSwitch>;
  readonly sipServers: ReadonlyMap<string, SipServerSimulator>;
  readonly ids: CloudIds;
  readonly keys: ExcpKeys;
  readonly redis: RedisConnection;
  readonly #o: StandOptions;
  readonly #folder: string;
  /** The SITES_FILE of every EXCP that names none of its own; written once, since several may read it at a time. */
  readonly #sitesFile: string;
  readonly #settingsKey = randomBytes(32).toString('base64');
  readonly #running = new Set<RunningService>();

  private constructor(
    o: StandOptions,
    parts: Pick<Stand, 'cloud' | 'switches' | 'sipServers' | 'ids'> & { readonly folder: string },
  ) {
    this.#o = o;
    this.production = o.production;
    this.cloud = parts.cloud;
    this.switches = parts.switches;
    this.sipServers = parts.sipServers;
    this.ids = parts.ids;
    this.#folder = parts.folder;
    this.#sitesFile = join(parts.folder, 'sites.json');
    this.keys = excpKeys(this.keySpace);
    this.redis = RedisConnection.open({
      url: new Secret(o.redis.url),
      name: 'excp-stand',
      logger: silentLogger,
      // The hands of the test, not what is tested.
      commandTimeoutMs: 60_000,
    });
  }

  static async start(o: StandOptions): Promise<Stand> {
    const cloud = await FakeGenesysCloud.start({ requestsPerMinute: Number.POSITIVE_INFINITY, ...o.cloud });
    const switches =
      o.engage?.switches ??
      switchesFor(o.production, {
        now: () => Date.now(),
        seed: randomBytes(4).toString('hex'),
        ...(o.transferStyle === undefined ? {} : { transferStyle: o.transferStyle }),
      });
    const sipServers = new Map<string, SipServerSimulator>();
    for (const [name, on] of o.engage === undefined ? switches : [])
      sipServers.set(name, await SipServerSimulator.start({ switch: on, clock: systemClock }));
    const folder = await mkdtemp(join(tmpdir(), 'excp-stand-'));
    const stand = new Stand(o, { cloud, switches, sipServers, ids: hire(cloud, o.production), folder });
    const own = new Map([...sipServers].map(([name, { addresses }]) => [name, addresses]));
    await stand.#writeSites(stand.#sitesFile, o.engage?.addresses ?? own);
    await stand.redisUp();
    await stand.storeSettings();
    await stand.storeMapping();
    return stand;
  }

  /** Starts an EXCP inside this process. */
  async excp(
    env: Readonly<Record<string, string>> = {},
    o: { readonly clock?: Clock /** Of another release. */; readonly formats?: FormatTable } = {},
  ): Promise<RunningService> {
    const running = await startService(excpService, { ...this.environment(), ...env }, o);
    this.#running.add(running);
    return running;
  }

  async stop(running: RunningService): Promise<void> {
    this.#running.delete(running);
    await running.stop();
  }

  /** What an EXCP of this site is configured with, also as a process of its own. */
  environment(): Record<string, string> {
    return {
      ORG_ID: this.cloud.organizationId,
      TENANT_ID: String(tenantId),
      REDIS_URL: this.#o.redis.url,
      REDIS_KEY_PREFIX: this.#o.redis.prefix,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      INSTANCE_ID: `excp-${randomBytes(4).toString('hex')}`,
      API_TOKEN: operatorToken,
      SETTINGS_KEY: this.#settingsKey,
      GENESYS_CLOUD_ALLOWED_HOSTS: this.cloud.url,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '100000',
      SITES_FILE: this.#sitesFile,
      LOG_LEVEL: 'silent',
      ...this.#o.env,
    };
  }

  /** Writes a SITES_FILE for one EXCP; answers where it is. */
  async sitesFile(name: string, addresses: ReadonlyMap<string, ServerPair>): Promise<string> {
    const file = join(this.#folder, `${name}.json`);
    await this.#writeSites(file, addresses);
    return file;
  }

  async #writeSites(file: string, addresses: ReadonlyMap<string, ServerPair>): Promise<void> {
    const sites = [...addresses].slice(0, this.#o.sites ?? 1).map(([site, [primary, backup]]) => ({
      switch: site,
      primary: formatAddress(primary),
      backup: formatAddress(backup),
    }));
    await writeFile(file, JSON.stringify(sites));
  }

  /** As if a day had passed without an instance that reads no further than an older format. */
  async aDayPasses(newest: number): Promise<void> {
    const { client } = this.redis;
    const key = this.keySpace.key('formats');
    for (const field of await client.hkeys(key)) {
      const [, , , read] = announced.parse(JSON.parse(field));
      if (read < newest) await client.hdel(key, field);
    }
  }

  /** `clientSecret`: another one than the cloud knows; `id`: of a client of the cloud, by default that of EXCP. */
  async storeSettings(clientSecret?: string, id = 'conversation-provider'): Promise<void> {
    const client = this.cloud.clients.find(({ clientId }) => clientId === id);
    await storeSettings({
      redis: this.redis,
      keys: this.keySpace,
      key: this.#settingsKey,
      cloud: this.cloud,
      service: 'conversation_provider',
      client: client && { ...client, clientSecret: clientSecret ?? client.clientSecret },
    });
  }

  /** `nothing`: as EXCS writes it before its first plan is approved. */
  async storeMapping(what: 'all' | 'nothing' = 'all'): Promise<void> {
    const store = new IdMapStore({ redis: this.redis, keys: this.keySpace, formats: new Formats() });
    const content = contentOf(this.production, this.ids);
    const { dns, sourceId } = content;
    await store.write(what === 'all' ? content : { ...emptyContent, dns, ...(sourceId && { sourceId }) });
  }

  /** What the cloud accepted, as it was sent. */
  accepted(): ConversationEvent[] {
    return this.cloud.record
      .accepted()
      .map(({ kind, event }) => ({ kind: `${kind}Events`, event }) as unknown as ConversationEvent);
  }

  /** Resolves when the condition holds; looked at after each request of the cloud. */
  async until(condition: () => boolean, describe: () => string): Promise<void> {
    try {
      await this.cloud.until(condition, AbortSignal.timeout(limitMs));
    } catch (error) {
      throw new Error(`not within ${limitMs} ms: ${describe()}`, { cause: error });
    }
  }

  /** Resolves when the cloud has accepted so many events more than by now, or when all has been played. */
  async untilPublished(more: number, playing: Promise<unknown>): Promise<void> {
    const { record } = this.cloud;
    const wanted = record.events().accepted + more;
    const published = this.until(
      () => record.events().accepted >= wanted,
      () => `${wanted} accepted events: ${JSON.stringify(record.events())}`,
    );
    await Promise.race([published, playing]);
  }

  /** Resolves when the switches have had so many events more, whoever is told of them, or when all has been played. */
  async untilHappened(more: number, playing: Promise<unknown>): Promise<void> {
    const enough = Promise.withResolvers<void>();
    let left = more;
    const unfollow = [...this.switches.values()].map((on) =>
      on.onEvent(() => {
        left -= 1;
        if (left <= 0) enough.resolve();
      }),
    );
    await Promise.race([enough.promise, playing]);
    for (const end of unfollow) end();
  }

  /** Another one for each term: what a term that ended had sent and not yet recorded, the next one sends once more. */
  leaseEpoch(): Promise<string | null> {
    return this.redis.client.get(this.keys.leaseEpoch);
  }

  /** Resolves when every EXCP that runs is ready, and one of them processes. */
  async ready(): Promise<void> {
    await waitFor(async () => {
      const answers = await Promise.all([...this.#running].map((running) => readiness(running.port)));
      return answers.every((answer) => answer.ready) && answers.some((answer) => answer.active === true);
    }, 'all ready, one active');
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
    for (const server of this.sipServers.values()) await server.close();
    await this.cloud.close();
    await this.redis.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get keySpace(): KeySpace {
    return new KeySpace({ prefix: this.#o.redis.prefix, orgId: this.cloud.organizationId, tenantId });
  }

  /** Resolves when Redis answers. */
  async redisUp(): Promise<void> {
    if (this.redis.up) return;
    const up = Promise.withResolvers<void>();
    const unfollow = this.redis.onState((is) => {
      if (is) up.resolve();
    });
    await up.promise;
    unfollow();
  }
}

/** At every EXCP of a site that is given none. */
export const operatorToken = 'token-of-an-operator-in-tests';

export function askAsOperator(
  port: number,
  path: string,
  method = 'GET',
  token = operatorToken,
): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
}

export interface Readiness {
  readonly ready: boolean;
  readonly active?: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

export async function readiness(port: number): Promise<Readiness> {
  const answer = await askAsOperator(port, '/health/ready');
  return (await answer.json()) as Readiness;
}

export interface Gap {
  readonly site: string;
  readonly connection: string;
  readonly why: string;
}

export async function gapsOf({ port }: RunningService): Promise<readonly Gap[]> {
  const answer = await askAsOperator(port, '/api/v1/gaps');
  return ((await answer.json()) as { readonly items: readonly Gap[] }).items;
}

/** Value of a series, named with its labels; NaN when there is none. */
export async function metricOf({ port }: Pick<RunningService, 'port'>, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? Number.NaN);
}

/** Looks until it holds, ever less often up to five times a second: for what only REST or Redis can tell. */
export async function waitFor(
  condition: () => Promise<boolean>,
  what: string | (() => string),
  withinMs = limitMs,
): Promise<void> {
  const end = AbortSignal.timeout(withinMs);
  for (let pauseMs = 20; !(await condition()); pauseMs = Math.min(200, pauseMs * 1.5)) {
    if (end.aborted)
      throw new Error(`not within ${withinMs} ms: ${typeof what === 'string' ? what : what()}`);
    await systemClock.sleep(pauseMs);
  }
}

function hire(cloud: FakeGenesysCloud, production: Production): CloudIds {
  const users = new Map<string, string>();
  const queues = new Map<string, string>();
  for (const { employeeId, mapped } of production.agents) {
    if (!mapped) continue;
    const email = `${employeeId}@contact.example`;
    users.set(employeeId, cloud.state.users.create({ name: employeeId, email, state: 'active' }).id);
  }
  for (const { number, mapped } of production.queues)
    if (mapped && !queues.has(number)) queues.set(number, cloud.state.queues.create({ name: number }).id);
  const skills = new Map(skillNames.map((name) => [name as string, cloud.state.skills.create(name).id]));
  const codes = new Map(
    wrapupCodes.map((name) => [name as string, cloud.state.wrapupCodes.create({ name }).id]),
  );
  return {
    user: (employeeId) => users.get(employeeId) ?? '',
    queue: (number) => queues.get(number) ?? '',
    skill: (name) => skills.get(name) ?? '',
    code: (name) => codes.get(name) ?? '',
    source: cloud.state.presence.saveSource({ name: 'Engage' }).id,
  };
}
