/** Which files of a release a running service takes again when their content changes, and which need a restart. */
import type { Part } from '../config/instance.ts';

/**
 * `accepted`: what a service takes from others, so that it comes first; `used`: what it shows to others, once they all
 * take it. Of a pair of old and new both are taken meanwhile, so that nothing is refused in between.
 */
export type Renewal = 'accepted' | 'used';
export const renewals = ['accepted', 'used'] as const satisfies readonly Renewal[];

const accepted: ReadonlySet<string> = new Set([
  ...['API_TOKEN', 'API_READ_TOKEN'],
  ...['EXCS_CA_FILE', 'REDIS_CA_FILE', 'GENESYS_CLOUD_CA_FILE'],
]);
const used: ReadonlySet<string> = new Set([
  ...['EXCS_API_TOKEN', 'TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ...['REDIS_URL', 'CONFIG_DB_URL', 'ENGAGE_APP_PASSWORD'],
]);

/** Undefined: a change needs a restart. */
export function renewalOf(service: Part, variable: string): Renewal | undefined {
  if (service === 'bridge') return undefined;
  // EXCS seals with the first of its keys, which all others must be able to open by then.
  if (variable === 'SETTINGS_KEY') return service === 'excs' ? 'used' : 'accepted';
  return accepted.has(variable) ? 'accepted' : used.has(variable) ? 'used' : undefined;
}

/** What of a content makes a restart necessary: of an address all but user and password. */
export function fixedPartOf(service: Part, variable: string, content: string): string {
  if (renewalOf(service, variable) === undefined) return content;
  if (variable !== 'REDIS_URL' && variable !== 'CONFIG_DB_URL') return '';
  return content.replace(/\/\/[^/?#]*@/, '//');
}
