/** A whole site for tests: Redis with mapping and settings, switches with SIP Servers, a fake cloud, any number of EXCP. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@exec/common/clock';
import { Secret, SettingsStore } from '@exec/common/config';
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { IdMapStore } from '@exec/common/id-map';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { type RunningService, startService } from '@exec/common/service';
import { formatAddress } from '@exec/engage-link';
import { FakeGenesysCloud, type FakeGenesysCloudOptions } from '@exec/simulators/genesys-cloud';
import { type Production, switchesFor, wrapupCodes } from '@exec/simulators/scenarios';
import { SipServerSimulator, type SipSwitch } from '@exec/simulators/sip-server';
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
}

const tenantId = 101;
const limitMs = 15_000;

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
    this.keys = excpKeys(this.#keySpace);
    this.redis = RedisConnection.open({
      url: new Secret(o.redis.url),
      name: 'excp-stand',
      logger: silentLogger,
    });
  }

  static async start(o: StandOptions): Promise<Stand> {
    const cloud = await FakeGenesysCloud.start({ requestsPerMinute: Number.POSITIVE_INFINITY, ...o.cloud });
    const switches = switchesFor(o.production, {
      now: () => Date.now(),
      seed: randomBytes(4).toString('hex'),
      ...(o.transferStyle === undefined ? {} : { transferStyle: o.transferStyle }),
    });
    const sipServers = new Map<string, SipServerSimulator>();
    for (const [name, on] of switches)
      sipServers.set(name, await SipServerSimulator.start({ switch: on, clock: systemClock }));
    const folder = await mkdtemp(join(tmpdir(), 'excp-stand-'));
    const stand = new Stand(o, { cloud, switches, sipServers, ids: hire(cloud, o.production), folder });
    await stand.redisUp();
    await stand.storeSettings();
    await stand.storeMapping();
    return stand;
  }

  /** Starts an EXCP inside this process. */
  async excp(env: Readonly<Record<string, string>> = {}): Promise<RunningService> {
    const running = await startService(excpService, { ...(await this.environment()), ...env });
    this.#running.add(running);
    return running;
  }

  async stop(running: RunningService): Promise<void> {
    this.#running.delete(running);
    await running.stop();
  }

  /** What an EXCP of this site is configured with, also as a process of its own. */
  async environment(): Promise<Record<string, string>> {
    const file = join(this.#folder, 'sites.json');
    const sites = [...this.sipServers].slice(0, this.#o.sites ?? 1).map(([name, { addresses }]) => ({
      switch: name,
      primary: formatAddress(addresses[0]),
      backup: formatAddress(addresses[1]),
    }));
    await writeFile(file, JSON.stringify(sites));
    return {
      ORG_ID: this.cloud.organizationId,
      TENANT_ID: String(tenantId),
      REDIS_URL: this.#o.redis.url,
      REDIS_KEY_PREFIX: this.#o.redis.prefix,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      INSTANCE_ID: `excp-${randomBytes(4).toString('hex')}`,
      SETTINGS_KEY: this.#settingsKey,
      GENESYS_CLOUD_ALLOWED_HOSTS: this.cloud.url,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '100000',
      SITES_FILE: file,
      LOG_LEVEL: 'silent',
      ...this.#o.env,
    };
  }

  async storeSettings(clientSecret?: string): Promise<void> {
    const client = this.cloud.clients.find(({ clientId }) => clientId === 'conversation-provider');
    const store = new SettingsStore({
      redis: this.redis,
      keys: this.#keySpace,
      encryption: { key: new Secret(this.#settingsKey), plaintext: false },
    });
    await store.write({
      organizationId: this.cloud.organizationId,
      baseServiceUrl: this.cloud.url,
      tokenUrl: this.cloud.tokenUrl,
      agentPollingIntervalSeconds: 1,
      clients: {
        conversation_provider: {
          clientId: client?.clientId ?? '',
          clientSecret: new Secret(clientSecret ?? client?.clientSecret ?? ''),
        },
      },
    });
  }

  async storeMapping(): Promise<void> {
    const store = new IdMapStore({ redis: this.redis, keys: this.#keySpace });
    await store.write(contentOf(this.production, this.ids));
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

  get #keySpace(): KeySpace {
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

export interface Readiness {
  readonly ready: boolean;
  readonly active?: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

export async function readiness(port: number): Promise<Readiness> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return (await answer.json()) as Readiness;
}

/** Looks until it holds: for what only REST or Redis can tell. */
export async function waitFor(condition: () => Promise<boolean>, what: string): Promise<void> {
  const end = AbortSignal.timeout(limitMs);
  while (!(await condition())) {
    if (end.aborted) throw new Error(`not within ${limitMs} ms: ${what}`);
    await systemClock.sleep(20);
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
    if (mapped) queues.set(number, cloud.state.queues.create({ name: number }).id);
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
