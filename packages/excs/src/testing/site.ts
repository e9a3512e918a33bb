/** A site for tests: a generated contact centre in a real PostgreSQL, a fake EX organisation, a key space in Redis. */
import { type SettingsService, settingsServices } from '@exec/common/config';
import {
  type ContactCentre,
  type ContactCentreOptions,
  createSchema,
  generateContactCentre,
  load,
  type RowStatement,
  type SchemaProfile,
  writeChanges,
} from '@exec/simulators/config-db';
import { FakeGenesysCloud, type FakeGenesysCloudOptions } from '@exec/simulators/genesys-cloud';
import pg from 'pg';

export interface SiteOptions {
  /** URL of an empty database. */
  readonly database: string;
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly centre?: Partial<ContactCentreOptions>;
  readonly cloud?: FakeGenesysCloudOptions;
  readonly profile?: SchemaProfile;
  readonly env?: NodeJS.ProcessEnv;
  /** Services that have a client in `hybrid_integration`; by default EXCS alone. */
  readonly clients?: readonly SettingsService[];
}

export class Site {
  readonly centre: ContactCentre;
  readonly cloud: FakeGenesysCloud;
  readonly database: pg.Client;
  readonly env: NodeJS.ProcessEnv;
  readonly profile: SchemaProfile;

  private constructor(parts: Pick<Site, 'centre' | 'cloud' | 'database' | 'env' | 'profile'>) {
    this.centre = parts.centre;
    this.cloud = parts.cloud;
    this.database = parts.database;
    this.env = parts.env;
    this.profile = parts.profile;
  }

  static async start(options: SiteOptions): Promise<Site> {
    const cloud = await FakeGenesysCloud.start({
      requestsPerMinute: Number.POSITIVE_INFINITY,
      ...options.cloud,
    });
    const clients: Partial<Record<SettingsService, { clientId: string; clientSecret: string }>> = {};
    for (const [index, service] of settingsServices.entries()) {
      const { clientId, clientSecret } = cloud.clients[index] ?? { clientId: '', clientSecret: '' };
      if ((options.clients ?? ['config_sync']).includes(service))
        clients[service] = { clientId, clientSecret };
    }
    const centre = generateContactCentre({
      seed: 1,
      agents: 20,
      integration: {
        organizationId: cloud.organizationId,
        baseServiceUrl: cloud.url,
        baseAuthUrl: cloud.tokenUrl,
        clients,
      },
      ...options.centre,
    });
    const database = new pg.Client({ connectionString: options.database });
    database.on('error', () => undefined);
    await database.connect();
    const profile = options.profile ?? 'default';
    await createSchema(database, profile);
    await load(database, centre, { profile });
    const { redis } = options;
    const env = {
      ORG_ID: cloud.organizationId,
      TENANT_ID: String(centre.tenantDbid),
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: redis.prefix,
      SETTINGS_PLAINTEXT: 'true',
      GENESYS_CLOUD_ALLOWED_HOSTS: cloud.url,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '100000',
      CONFIG_DB_URL: options.database,
      SYNC_MAX_CREATIONS: '100000',
      SYNC_REVIEW: 'never',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      LOG_LEVEL: 'silent',
      ...options.env,
    };
    return new Site({ centre, cloud, database, env, profile });
  }

  async write(statements: readonly RowStatement[]): Promise<void> {
    await writeChanges(this.database, statements, { profile: this.profile });
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<void> {
    await this.database.query(text, [...values]);
  }

  /** Changes options of a section of `hybrid_integration`. */
  async setClient(service: SettingsService, options: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(options))
      await this.sql(
        `UPDATE cfg_flex_prop o SET prop_value = $3 FROM cfg_flex_prop s WHERE s.prop_name = $1
         AND o.parent_dbid = s.dbid AND o.object_dbid = s.object_dbid AND o.object_type = s.object_type
         AND o.object_type = 16 AND o.prop_name = $2`,
        [service, name, value],
      );
  }

  async close(): Promise<void> {
    await this.database.end().catch(() => undefined);
    await this.cloud.close();
  }
}
