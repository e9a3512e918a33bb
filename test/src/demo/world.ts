/** Everything that the demo starts: servers, a contact centre, the two sides, and the services between them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeySpace } from '@exec/common/redis';
import { buildConsole } from '@exec/console';
import {
  type ContactCentre,
  createSchema,
  type Expectation,
  expectation,
  generateContactCentre,
  load,
} from '@exec/simulators/config-db';
import { EngageProcess } from '@exec/simulators/scenarios';
import { startPostgres, startRedis } from '@exec/testing/servers';
import { Client } from 'pg';
import { BridgedEngage, type Engage } from './engage.ts';
import { FakeCloud } from './fake-cloud.ts';
import type { DemoOptions } from './options.ts';
import { Processes } from './processes.ts';
import { type Programme, programmeFor } from './programme.ts';
import { Service } from './service.ts';
import { sitesOf } from './sites.ts';

const emailDomain = 'contact.example';
/** The services keep 5 % of the budget that the cloud allows, as in production. */
const headroom = 0.95;

export class World {
  readonly cloud: FakeCloud;
  readonly engage: Engage;
  readonly expectation: Expectation;
  readonly centre: ContactCentre;
  readonly services: Readonly<Record<'excs' | 'exas' | 'excp1' | 'excp2', Service>>;
  readonly logFolder: string;
  readonly servers: readonly string[];
  /** Agents of the first site who can work. */
  readonly working: number;
  /** Scripted calls that are played beside the day. */
  readonly programme: Programme;
  /** Employee IDs of the agents who play them. */
  readonly actors: ReadonlySet<string>;
  /** Telephones and virtual queues that EXCP registers. */
  readonly addresses: number;
  /** Where things are kept, for who puts something there by hand. */
  readonly stores: { readonly database: string; readonly redis: string; readonly keys: KeySpace };
  /** An agent of the first site who can work. */
  readonly anAgent: { readonly site: string; readonly dn: string; readonly loginCode: string };
  /** Of the API and the consoles. */
  readonly tokens: { readonly operator: string; readonly reader: string };

  constructor(parts: Omit<World, never>) {
    this.cloud = parts.cloud;
    this.engage = parts.engage;
    this.expectation = parts.expectation;
    this.centre = parts.centre;
    this.services = parts.services;
    this.logFolder = parts.logFolder;
    this.servers = parts.servers;
    this.working = parts.working;
    this.programme = parts.programme;
    this.actors = parts.actors;
    this.addresses = parts.addresses;
    this.stores = parts.stores;
    this.anAgent = parts.anAgent;
    this.tokens = parts.tokens;
  }
}

/** Things to end, newest first. Ending twice is harmless. */
export class Cleanup {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #ended: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  end(): Promise<void> {
    this.#ended ??= this.#run();
    return this.#ended;
  }

  async #run(): Promise<void> {
    for (const step of this.#steps.toReversed()) await step().catch(() => undefined);
  }
}

export async function startWorld(
  options: DemoOptions & { readonly review?: 'first' },
  cleanup: Cleanup,
  on: {
    readonly step: (text: string) => void;
    readonly died: (name: string, how: string) => void;
    /** A service of the connector answers from now on. */
    readonly listening?: (service: Service) => void;
  },
): Promise<World> {
  const logFolder = await mkdtemp(join(tmpdir(), 'exec-demo-'));
  cleanup.add(() => rm(logFolder, { recursive: true, force: true }));

  on.step('PostgreSQL and Redis');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  cleanup.add(() => postgres.stop());
  cleanup.add(() => redis.stop());

  const processes = new Processes(logFolder, on.died);
  cleanup.add(() => processes.end());
  const organizationId = randomUUID();
  const clients = {
    config_sync: { clientId: 'config-sync', clientSecret: secret() },
    agent_state_sync: { clientId: 'agent-state-sync', clientSecret: secret() },
    conversation_provider: { clientId: 'conversation-provider', clientSecret: secret() },
  };
  on.step('fake Genesys Cloud');
  const cloud = await FakeCloud.of(
    processes.start('genesys-cloud', {
      script: 'packages/simulators/src/genesys-cloud/main.ts',
      args: [
        ...['--organization-id', organizationId, '--requests-per-minute', String(options.budget)],
        ...Object.values(clients).flatMap(({ clientId, clientSecret }) => [
          '--client',
          `${clientId}:${clientSecret}`,
        ]),
      ],
    }),
  );

  on.step('contact centre');
  const centre = generateContactCentre({
    seed: options.seed,
    agents: options.agents,
    switches: 2,
    queues: Math.max(12, Math.round(options.agents / 25)),
    emailDomain,
    integration: {
      organizationId,
      organizationShortName: 'example-org',
      baseServiceUrl: cloud.url,
      baseAuthUrl: cloud.tokenUrl,
      clients,
      agentPollingInterval: 2,
    },
  });
  await fillDatabase(postgres.url, centre);
  const folder = centre.options.folder;
  const expected = expectation(centre, { folder, defaultEmailDomain: emailDomain });

  on.step(options.bridge ? 'SIP Servers, Stat Servers, bridges' : 'SIP Servers and Stat Servers');
  const { sites, working } = sitesOf(centre, expected);
  const engage: Engage = options.bridge
    ? await BridgedEngage.start({ sites }, { logFolder, died: on.died })
    : await EngageProcess.start({ sites });
  cleanup.add(() => engage.stop());

  on.step('services');
  await buildConsole();
  const sitesFile = join(logFolder, 'sites.json');
  await writeFile(
    sitesFile,
    JSON.stringify(
      engage.addresses.sites.map((site) => ({
        switch: site.switch,
        primary: addressOf(site.sip[0]),
        backup: addressOf(site.sip[1]),
      })),
    ),
  );
  const [apiToken, readToken] = [secret(), secret()];
  const common = {
    ORG_ID: organizationId,
    TENANT_ID: String(centre.tenantDbid),
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: redis.keyPrefix.replace(/:$/, ''),
    SETTINGS_KEY: randomBytes(32).toString('base64'),
    API_TOKEN: apiToken,
    API_READ_TOKEN: readToken,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    GENESYS_CLOUD_ALLOWED_HOSTS: cloud.url,
    GENESYS_CLOUD_REQUESTS_PER_MINUTE: String(Math.floor(options.budget * headroom)),
  };
  const start = async (name: string, service: string, env: Readonly<Record<string, string>>) => {
    const running = await Service.of(
      processes.start(name, {
        script: `packages/${service}/src/main.ts`,
        env: { ...common, INSTANCE_ID: name, ...env },
      }),
      apiToken,
    );
    on.listening?.(running);
    return running;
  };
  const excs = await start('excs', 'excs', {
    CONFIG_DB_URL: postgres.url,
    SYNC_FOLDER: folder,
    SYNC_INTERVAL_SECONDS: '2',
    // Nobody sits before the demo to approve its plan.
    SYNC_REVIEW: options.review ?? 'never',
    DEFAULT_EMAIL_DOMAIN: emailDomain,
  });
  const linked = { EXCS_URL: excs.url, EXCS_API_TOKEN: apiToken };
  const [primary, backup] = engage.addresses.stat;
  const [exas, excp1, excp2] = await Promise.all([
    start('exas', 'exas', {
      ...linked,
      STAT_SERVER_PRIMARY: addressOf(primary),
      STAT_SERVER_BACKUP: addressOf(backup),
      TENANT_NAME: centre.tenantName,
    }),
    start('excp-1', 'excp', { ...linked, SITES_FILE: sitesFile }),
    start('excp-2', 'excp', { ...linked, SITES_FILE: sitesFile }),
  ]);
  const programme = programmeFor({
    first: { agents: Math.floor(working / 2), queues: sites[0].queues.length },
  });
  return new World({
    cloud,
    engage,
    expectation: expected,
    centre,
    services: { excs, exas, excp1, excp2 },
    logFolder,
    servers: [postgres.how, redis.how, ...(options.bridge ? ['bridges on a double of the SDK'] : [])],
    working,
    programme,
    actors: new Set(
      sites[0].agents.slice(working - programme.agents, working).map(({ employeeId }) => employeeId),
    ),
    stores: {
      database: postgres.url,
      redis: redis.url,
      keys: new KeySpace({
        prefix: common.REDIS_KEY_PREFIX,
        orgId: organizationId,
        tenantId: centre.tenantDbid,
      }),
    },
    anAgent: {
      site: sites[0].switch,
      dn: sites[0].agents[0]?.dn ?? '',
      loginCode: sites[0].agents[0]?.loginCode ?? '',
    },
    addresses: expected.numbers.length + expected.queues.length,
    tokens: { operator: apiToken, reader: readToken },
  });
}

async function fillDatabase(url: string, centre: ContactCentre): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await createSchema(client);
    await load(client, centre);
  } finally {
    await client.end();
  }
}

function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}
