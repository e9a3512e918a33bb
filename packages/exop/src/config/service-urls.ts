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

/**
 * What stands in `CONSOLE_LINKS` of `own` when the `.env` does not say: the consoles of all others. Left out is a console
 * that is not served, or that its VM shows to nobody else.
 */
export function consoleLinksOf(file: File, own: Place, places: readonly Place[]): string | undefined {
  if (!isServed(file, own)) return undefined;
  const links = places
    .filter((place) => !(place.service === own.service && place.number === own.number))
    .filter((place) => isServed(file, place) && !isLoopback(file, place))
    .map((place) => `${titleOf(place)}=${serviceUrl(file, place)}/console/`);
  return links.length === 0 ? undefined : links.join(',');
}

function titleOf({ service, number }: Place): string {
  return service === 'excp' ? `EXCP ${number}` : service.toUpperCase();
}

function isServed(file: File, { service, number }: Place): boolean {
  return valuesOf(file, service, number).CONSOLE?.trim().toLowerCase() !== 'false';
}

function isLoopback(file: File, { service, number }: Place): boolean {
  return /^(localhost$|127\.|::1$)/i.test(valuesOf(file, service, number).HTTP_HOST?.trim() ?? '');
}

function valuesOf(file: File, service: ServiceName, number: number): Readonly<Record<string, string>> {
  return scopedEnvironment(file, serviceVariables[service], prefixesOf(service, number)).values;
}
