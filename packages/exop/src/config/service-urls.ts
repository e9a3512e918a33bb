/** Where the services of a deployment are reached: by the hosts, ports and certificates of its `.env`. */
import { defaultPorts, type ServiceName } from '@exec/common/config';
import { prefixesOf, scopedEnvironment } from './scopes.ts';
import { serviceVariables } from './service-variables.ts';

export interface Place {
  readonly service: ServiceName;
  readonly number: number;
  /** SSH address of its VM. */
  readonly address: { readonly host: string; readonly port: number };
}

type File = ReadonlyMap<string, string>;

/** Without a slash at its end. */
export function serviceUrl(file: File, { service, number, address }: Place): string {
  const { TLS_CERT_FILE, HTTP_PORT } = valuesOf(file, service, number);
  const scheme = TLS_CERT_FILE === undefined ? 'http' : 'https';
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${scheme}://${host}:${HTTP_PORT?.trim() ?? defaultPorts[service]}`;
}

function valuesOf(file: File, service: ServiceName, number: number): Readonly<Record<string, string>> {
  return scopedEnvironment(file, serviceVariables[service], prefixesOf(service, number)).values;
}
