/** Where the services stand, of a `.env` whose other settings may not be right yet. */
import { ConfigurationError, parseEnvironment, type ServiceName } from '@exec/common/config';
import { loadEnvFile } from './env-file.ts';
import { ownVariables } from './own-variables.ts';
import { prefixesOf, scopedEnvironment } from './scopes.ts';
import { serviceVariables } from './service-variables.ts';

export interface ServiceHost {
  readonly service: ServiceName;
  readonly number: number;
  /** Begins the names of the settings of this instance alone. */
  readonly prefix: string;
  /** All names and addresses under which others ask it, that of its VM first. */
  readonly hosts: readonly string[];
}

export interface ServiceHosts {
  readonly services: readonly ServiceHost[];
  /** The whole `.env`, paths made absolute. */
  readonly values: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** @throws ConfigurationError when the hosts cannot be read; the other settings are not looked at */
export function readHosts(envFile: string): ServiceHosts {
  const { values, faults, warnings } = loadEnvFile(envFile);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const { EXCS_HOST, EXAS_HOST, EXCP_HOSTS } = ownVariables;
  const own = parseEnvironment({ EXCS_HOST, EXAS_HOST, EXCP_HOSTS }, Object.fromEntries(values));
  const place = (service: ServiceName, number: number, prefix: string, host: string | undefined) =>
    host === undefined
      ? []
      : [{ service, number, prefix, hosts: [...new Set([host, ...otherNames(values, service, number)])] }];
  return {
    services: [
      ...place('excs', 1, 'EXCS_', own.EXCS_HOST.host),
      ...place('exas', 1, 'EXAS_', own.EXAS_HOST?.host),
      ...place('excp', 1, 'EXCP_1_', own.EXCP_HOSTS?.[0].host),
      ...place('excp', 2, 'EXCP_2_', own.EXCP_HOSTS?.[1].host),
    ],
    values,
    warnings,
  };
}

/** The address that its port is published on, and of EXCS what the others are told in place of its VM. */
function otherNames(values: ReadonlyMap<string, string>, service: ServiceName, number: number): string[] {
  const { HTTP_HOST } = scopedEnvironment(
    values,
    serviceVariables[service],
    prefixesOf(service, number),
  ).values;
  const given =
    service !== 'excs'
      ? []
      : (['exas', 'excp'] as const).flatMap((other) =>
          prefixesOf(other, 1).flatMap((prefix) => values.get(`${prefix}EXCS_URL`) ?? []),
        );
  const names = [HTTP_HOST?.trim(), ...given.map((url) => URL.parse(url.trim())?.hostname)];
  return names
    .flatMap((name) => name?.replace(/^\[|\]$/g, '') ?? [])
    .filter((name) => /^[0-9A-Za-z:._-]+$/.test(name) && !['0.0.0.0', '::'].includes(name));
}
