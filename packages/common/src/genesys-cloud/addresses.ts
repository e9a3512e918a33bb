/** The wall: no request leaves for a host that is not allowed, whatever the settings say. */
import { type AllowedHosts, parseCloudUrl } from '../config/allowed-hosts.ts';
import { CloudError } from './errors.ts';

/**
 * The address, if a request may go there.
 * @param option the setting it came from, for the message
 * @throws CloudError `cloud.host-not-allowed`
 */
export function checkedUrl(address: string, allowed: AllowedHosts, option: string): URL {
  const url = parseCloudUrl(address);
  if (!(url instanceof URL)) throw refused(`${option} ${url.problem}`);
  if (!allowed.allows(url)) throw refused(`${option}: ${url.host} is not allowed; allowed are ${allowed}`);
  return url;
}

function refused(message: string): CloudError {
  return new CloudError('cloud.host-not-allowed', message);
}
