/** What a release of one instance is on its VM: a folder of files, named after their content. */
import { createHash, createHmac } from 'node:crypto';
import {
  firstApiToken,
  type Secret,
  Secret as SecretValue,
  settingsKeysOf,
  settingsSections,
} from '@exec/common/config';
import type { InstanceSettings, PlacedInstance } from '../config/instance.ts';
import { mountedAt, propertiesFile } from '../config/mounted.ts';
import { fileVariables } from '../config/service-variables.ts';
import type { KeptSecrets } from '../config/state-file.ts';
import { type ComposeService, releaseLabel, renderCompose } from './compose.ts';
import { fixedPartOf, type Renewal, renewalOf } from './renewal.ts';

/** The compose project of every service. */
const project = 'ex-engage-connector';

/** A bridge has a project of its own, since others may stand on the same VM. */
export function projectOf({ service, name }: Pick<InstanceSettings, 'service' | 'name'>): string {
  return service === 'bridge' ? `${project}-${name}` : project;
}

/**
 * Names the project, so that a compose command typed in the folder finds the containers. Both generations of compose
 * read it; `name:` in the compose file is refused by docker-compose 1.29.
 */
const composeEnvironment = '.env';

export interface ReleaseFile {
  /** Inside the release folder: `compose.yaml`, `secrets/redis_url`. */
  readonly path: string;
  readonly content: Secret;
  /** Octal, as `stat -c %a` prints it. */
  readonly mode: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** Of what a running service takes again when it changes. */
  readonly renewal?: { readonly when: Renewal; readonly variable: string };
}

export interface Release {
  /** `<version>-<fingerprint>`: what needs no restart has equal IDs. */
  readonly id: string;
  readonly version: string;
  readonly image: string;
  readonly files: readonly ReleaseFile[];
}

/**
 * Docker reads compose file and settings as the SSH user: 0600. The container's user 65532 reads the mounted
 * secrets: they need 0444, and the folder around them (0700) keeps everybody else on the VM out.
 */
const ownMode = '600';
const mountedMode = '444';

export function releaseOf(
  settings: PlacedInstance,
  version: string,
  image: string,
  kept: KeptSecrets,
): Release {
  return settings.service === 'bridge'
    ? bridgeRelease(settings, image, kept)
    : serviceRelease(settings, version, image, kept);
}

/** Its version is its image's own: a new release of the connector does not restart it. */
function bridgeRelease(settings: PlacedInstance, image: string, kept: KeptSecrets): Release {
  const version = image.slice(image.lastIndexOf(':') + 1);
  const names = [...settings.files.keys()];
  return assembled({ settings, version, image, kept, secrets: settings.files }, (labels) => ({
    name: 'bridge',
    image,
    command: ['run', '--config', mountedAt(propertiesFile)],
    environment: {},
    secrets: [],
    files: [],
    mounts: names,
    port: settings.port,
    publishAddress: settings.publishAddress,
    ...(settings.link === undefined ? {} : { link: settings.link }),
    labels,
  }));
}

function serviceRelease(
  settings: PlacedInstance,
  version: string,
  image: string,
  kept: KeptSecrets,
): Release {
  const secrets = new Map(settings.files);
  if (!secrets.has('API_TOKEN')) secrets.set('API_TOKEN', kept.apiToken);
  if (
    !secrets.has('SETTINGS_KEY') &&
    settings.environment.get('SETTINGS_PLAINTEXT')?.toLowerCase() !== 'true'
  )
    secrets.set('SETTINGS_KEY', kept.settingsKey);
  narrowSettingsKey(secrets, settings.service);
  tokensOfServices(secrets, settings, kept);
  return assembled({ settings, version, image, kept, secrets }, (labels) => ({
    name: settings.service,
    image,
    environment: Object.fromEntries(settings.environment),
    secrets: [...secrets.keys()].filter((name) => !isFile(name)),
    files: [...secrets.keys()].filter(isFile),
    port: settings.port,
    publishAddress: settings.publishAddress,
    labels,
  }));
}

/** EXCS knows each that asks it by a token of its own, which may read only. */
function tokensOfServices(
  secrets: Map<string, Secret>,
  { service, name }: InstanceSettings,
  { readTokens }: KeptSecrets,
): void {
  if (service === 'excs') {
    const given = secrets.get('API_READ_TOKEN')?.reveal();
    const made = [...readTokens].flatMap(([reader, list]) =>
      list
        .reveal()
        .split(',')
        .map((token) => `${reader}=${token}`),
    );
    secrets.set('API_READ_TOKEN', new SecretValue([given ?? [], made].flat().join(',')));
    return;
  }
  const own = readTokens.get(name);
  if (!secrets.has('EXCS_API_TOKEN') && own !== undefined) secrets.set('EXCS_API_TOKEN', firstApiToken(own));
}

/** EXCS seals for all; another service is given the key of its own client secret alone. */
function narrowSettingsKey(secrets: Map<string, Secret>, service: InstanceSettings['service']): void {
  const whole = secrets.get('SETTINGS_KEY');
  if (whole === undefined || service === 'bridge' || service === 'excs') return;
  const own = settingsKeysOf(whole.reveal(), settingsSections[service]);
  if (own !== '') secrets.set('SETTINGS_KEY', new SecretValue(own));
}

function assembled(
  {
    settings,
    version,
    image,
    kept,
    secrets,
  }: {
    readonly settings: InstanceSettings;
    readonly version: string;
    readonly image: string;
    readonly kept: KeptSecrets;
    readonly secrets: ReadonlyMap<string, Secret>;
  },
  service: (labels: Readonly<Record<string, string>>) => ComposeService,
): Release {
  const compose = (labels: Readonly<Record<string, string>>): string => renderCompose([service(labels)]);
  const mounted = [...secrets].map(([name, content]) => mountedFile(settings.service, name, content));
  const fixed = [...secrets].map(
    ([name, content]) => `${name} ${fixedPartOf(settings.service, name, content.reveal())}`,
  );
  const id = `${version}-${fingerprint([compose({}), ...fixed], kept)}`;
  const files = [
    file(composeEnvironment, new SecretValue(`COMPOSE_PROJECT_NAME=${projectOf(settings)}\n`), ownMode),
  ];
  const text = compose({ [releaseLabel]: id, 'exec.version': version, 'exec.instance': settings.name });
  return {
    id,
    version,
    image,
    files: [file('compose.yaml', new SecretValue(text), ownMode), ...files, ...mounted],
  };
}

function mountedFile(service: InstanceSettings['service'], name: string, content: Secret): ReleaseFile {
  const when = renewalOf(service, name);
  return {
    ...file(`secrets/${name.toLowerCase()}`, content, mountedMode),
    // Followed under the name of the variable that holds its path.
    ...(when === undefined ? {} : { renewal: { when, variable: isFile(name) ? name : `${name}_FILE` } }),
  };
}

function isFile(name: string): boolean {
  return fileVariables.has(name) || name === 'CONFIG_DB_CA';
}

/** Keyed, because a plain hash of settings would let anybody who reads it try passwords against it. */
function fingerprint(parts: readonly string[], kept: KeptSecrets): string {
  const hmac = createHmac('sha256', kept.fingerprintKey.reveal());
  for (const part of [...parts].sort()) hmac.update(`${part.length}:${part}`);
  return hmac.digest('hex').slice(0, 12);
}

function file(path: string, content: Secret, mode: string): ReleaseFile {
  return { path, content, mode, sha256: createHash('sha256').update(content.reveal()).digest('hex') };
}
