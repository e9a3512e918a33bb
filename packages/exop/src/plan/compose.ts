/** Renders the compose file of one VM, hardened, in the words that compose v2 and docker-compose 1.29 share. */
import { toYaml, type Yaml } from './yaml.ts';

/** Label of a container: the release directory that it runs from. */
export const releaseLabel = 'exec.release';

export interface ComposeService {
  /** Name of the compose service: `excs`, `exas`, `excp`, `bridge`. */
  readonly name: string;
  readonly image: string;
  /** In place of the image's own. */
  readonly command?: readonly string[];
  /** Plain values; secrets come as files. */
  readonly environment: Readonly<Record<string, string>>;
  /** An environment file beside the compose file, for files that people fill in by hand. */
  readonly envFile?: string;
  /** By variable: `REDIS_URL` is mounted from `<secretsFolder>/redis_url` and told as `REDIS_URL_FILE`. */
  readonly secrets: readonly string[];
  /** Variables whose value is a path: mounted likewise, told under their own name. */
  readonly files: readonly string[];
  /** Files that are mounted likewise and told by no variable. */
  readonly mounts?: readonly string[];
  /** Port inside and outside of the container. */
  readonly port: number;
  /** Address of the VM on which the port is published. */
  readonly publishAddress: string;
  /** A second port, where others connect. */
  readonly link?: { readonly port: number; readonly publishAddress: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
}

export interface ComposeOptions {
  /** Default `./secrets`. */
  readonly secretsFolder?: string;
}

/**
 * The hardening of every container of ours, and its limits. The health check is the image's own: it asks
 * `/health/live`, so that an absent dependency causes no restarts.
 */
export const hardening = {
  user: '65532:65532',
  read_only: true,
  tmpfs: ['/tmp:rw,noexec,nosuid,nodev,size=16m'],
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  mem_limit: '512m',
  // No swap besides, and no image of the memory on the disk: both would hold secrets.
  memswap_limit: '512m',
  ulimits: { core: 0 },
  pids_limit: 100,
  restart: 'unless-stopped',
  // The services need up to 10 s to finish what is in flight; compose would kill them at 10 s.
  stop_grace_period: '15s',
  logging: { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '5' } },
  healthcheck: { interval: '30s', timeout: '5s', retries: 3, start_period: '30s' },
} as const satisfies Yaml;

/** The whole file. No `version`: compose v2 warns about it and docker-compose 1.29 does without. */
export function renderCompose(services: readonly ComposeService[], options: ComposeOptions = {}): string {
  const folder = options.secretsFolder ?? './secrets';
  const mounted = [...new Set(services.flatMap(mountedBy))].sort();
  const document: Record<string, Yaml> = {
    services: Object.fromEntries(services.map((service) => [service.name, serviceYaml(service)])),
  };
  if (mounted.length > 0)
    document.secrets = Object.fromEntries(
      mounted.map((name) => [name.toLowerCase(), { file: `${folder}/${name.toLowerCase()}` }]),
    );
  return `# Written by the bootstrap; changes by hand are undone by the next run.${toYaml(document)}`;
}

function mountedBy({ secrets, files, mounts = [] }: ComposeService): readonly string[] {
  return [...secrets, ...files, ...mounts];
}

function serviceYaml(service: ComposeService): Yaml {
  const mounted = mountedBy(service)
    .map((name) => name.toLowerCase())
    .sort();
  const environment: Record<string, string> = { ...service.environment };
  // The root certificate of the Config DB is named inside CONFIG_DB_URL, not by a variable.
  for (const name of service.files)
    if (!pathOnly.has(name)) environment[name] = `/run/secrets/${name.toLowerCase()}`;
  for (const name of service.secrets) environment[`${name}_FILE`] = `/run/secrets/${name.toLowerCase()}`;
  const sorted = Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    image: service.image,
    ...(service.command === undefined ? {} : { command: service.command }),
    ...(service.profiles === undefined ? {} : { profiles: service.profiles }),
    ...hardening,
    ports: [service, ...(service.link === undefined ? [] : [service.link])].map(
      ({ publishAddress, port }) => `${bracketed(publishAddress)}:${port}:${port}`,
    ),
    ...(service.envFile === undefined ? {} : { env_file: [service.envFile] }),
    ...(Object.keys(sorted).length === 0 ? {} : { environment: sorted }),
    ...(mounted.length === 0 ? {} : { secrets: mounted }),
    ...(service.labels === undefined ? {} : { labels: service.labels }),
  };
}

/** Files that are mounted although no variable names them. */
const pathOnly: ReadonlySet<string> = new Set(['CONFIG_DB_CA']);

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
