/** The whole deployment as one `.env` describes it: four instances, how to reach them, what to install. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  AllowedHosts,
  ConfigurationError,
  type ConfigurationFault,
  cloudEndpoints,
  type EnvironmentOf,
  parseEnvironment,
  type Secret,
} from '@exec/common/config';
import { parseDotenv } from './dotenv.ts';
import { type InstanceSettings, readInstance } from './instance.ts';
import { type HostAddress, ownVariables } from './own-variables.ts';
import { knownNames } from './scopes.ts';
import { fileVariables, type Service } from './service-variables.ts';

export interface SshSettings {
  readonly user: string;
  /** Undefined: the agent of `SSH_AUTH_SOCK`. */
  readonly keyFile: string | undefined;
  readonly passphrase: Secret | undefined;
  readonly agentSocket: string | undefined;
  readonly knownHostsFile: string;
}

export type ImageSource =
  | { readonly kind: 'registry'; readonly registry: string }
  | { readonly kind: 'archives'; readonly folder: string };

export interface Deployment {
  /** Absolute path of the `.env`. */
  readonly envFile: string;
  readonly version: string;
  readonly source: ImageSource;
  readonly ssh: SshSettings;
  /** Undefined: `ex-engage-connector` in the home folder on the VM. */
  readonly installDir: string | undefined;
  readonly sudo: boolean;
  readonly readyTimeoutMs: number;
  /** In the order in which they are started. */
  readonly instances: readonly InstanceSettings[];
  /** Things in the file that are allowed but look wrong. */
  readonly warnings: readonly string[];
}

type Own = EnvironmentOf<typeof ownVariables>;

/**
 * Reads and validates a `.env`. Paths in it are relative to its own folder; `~/` is the home folder here.
 * @throws ConfigurationError with all faults at once
 */
export function readDeployment(envFile: string, processEnv: NodeJS.ProcessEnv): Deployment {
  const { values, faults, warnings } = load(envFile);
  const own = attempt(faults, () => parseEnvironment(ownVariables, Object.fromEntries(values)));
  const keyGiven = (values.get('SSH_KEY_FILE') ?? '').trim() !== '';
  const agentSocket = processEnv.SSH_AUTH_SOCK;
  if (!keyGiven && agentSocket === undefined)
    faults.push({
      variable: 'SSH_KEY_FILE',
      problem:
        'is not set and no SSH agent runs (SSH_AUTH_SOCK); expected the path of a private key, or an agent',
    });
  const source = imageSource(values, faults);
  const cloudHosts = own === undefined ? [] : cloudHostsOf(own, values, faults);
  const hosts = own === undefined ? undefined : hostsOf(own, faults);
  const excsUrlHost = own?.EXCS_HOST.host ?? 'excs.invalid';
  const instances = (['excs', 'exas', 'excp', 'excp'] as readonly Service[]).map((service, index) =>
    readInstance({
      service,
      number: index === 3 ? 2 : 1,
      address: hosts?.[index] ?? { host: 'unknown', port: 22 },
      file: values,
      excsHost: excsUrlHost,
      cloudHosts,
      faults,
      warnings,
    }),
  );
  for (const name of [...values.keys()].sort())
    if (!knownNames(ownVariables).has(name))
      warnings.push(`${name} is not a variable of the connector; is it a misspelling?`);
  const distinct = withoutRepeats(faults);
  if (own === undefined || source === undefined || distinct.length > 0)
    throw new ConfigurationError(distinct);
  return {
    envFile,
    version: own.VERSION,
    source,
    ssh: {
      user: own.SSH_USER,
      keyFile: own.SSH_KEY_FILE,
      passphrase: own.SSH_KEY_PASSPHRASE,
      agentSocket: own.SSH_KEY_FILE === undefined ? agentSocket : undefined,
      knownHostsFile: own.SSH_KNOWN_HOSTS,
    },
    installDir: own.INSTALL_DIR,
    sudo: own.DOCKER_SUDO,
    readyTimeoutMs: own.READY_TIMEOUT_SECONDS * 1000,
    instances,
    warnings: [...new Set(warnings)],
  };
}

interface Loaded {
  readonly values: Map<string, string>;
  readonly faults: ConfigurationFault[];
  readonly warnings: string[];
}

function load(envFile: string): Loaded {
  let text: string;
  const warnings: string[] = [];
  try {
    text = readFileSync(envFile, 'utf8');
    if ((statSync(envFile).mode & 0o077) !== 0)
      warnings.push(`${envFile} can be read by others; it holds secrets: chmod 600 ${envFile}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError([{ variable: '--env', problem: `${envFile} cannot be read (${code})` }]);
  }
  const parsed = parseDotenv(text);
  const values = new Map(parsed.values);
  const folder = dirname(envFile);
  for (const [name, value] of values)
    if (isPath(name) && value.trim() !== '') values.set(name, absolute(value.trim(), folder));
  if ((values.get('SSH_KNOWN_HOSTS') ?? '').trim() === '')
    values.set('SSH_KNOWN_HOSTS', absolute('~/.ssh/known_hosts', folder));
  return { values, faults: [...parsed.faults], warnings };
}

function isPath(name: string): boolean {
  if (name.endsWith('_FILE') || name === 'IMAGES_DIR' || name === 'SSH_KNOWN_HOSTS') return true;
  return [...fileVariables].some((file) => name === file || name.endsWith(`_${file}`));
}

function absolute(path: string, folder: string): string {
  return path.startsWith('~/') ? resolve(homedir(), path.slice(2)) : resolve(folder, path);
}

function imageSource(
  values: ReadonlyMap<string, string>,
  faults: ConfigurationFault[],
): ImageSource | undefined {
  const registry = values.get('REGISTRY')?.trim() ?? '';
  const folder = values.get('IMAGES_DIR')?.trim() ?? '';
  if ((registry === '') === (folder === '')) {
    faults.push({ variable: 'REGISTRY', problem: 'expected exactly one of REGISTRY and IMAGES_DIR' });
    return undefined;
  }
  return registry === '' ? { kind: 'archives', folder } : { kind: 'registry', registry };
}

/** One VM each: two services on one machine would share its fate, which is what the pair is there to prevent. */
function hostsOf(own: Own, faults: ConfigurationFault[]): { host: string; port: number }[] {
  const given: (readonly [string, HostAddress])[] = [
    ['EXCS_HOST', own.EXCS_HOST],
    ['EXAS_HOST', own.EXAS_HOST],
    ['EXCP_HOSTS', own.EXCP_HOSTS[0]],
    ['EXCP_HOSTS', own.EXCP_HOSTS[1]],
  ];
  const hosts = given.map(([variable, { host, port = own.SSH_PORT }]) => ({ variable, host, port }));
  for (const [index, one] of hosts.entries()) {
    const before = hosts.slice(0, index).find((other) => other.host === one.host && other.port === one.port);
    if (before !== undefined)
      faults.push({
        variable: one.variable,
        problem: `names ${one.host} although ${before.variable} does; expected a VM of its own for each instance`,
      });
  }
  return hosts.map(({ host, port }) => ({ host, port }));
}

function cloudHostsOf(
  own: Own,
  values: ReadonlyMap<string, string>,
  faults: ConfigurationFault[],
): readonly string[] {
  if (own.GENESYS_CLOUD_CHECK_HOSTS !== undefined) return own.GENESYS_CLOUD_CHECK_HOSTS;
  if (own.GENESYS_CLOUD_URL === undefined) return [];
  const allowed = AllowedHosts.parse(values.get('GENESYS_CLOUD_ALLOWED_HOSTS') ?? '');
  const endpoints = cloudEndpoints(own.GENESYS_CLOUD_URL, undefined, allowed ?? AllowedHosts.publicDomains);
  if ('baseServiceUrl' in endpoints) return [endpoints.baseServiceUrl, new URL(endpoints.tokenUrl).origin];
  // A login address that cannot be derived stands in Engage; the API alone is checked then.
  if (endpoints.option === 'base_auth_url') return [own.GENESYS_CLOUD_URL];
  faults.push({ variable: 'GENESYS_CLOUD_URL', problem: endpoints.problem });
  return [];
}

function attempt<T>(faults: ConfigurationFault[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

/** A common variable is read once for each instance; its fault is told once. */
function withoutRepeats(faults: readonly ConfigurationFault[]): ConfigurationFault[] {
  const seen = new Set<string>();
  return faults.filter(({ variable, problem }) => {
    const key = `${variable}\n${problem}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
