/** The whole deployment as one `.env` describes it: its instances, how to reach them, what to install. */
import {
  AllowedHosts,
  ConfigurationError,
  type ConfigurationFault,
  cloudEndpoints,
  type EnvironmentOf,
  parseEnvironment,
  type Secret,
  type ServiceName,
} from '@exec/common/config';
import { readBridge } from './bridge.ts';
import { loadEnvFile } from './env-file.ts';
import { type InstanceSettings, readInstance } from './instance.ts';
import type { SignerKey } from './minisign.ts';
import { type HostAddress, ownVariables } from './own-variables.ts';
import { knownNames } from './scopes.ts';
import type { Place } from './service-urls.ts';

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
  | {
      readonly kind: 'archives';
      readonly folder: string;
      /** Who must have signed the checksums of the archives; undefined: nobody, as the `.env` allows. */
      readonly signer: SignerKey | undefined;
    };

export type BridgeImage =
  | { readonly kind: 'registry'; readonly image: string }
  | { readonly kind: 'archive'; readonly path: string };

export interface Deployment {
  /** Absolute path of the `.env`. */
  readonly envFile: string;
  readonly version: string;
  readonly source: ImageSource;
  /** Image of the bridges; undefined when there are none. */
  readonly bridgeImage: BridgeImage | undefined;
  readonly ssh: SshSettings;
  /** Undefined: `ex-engage-connector` in the home folder on the VM. */
  readonly installDir: string | undefined;
  readonly sudo: boolean;
  readonly readyTimeoutMs: number;
  /** In the order in which they are started. */
  readonly instances: readonly InstanceSettings[];
  /** Services without a VM, which may come at a later stage, and the variable that would name it. */
  readonly absent: readonly { readonly service: ServiceName; readonly variable: string }[];
  /** The operator's token of instances for which the file gives none. */
  readonly keptToken?: Secret;
  /** Things in the file that are allowed but look wrong. */
  readonly warnings: readonly string[];
}

type Own = EnvironmentOf<typeof ownVariables>;

/**
 * Reads and validates a `.env`. Paths in it are relative to its own folder; `~/` is the home folder here.
 * @throws ConfigurationError with all faults at once
 */
export function readDeployment(envFile: string, processEnv: NodeJS.ProcessEnv): Deployment {
  const { values, faults, warnings } = loadEnvFile(envFile);
  const own = attempt(faults, () => parseEnvironment(ownVariables, Object.fromEntries(values)));
  const keyGiven = (values.get('SSH_KEY_FILE') ?? '').trim() !== '';
  const agentSocket = processEnv.SSH_AUTH_SOCK;
  if (!keyGiven && agentSocket === undefined)
    faults.push({
      variable: 'SSH_KEY_FILE',
      problem:
        'is not set and no SSH agent runs (SSH_AUTH_SOCK); expected the path of a private key, or an agent',
    });
  const source = imageSource(values, own, { faults, warnings });
  const cloudHosts = own === undefined ? [] : cloudHostsOf(own, values, faults);
  // Of a file whose hosts cannot be read, the settings of every service are looked at all the same.
  const places = own === undefined ? anywhere : placesOf(own, faults);
  const instances = places.map((place) =>
    readInstance({ ...place, places, file: values, cloudHosts, faults, warnings }),
  );
  const bridges = own === undefined ? [] : bridgesOf(own, faults);
  const bridgeImage = own === undefined || bridges.length === 0 ? undefined : bridgeImageOf(own, faults);
  if (bridges.length > 0) noPortTwice([...instances, ...bridges], faults);
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
    bridgeImage,
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
    instances: [...bridges, ...instances.map((one) => knowing(one, bridges))],
    absent: (['exas', 'excp'] as const)
      .filter((service) => !places.some((place) => place.service === service))
      .map((service) => ({ service, variable: hostVariables[service] })),
    warnings: [...new Set(warnings)],
  };
}

function imageSource(
  values: ReadonlyMap<string, string>,
  own: Own | undefined,
  { faults, warnings }: { readonly faults: ConfigurationFault[]; readonly warnings: string[] },
): ImageSource | undefined {
  const registry = values.get('REGISTRY')?.trim() ?? '';
  const folder = values.get('IMAGES_DIR')?.trim() ?? '';
  if ((registry === '') === (folder === '')) {
    faults.push({ variable: 'REGISTRY', problem: 'expected exactly one of REGISTRY and IMAGES_DIR' });
    return undefined;
  }
  if (registry !== '') return { kind: 'registry', registry };
  const signer = own?.RELEASE_PUBLIC_KEY;
  if (own !== undefined && signer === undefined && !own.ALLOW_UNSIGNED)
    faults.push({
      variable: 'RELEASE_PUBLIC_KEY',
      problem:
        'is not set; expected the public key of who made the release, or ALLOW_UNSIGNED=true for archives that nobody has signed',
    });
  if (signer !== undefined && own?.ALLOW_UNSIGNED === true)
    faults.push({
      variable: 'ALLOW_UNSIGNED',
      problem: 'is true although RELEASE_PUBLIC_KEY is set; expected one of the two',
    });
  if (own?.ALLOW_UNSIGNED === true)
    warnings.push(
      'ALLOW_UNSIGNED=true: no signature of the images is checked. Whoever can change a file in IMAGES_DIR decides what runs on the VMs.',
    );
  return { kind: 'archives', folder, signer };
}

const hostVariables = { excs: 'EXCS_HOST', exas: 'EXAS_HOST', excp: 'EXCP_HOSTS' } as const;
const nowhere = { host: 'unknown', port: 22 };
const anywhere: readonly Place[] = [
  { service: 'excs', number: 1, address: nowhere },
  { service: 'exas', number: 1, address: nowhere },
  { service: 'excp', number: 1, address: nowhere },
  { service: 'excp', number: 2, address: nowhere },
];

/**
 * Which services have a VM. One each: two services on one machine would share its fate, which is what the pair is there
 * to prevent. EXCS alone is a deployment; the others come when their side of Engage is there.
 */
function placesOf(own: Own, faults: ConfigurationFault[]): readonly Place[] {
  const given: readonly (readonly [ServiceName, HostAddress | undefined])[] = [
    ['excs', own.EXCS_HOST],
    ['exas', own.EXAS_HOST],
    ['excp', own.EXCP_HOSTS?.[0]],
    ['excp', own.EXCP_HOSTS?.[1]],
  ];
  const places: Place[] = [];
  for (const [service, address] of given) {
    if (address === undefined) continue;
    const { host, port = own.SSH_PORT } = address;
    const before = places.find((place) => place.address.host === host && place.address.port === port);
    if (before !== undefined)
      faults.push({
        variable: hostVariables[service],
        problem: `names ${host} although ${hostVariables[before.service]} does; expected a VM of its own for each instance`,
      });
    const number = 1 + places.filter((place) => place.service === service).length;
    places.push({ service, number, address: { host, port } });
  }
  return places;
}

function bridgesOf(own: Own, faults: ConfigurationFault[]): readonly InstanceSettings[] {
  if (own.BRIDGE_HOSTS === undefined) return [];
  const folder = own.BRIDGE_DIR;
  if (folder === undefined) {
    faults.push({
      variable: 'BRIDGE_DIR',
      problem: 'is not set although BRIDGE_HOSTS is; expected a folder',
    });
    return [];
  }
  return own.BRIDGE_HOSTS.map((host) => readBridge({ host, sshPort: own.SSH_PORT, folder, faults }));
}

function bridgeImageOf(own: Own, faults: ConfigurationFault[]): BridgeImage | undefined {
  const { BRIDGE_IMAGE: image, BRIDGE_IMAGE_FILE: path } = own;
  if ((image === undefined) === (path === undefined)) {
    faults.push({
      variable: 'BRIDGE_IMAGE',
      problem: 'expected exactly one of BRIDGE_IMAGE and BRIDGE_IMAGE_FILE',
    });
    return undefined;
  }
  return image !== undefined ? { kind: 'registry', image } : { kind: 'archive', path: path ?? '' };
}

/** What stands on one VM must not want the same port there. */
function noPortTwice(instances: readonly InstanceSettings[], faults: ConfigurationFault[]): void {
  const taken = new Map<string, string>();
  for (const { name, address, port, link } of instances)
    for (const one of [port, ...(link === undefined ? [] : [link.port])]) {
      const place = `${address.host} ${address.port} ${one}`;
      const before = taken.get(place);
      if (before === undefined) taken.set(place, name);
      else
        faults.push({
          variable: name,
          problem: `wants port ${one} of ${address.host}, which ${before} has; expected a port of its own`,
        });
    }
}

/** A bridge of this deployment is a peer that may not have been started yet. */
function knowing(instance: InstanceSettings, bridges: readonly InstanceSettings[]): InstanceSettings {
  const isBridge = (host: string, port: number): boolean =>
    bridges.some(({ address, link }) => address.host === host && link?.port === port);
  const peers = instance.peers.map((peer) => ({
    ...peer,
    ours: peer.ours || isBridge(peer.host, peer.port),
  }));
  return { ...instance, peers };
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
