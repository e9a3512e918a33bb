/** One instance of a service: what it is told by environment, secret and file, and whom it must reach. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import {
  ConfigurationError,
  type ConfigurationFault,
  checkCommon,
  checkPlainText,
  defaultPorts,
  type EnvironmentOf,
  parseEnvironment,
  Secret,
  type ServiceName,
  sitesOf,
  type Variables,
} from '@exec/common/config';
import { mountedAt } from './mounted.ts';
import { type Peer, peersOf } from './peers.ts';
import { prefixesOf, type ScopedEnvironment, scopedEnvironment } from './scopes.ts';
import { type Place, serviceUrl } from './service-urls.ts';
import { fileVariables, serviceVariables } from './service-variables.ts';

/** What EXOP deploys: the services, and the bridges that the customer built. */
export type Part = ServiceName | 'bridge';

export interface InstanceSettings {
  /** `excs-1`, `exas-1`, `excp-1`, `excp-2`, and `bridge-<name>` of each bridge. */
  readonly name: string;
  readonly service: Part;
  /** SSH address of its VM. */
  readonly address: { readonly host: string; readonly port: number };
  /** Port of REST, metrics and health. */
  readonly port: number;
  /** Address on the VM on which that port is published; undefined: the one on which its SSH server is reached. */
  readonly publishAddress: string | undefined;
  /** Of a bridge: where EXAS or EXCP connect. */
  readonly link?: { readonly port: number; readonly publishAddress: string | undefined };
  /** Plain values by the service's names of the variables. */
  readonly environment: ReadonlyMap<string, string>;
  /** Contents of files by the variable that names them; secrets are among them. */
  readonly files: ReadonlyMap<string, Secret>;
  readonly peers: readonly Peer[];
}

/** An instance on a VM that was asked: every address is known. */
export interface PlacedInstance extends InstanceSettings {
  readonly publishAddress: string;
  readonly link?: { readonly port: number; readonly publishAddress: string };
}

/** @param own the address of the VM where the settings name none */
export function placedAt(settings: InstanceSettings, own: string): PlacedInstance {
  const { link, publishAddress = own, ...rest } = settings;
  return {
    ...rest,
    publishAddress,
    ...(link === undefined ? {} : { link: { ...link, publishAddress: link.publishAddress ?? own } }),
  };
}

export interface InstanceSource extends Place {
  /** All services of the deployment, this one among them. */
  readonly places: readonly Place[];
  /** The whole `.env`, paths made absolute. */
  readonly file: ReadonlyMap<string, string>;
  readonly cloudHosts: readonly string[];
  /** Faults are added here. */
  readonly faults: ConfigurationFault[];
  readonly warnings: string[];
}

/** Set by EXOP inside the container; HTTP_HOST of `.env` is the address on the VM instead. */
const containerHost = '0.0.0.0';
const madeToken = new Secret('made by EXOP');
const madeHere = new Set(['HTTP_HOST', 'INSTANCE_ID']);

export function readInstance(source: InstanceSource): InstanceSettings {
  const { service, number } = source;
  const name = `${service}-${number}`;
  const variables = serviceVariables[service];
  const scoped = withAddresses(
    source,
    withoutTokenOfOperators(scopedEnvironment(source.file, variables, prefixesOf(service, number))),
  );
  const parsed = parse(source, variables, scoped);
  const environment = new Map<string, string>();
  const files = new Map<string, Secret>();
  const revealed: Record<string, string> = {};
  for (const [variable, declared] of Object.entries(variables)) {
    const raw = scoped.values[variable]?.trim();
    const value = parsed[variable];
    if (declared.secret) {
      if (value instanceof Secret) {
        files.set(variable, value);
        revealed[variable] = value.reveal();
      }
    } else if (raw !== undefined) {
      revealed[variable] = raw;
      if (fileVariables.has(variable)) readInto(files, variable, raw);
      else if (!madeHere.has(variable)) environment.set(variable, raw);
    }
  }
  mountRootCertificate(source, files);
  const port = typeof parsed.HTTP_PORT === 'number' ? parsed.HTTP_PORT : defaultPorts[service];
  environment.set('HTTP_HOST', containerHost);
  environment.set('HTTP_PORT', String(port));
  environment.set('INSTANCE_ID', scoped.values.INSTANCE_ID?.trim() ?? name);
  checkPlainValues(source, scoped, environment);
  const sites = files.get('SITES_FILE')?.reveal();
  const peers = peersOf({ service, values: revealed, variables, sites, cloudHosts: source.cloudHosts });
  for (const peer of peers)
    if (/^(localhost|127\.|::1$)/i.test(peer.host))
      source.warnings.push(
        `${name}: ${peer.name} is ${peer.host}, which inside the container is the container itself`,
      );
  return {
    name,
    service,
    address: source.address,
    port,
    publishAddress: publishAddressOf(source, scoped),
    environment,
    files,
    peers,
  };
}

/** Docker publishes on addresses alone; where none is given, the VM's own is asked for later. */
function publishAddressOf(source: InstanceSource, scoped: ScopedEnvironment): string | undefined {
  const given = scoped.values.HTTP_HOST?.trim();
  if (given !== undefined && isIP(given) === 0)
    source.faults.push({
      variable: scoped.origin.get('HTTP_HOST') ?? 'HTTP_HOST',
      problem: 'expected an address of the VM (or 0.0.0.0 for all of them): Docker publishes on no name',
    });
  return given;
}

/**
 * Without a prefix EXCS_API_TOKEN is the API_TOKEN of EXCS. It is for operators, and reaches EXAS and EXCP by no way; they
 * are given tokens of their own, or by EXAS_EXCS_API_TOKEN and EXCP_EXCS_API_TOKEN.
 */
function withoutTokenOfOperators(scoped: ScopedEnvironment): ScopedEnvironment {
  const values = Object.fromEntries(
    Object.entries(scoped.values).filter(
      ([name]) => !/^EXCS_API_TOKEN(_FILE)?$/.test(name) || scoped.origin.get(name) !== name,
    ),
  );
  return { ...scoped, values };
}

/**
 * The others find EXCS on its VM, unless told otherwise. The consoles are not linked by themselves: a service that comes
 * later would start the others again for it.
 */
function withAddresses(source: InstanceSource, scoped: ScopedEnvironment): ScopedEnvironment {
  const excs = source.places.find(({ service }) => service === 'excs');
  const url = source.service === 'excs' || excs === undefined ? undefined : serviceUrl(source.file, excs);
  const values = {
    ...(url === undefined ? {} : { EXCS_URL: url }),
    ...scoped.values,
  };
  return { ...scoped, values };
}

function parse(
  source: InstanceSource,
  variables: Variables,
  scoped: ScopedEnvironment,
): Readonly<Record<string, unknown>> {
  try {
    return parseEnvironment(variables, { ...scoped.values }, { check: (values) => check(source, values) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const { variable, problem } of error.faults)
      source.faults.push({ variable: scoped.origin.get(variable) ?? variable, problem });
    return {};
  }
}

/** The rules over several variables that the service itself has; the settings key is made by EXOP. */
function* check(
  source: InstanceSource,
  values: Partial<EnvironmentOf<Variables>>,
): Iterable<ConfigurationFault> {
  const { SETTINGS_KEY: _, SETTINGS_PLAINTEXT: __, ...rest } = values;
  yield* checkCommon(rest);
  // EXOP gives everybody a token for EXCS who is given none.
  const toEveryone = source.service === 'excs' ? {} : { EXCS_API_TOKEN: rest.EXCS_API_TOKEN ?? madeToken };
  for (const fault of checkPlainText({ ...rest, ...toEveryone }))
    yield fault.variable === 'EXCS_URL'
      ? {
          ...fault,
          problem: `${fault.problem}. EXCS speaks https with EXCS_TLS_CERT_FILE and EXCS_TLS_KEY_FILE`,
        }
      : fault;
  if (source.service === 'excp') yield* sitesOf(values as Parameters<typeof sitesOf>[0]).faults;
}

function readInto(files: Map<string, Secret>, variable: string, path: string): void {
  try {
    files.set(variable, new Secret(readFileSync(path, 'utf8')));
  } catch {
    // The schema of the variable has reported it.
  }
}

/** `sslrootcert` of the database's address names a file here: it travels like the others. */
function mountRootCertificate(source: InstanceSource, files: Map<string, Secret>): void {
  const secret = files.get('CONFIG_DB_URL');
  const url = secret === undefined ? null : URL.parse(secret.reveal());
  const path = url?.searchParams.get('sslrootcert');
  if (url === null || path === null || path === undefined || path === 'system') return;
  try {
    files.set('CONFIG_DB_CA', new Secret(readFileSync(path, 'utf8')));
    url.searchParams.set('sslrootcert', mountedAt('CONFIG_DB_CA'));
    files.set('CONFIG_DB_URL', new Secret(url.href));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    source.faults.push({
      variable: 'CONFIG_DB_URL',
      problem: `sslrootcert cannot be read (${code}); expected an absolute path here`,
    });
  }
}

function checkPlainValues(
  source: InstanceSource,
  scoped: ScopedEnvironment,
  environment: ReadonlyMap<string, string>,
): void {
  for (const [variable, value] of environment)
    if (/\p{Cc}/u.test(value))
      source.faults.push({
        variable: scoped.origin.get(variable) ?? variable,
        problem: 'has a line end or another control character',
      });
}
