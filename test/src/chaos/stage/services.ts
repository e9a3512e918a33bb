/** The five services of a run: their environments, each with a proxy before everything that it speaks to. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textOf } from '@exec/common/trouble';
import type { EngageSide } from '@exec/simulators/scenarios';
import { OtherClock, type OwnServer, portForLater } from '@exec/testing/servers';
import type { Notes } from '../history/history.ts';
import type { Centre } from './centre.ts';
import { linkConnections, type Proxies, sipPart } from './proxies.ts';
import { ServiceProcess } from './service-process.ts';

export const watchers = ['excp-1', 'excp-2'] as const;
export const serviceNames = ['excs', 'exas-1', 'exas-2', ...watchers] as const;
export type ServiceName = (typeof serviceNames)[number];

export type Services = Readonly<Record<ServiceName, ServiceProcess>>;
export type Clocks = Readonly<Record<ServiceName | 'redis', OtherClock>>;

interface Parts {
  readonly folder: string;
  readonly say: (text: string) => void;
  readonly history: Notes;
  readonly clocks: Clocks | undefined;
  readonly cloudUrl: string;
  readonly centre: Centre;
  readonly engage: EngageSide;
  readonly proxies: Proxies;
  readonly redis: OwnServer;
  readonly postgres: OwnServer;
  /** Of the cloud, for each token. */
  readonly requestsPerMinute: number;
  readonly env: ServiceEnvironments;
}

/** Variables that are different from those of every run, by service. */
export type ServiceEnvironments = Readonly<
  Partial<Record<'excs' | 'exas' | 'excp', Readonly<Record<string, string>>>>
>;

/** Clocks that can be set, for each service and Redis; undefined, and said, where there is no libfaketime. */
export async function clocksOf(
  say: (text: string) => void,
  ends: AsyncDisposableStack,
): Promise<Clocks | undefined> {
  // Redis runs as another user, who must be able to read its clock.
  const folder = await mkdtemp(join(tmpdir(), 'exec-clocks-'));
  ends.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  try {
    const clocks: Partial<Record<keyof Clocks, OtherClock>> = {};
    for (const name of [...serviceNames, 'redis'] as const)
      clocks[name] = await OtherClock.create(folder, name);
    return clocks as Clocks;
  } catch (error) {
    say(`clocks are left alone: ${textOf(error)}`);
    return undefined;
  }
}

/** Starts all five, each with its own proxies; `ends` gets what has to be ended. */
export async function startServices(parts: Parts, ends: AsyncDisposableStack): Promise<Services> {
  const { clocks, cloudUrl, centre, engage, proxies, redis, postgres, history, folder, say } = parts;
  say('services');
  const apiToken = randomBytes(24).toString('base64url');
  const common = {
    ORG_ID: centre.source.options.integration?.organizationId ?? '',
    TENANT_ID: String(centre.source.tenantDbid),
    REDIS_KEY_PREFIX: 'exec',
    SETTINGS_KEY: randomBytes(32).toString('base64'),
    API_TOKEN: apiToken,
    HTTP_HOST: '127.0.0.1',
    GENESYS_CLOUD_ALLOWED_HOSTS: cloudUrl,
    GENESYS_CLOUD_REQUESTS_PER_MINUTE: String(Math.floor(parts.requestsPerMinute * 0.95)),
  };
  const ports = new Map<ServiceName, number>();
  for (const name of serviceNames) ports.set(name, await portForLater());
  const through = async (
    from: ServiceName,
    to: string,
    address: { readonly host: string; readonly port: number },
  ) => (await proxies.add(from, to, `${address.host}:${address.port}`)).address;
  const linked = async (name: ServiceName) => ({
    EXCS_URL: `http://${(await proxies.add(name, 'excs', `http://127.0.0.1:${ports.get('excs')}`)).address}`,
    EXCS_API_TOKEN: apiToken,
    ENGAGE_APP_NAME: name,
  });
  const own: Readonly<
    Record<'excs' | 'exas' | 'excp', (name: ServiceName) => Promise<Record<string, string>>>
  > = {
    excs: async (name) => ({
      CONFIG_DB_URL: (await proxies.add(name, 'postgres', postgres.url)).through(postgres.url),
      SYNC_FOLDER: centre.source.options.folder,
      SYNC_INTERVAL_SECONDS: '2',
      SYNC_REVIEW: 'never',
      DEFAULT_EMAIL_DOMAIN: centre.emailDomain,
    }),
    exas: async (name) => {
      const [primary, backup] = engage.addresses.stat;
      return {
        ...(await linked(name)),
        STAT_SERVER_PRIMARY: await through(name, 'stat-primary', primary),
        STAT_SERVER_BACKUP: await through(name, 'stat-backup', backup),
        TENANT_NAME: centre.source.tenantName,
      };
    },
    excp: async (name) => {
      const sites: object[] = [];
      for (const [index, { switch: on, sip }] of engage.addresses.sites.entries()) {
        const [primary, backup] = sip;
        const pairs: Record<string, { primary: string; backup: string }> = {};
        for (const connection of linkConnections)
          pairs[connection] = {
            primary: await through(name, `${sipPart(index)}-${connection}-primary`, primary),
            backup: await through(name, `${sipPart(index)}-${connection}-backup`, backup),
          };
        sites.push({ switch: on, ...pairs });
      }
      const sitesFile = join(folder, `${name}-sites.json`);
      await writeFile(sitesFile, JSON.stringify(sites));
      return { ...(await linked(name)), SITES_FILE: sitesFile };
    },
  };
  const running: Partial<Record<ServiceName, ServiceProcess>> = {};
  for (const name of serviceNames) {
    const [service = 'excs'] = name.split('-') as ['excs' | 'exas' | 'excp'];
    const port = ports.get(name) ?? 0;
    const process_ = new ServiceProcess({
      ...{ name, service, port, logFile: join(folder, `${name}.log`) },
      env: {
        ...common,
        ...clocks?.[name].env,
        INSTANCE_ID: name,
        HTTP_PORT: String(port),
        REDIS_URL: (await proxies.add(name, 'redis', redis.url)).through(redis.url),
        ...(await own[service](name)),
        ...parts.env[service],
      },
      on: (event, wanted, how) =>
        history.add({
          what: 'process',
          at: Date.now(),
          name,
          event,
          wanted,
          ...(how === undefined ? {} : { how }),
        }),
    });
    await process_.start();
    ends.defer(() => process_.stop());
    running[name] = process_;
  }
  return running as Services;
}
