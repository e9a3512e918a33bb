/** Turns `base_service_url` and `base_auth_url` of the settings into the two addresses the cloud client uses. */
import { type AllowedHosts, parseCloudUrl, publicDomainOf } from './allowed-hosts.ts';

export interface CloudEndpoints {
  /** Origin of the API, e.g. `https://api.mypurecloud.com`: no trailing slash, no `/api`. */
  readonly baseServiceUrl: string;
  /** Where tokens are fetched, e.g. `https://login.mypurecloud.com/oauth/token`. */
  readonly tokenUrl: string;
}

export interface EndpointProblem {
  readonly option: 'base_service_url' | 'base_auth_url';
  readonly problem: string;
}

/**
 * `base_service_url` may end in `/`, `/api` or `/api/`. Without `base_auth_url` the token URL is derived for the
 * public domains only: an address that is ours to guess must not receive the client secret.
 */
export function cloudEndpoints(
  baseServiceUrl: string,
  baseAuthUrl: string | undefined,
  allowedHosts: AllowedHosts,
): CloudEndpoints | EndpointProblem {
  const service = parseCloudUrl(baseServiceUrl);
  if (!(service instanceof URL)) return { option: 'base_service_url', problem: service.problem };
  if (!['/', '/api', '/api/'].includes(service.pathname))
    return {
      option: 'base_service_url',
      problem: 'must be an address without a path (only /api may follow)',
    };
  if (!allowedHosts.allows(service)) return notAllowed('base_service_url', service, allowedHosts);

  const token = baseAuthUrl === undefined ? derivedTokenUrl(service) : parseCloudUrl(baseAuthUrl);
  if (token === undefined)
    return {
      option: 'base_auth_url',
      problem: `must be given, because ${service.host} is not a host of a public Genesys Cloud domain`,
    };
  if (!(token instanceof URL)) return { option: 'base_auth_url', problem: token.problem };
  if (!allowedHosts.allows(token)) return notAllowed('base_auth_url', token, allowedHosts);
  const path = token.pathname === '/' ? '/oauth/token' : token.pathname;
  return { baseServiceUrl: service.origin, tokenUrl: `${token.origin}${path}` };
}

function derivedTokenUrl(service: URL): URL | undefined {
  const domain = publicDomainOf(service.hostname);
  if (domain === undefined || service.port !== '' || service.protocol !== 'https:') return undefined;
  return new URL(`https://login.${domain}/oauth/token`);
}

function notAllowed(option: EndpointProblem['option'], url: URL, allowed: AllowedHosts): EndpointProblem {
  return {
    option,
    problem: `${url.host} is not allowed; GENESYS_CLOUD_ALLOWED_HOSTS allows ${allowed}`,
  };
}
