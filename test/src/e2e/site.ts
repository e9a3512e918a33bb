/** A small contact centre with all services in this process, and a faulty proxy in front of everything they need. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '@exec/common/clock';
import type { ServiceName } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import { type RunningService, startService } from '@exec/common/service';
import { exasService } from '@exec/exas';
import { excpService } from '@exec/excp';
import { excsService } from '@exec/excs';
import {
  applyMutation,
  type ContactCentre,
  createSchema,
  expectation,
  type Flaw,
  generateContactCentre,
  type HybridIntegration,
  load,
  type Mutation,
  writeChanges,
} from '@exec/simulators/config-db';
import { FakeGenesysCloud } from '@exec/simulators/genesys-cloud';
import { EngageSide, engageConfig } from '@exec/simulators/scenarios';
import { FaultProxy } from '@exec/testing/proxy';
import { Client } from 'pg';

export type Peer = 'redis' | 'config-db' | 'stat-server' | 'sip-server' | 'genesys-cloud';

export interface Dependency {
  readonly name: string;
  readonly up: boolean;
  readonly detail: string;
}

/** The Redis of a site, and whom each service logs in as; without it nobody logs in. */
export interface SiteRedis {
  readonly url: string;
  readonly prefix: string;
  readonly user?: (service: ServiceName) => { readonly name: string; readonly password: string };
}

/** What a run of a site is given besides. */
export interface SiteOptions {
  /** Further variables of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Irregularities of the contact centre. */
  readonly flaws?: readonly Flaw[];
  /** Where the services' own loggers write; without it they are silent. */
  readonly onLine?: (service: ServiceName, line: string) => void;
}

export class E2eSite {
  readonly cloud: FakeGenesysCloud;
  readonly engage: EngageSide;
  readonly centre: ContactCentre;
  readonly #integration: HybridIntegration;
  readonly #proxies: ReadonlyMap<Peer, FaultProxy>;
  readonly #common: Readonly<Record<string, string>>;
  readonly #databaseUrl: string;
  readonly #redis: SiteRedis;
  readonly #options: SiteOptions;
  readonly #running: RunningService[] = [];

  private constructor(parts: {
    cloud: FakeGenesysCloud;
    engage: EngageSide;
    centre: ContactCentre;
    integration: HybridIntegration;
    proxies: ReadonlyMap<Peer, FaultProxy>;
    databaseUrl: string;
    redis: SiteRedis;
    options: SiteOptions;
  }) {
    this.cloud = parts.cloud;
    this.engage = parts.engage;
    this.centre = parts.centre;
    this.#integration = parts.integration;
    this.#proxies = parts.proxies;
    this.#databaseUrl = parts.databaseUrl;
    this.#redis = parts.redis;
    this.#options = parts.options;
    this.#common = {
      ORG_ID: parts.cloud.organizationId,
      TENANT_ID: String(parts.centre.tenantDbid),
      REDIS_KEY_PREFIX: parts.redis.prefix,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      SETTINGS_KEY: randomBytes(32).toString('base64'),
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '60000',
      LOG_LEVEL: 'silent',
      ...parts.options.env,
    };
  }

  static async start(redis: SiteRedis, databaseUrl: string, options: SiteOptions = {}): Promise<E2eSite> {
    const { flaws = [] } = options;
    const cloud = await FakeGenesysCloud.start({ requestsPerMinute: Number.POSITIVE_INFINITY });
    const cloudProxy = await FaultProxy.start({ target: cloud.url });
    const [config_sync, agent_state_sync, conversation_provider] = cloud.clients;
    if (!config_sync || !agent_state_sync || !conversation_provider)
      throw new Error('the fake has too few clients');
    const throughProxy = new URL(cloudProxy.through(cloud.url)).origin;
    const integration: HybridIntegration = {
      organizationId: cloud.organizationId,
      baseServiceUrl: throughProxy,
      baseAuthUrl: `${throughProxy}/oauth/token`,
      clients: { config_sync, agent_state_sync, conversation_provider },
      agentPollingInterval: 1,
    };
    const centre = generateContactCentre({ seed: 5, agents: 20, switches: 1, flaws, integration });
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await createSchema(client);
    await load(client, centre);
    await client.end();
    const engage = await EngageSide.start(engageConfig.parse({ sites: [siteOf(centre)] }), systemClock);
    const [site] = engage.addresses.sites;
    const [stat] = engage.addresses.stat;
    if (site === undefined) throw new Error('the Engage side has no site');
    const [sip] = site.sip;
    const proxies = new Map<Peer, FaultProxy>([
      ['genesys-cloud', cloudProxy],
      ['redis', await FaultProxy.start({ target: redis.url })],
      ['config-db', await FaultProxy.start({ target: databaseUrl })],
      ['stat-server', await FaultProxy.start({ target: `${stat.host}:${stat.port}` })],
      ['sip-server', await FaultProxy.start({ target: `${sip.host}:${sip.port}` })],
    ]);
    return new E2eSite({ cloud, engage, centre, integration, proxies, databaseUrl, redis, options });
  }

  proxy(peer: Peer): FaultProxy {
    const found = this.#proxies.get(peer);
    if (found === undefined) throw new Error(`there is no proxy for ${peer}`);
    return found;
  }

  environment(service: 'excs' | 'exas' | 'excp'): Record<string, string> {
    const common = {
      ...this.#common,
      REDIS_URL: this.#redisUrlOf(service),
      GENESYS_CLOUD_ALLOWED_HOSTS: new URL(this.proxy('genesys-cloud').through(this.cloud.url)).origin,
      INSTANCE_ID: `${service}-${randomBytes(4).toString('hex')}`,
    };
    const address = (peer: Peer) => `127.0.0.1:${this.proxy(peer).port}`;
    switch (service) {
      case 'excs':
        return {
          ...common,
          CONFIG_DB_URL: this.proxy('config-db').through(this.#databaseUrl),
          SYNC_FOLDER: this.centre.options.folder,
          SYNC_INTERVAL_SECONDS: '1',
          SYNC_REVIEW: 'never',
        };
      case 'exas':
        return {
          ...common,
          STAT_SERVER_PRIMARY: address('stat-server'),
          TENANT_NAME: this.centre.tenantName,
        };
      case 'excp':
        return {
          ...common,
          SIP_SERVER_PRIMARY: address('sip-server'),
          SWITCH_NAME: this.engage.addresses.sites[0]?.switch ?? '',
          EXCS_URL: this.excsUrl ?? 'http://127.0.0.1:9',
        };
    }
  }

  /** The switch with its people. */
  get site(): ReturnType<typeof siteOf> {
    return siteOf(this.centre);
  }

  /** What the keys of this site begin with. */
  get keyRoot(): string {
    const { REDIS_KEY_PREFIX, ORG_ID, TENANT_ID } = this.#common;
    return `${REDIS_KEY_PREFIX}:{${ORG_ID}.${TENANT_ID}}:v1`;
  }

  #redisUrlOf(service: ServiceName): string {
    const url = new URL(this.proxy('redis').through(this.#redis.url));
    const user = this.#redis.user?.(service);
    if (user !== undefined) Object.assign(url, { username: user.name, password: user.password });
    return url.href;
  }

  excsUrl: string | undefined;

  async run(service: 'excs' | 'exas' | 'excp'): Promise<RunningService> {
    const env = this.environment(service);
    const { onLine } = this.#options;
    const overrides =
      onLine === undefined
        ? { logger: silentLogger }
        : { logDestination: { write: (line: string) => onLine(service, line) } };
    const running =
      service === 'excs'
        ? await startService(excsService(), env, overrides)
        : service === 'exas'
          ? await startService(exasService, env, overrides)
          : await startService(excpService, env, overrides);
    if (service === 'excs') this.excsUrl = `http://127.0.0.1:${running.port}`;
    this.#running.push(running);
    return running;
  }

  /** Writes another client secret of EXCS into the transaction, as an administrator would; without one the right one. */
  async setClientSecret(
    clientSecret = this.#integration.clients.config_sync?.clientSecret ?? '',
  ): Promise<void> {
    const { config_sync } = this.#integration.clients;
    await this.#change({
      kind: 'integration.set',
      tenant: this.centre.tenantDbid,
      integration: {
        ...this.#integration,
        clients: {
          ...this.#integration.clients,
          config_sync: { clientId: config_sync?.clientId ?? '', clientSecret },
        },
      },
    });
  }

  /** Tells the connector another address of the cloud, as an administrator would. */
  async moveCloud(origin: string): Promise<void> {
    const addresses = { baseServiceUrl: origin, baseAuthUrl: `${origin}/oauth/token` };
    const integration = { ...this.#integration, ...addresses };
    await this.#change({ kind: 'integration.set', tenant: this.centre.tenantDbid, integration });
  }

  /** Gives an agent another last name, which EXCS has to tell the cloud. */
  async renameAgent(lastName: string): Promise<void> {
    const [agent] = this.centre.agentsAtWork();
    if (agent === undefined) throw new Error('nobody is at work');
    await this.#change({ kind: 'person.rename', person: agent.dbid, lastName });
  }

  async #change(mutation: Mutation): Promise<void> {
    const statements = applyMutation(this.centre, mutation);
    const client = new Client({ connectionString: this.#databaseUrl });
    await client.connect();
    await writeChanges(client, statements);
    await client.end();
  }

  async close(): Promise<void> {
    // The newest first: EXCP and EXAS use EXCS.
    for (const running of this.#running.toReversed()) await running.stop();
    await this.engage.close();
    for (const proxy of this.#proxies.values()) await proxy.close();
    await this.cloud.close();
  }
}

function siteOf(centre: ContactCentre) {
  const agents = centre.agentsAtWork().flatMap(({ employeeId, logins, extension }) => {
    const login = logins.find((one) => one.switch === extension?.switch);
    if (extension === undefined || login === undefined) return [];
    return [{ employeeId, loginCode: login.code, dn: extension.number }];
  });
  const [queue] = expectation(centre).queues;
  const name = queue?.switch ?? '';
  const used = new Set(agents.map(({ dn }) => dn));
  const { queues, numbers } = expectation(centre);
  return {
    switch: name,
    agents,
    queues: queues.filter((one) => one.switch === name).map(({ number }) => number),
    extensions: numbers
      .filter((one) => one.switch === name && !used.has(one.number))
      .map(({ number }) => number),
  };
}

export async function dependenciesOf(
  port: number,
): Promise<{ readonly status: number; readonly dependencies: readonly Dependency[] }> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  const { dependencies } = (await answer.json()) as { readonly dependencies: readonly Dependency[] };
  return { status: answer.status, dependencies };
}
