/** The settings kept in Engage: the annex of the transaction `hybrid_integration`, parsed and checked. */
import { ExecError } from '../errors/errors.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import { cloudEndpoints } from './cloud-endpoints.ts';
import { Secret } from './secret.ts';

export const settingsServices = ['config_sync', 'agent_state_sync', 'conversation_provider'] as const;
export type SettingsService = (typeof settingsServices)[number];

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

export interface HybridIntegrationSettings {
  readonly organizationShortName?: string;
  readonly organizationId: string;
  /** Origin of the API: no trailing slash, no `/api`. */
  readonly baseServiceUrl: string;
  readonly tokenUrl: string;
  readonly clients: { readonly [S in SettingsService]?: ClientCredentials };
  readonly agentPollingIntervalSeconds: number;
}

/** Section name → option name → value. */
export type Annex = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface ParsedSettings {
  readonly settings: HybridIntegrationSettings;
  /** What was wrong but does not keep the settings from being used. */
  readonly warnings: readonly string[];
}

const defaultPollingSeconds = 60;
const maximumPollingSeconds = 3600;

/**
 * Option names are compared exactly first, then without regard to case.
 *
 * @throws ExecError `settings.invalid` that lists every fault as section/option; never a value of a secret
 */
export function parseHybridIntegration(annex: Annex, allowedHosts: AllowedHosts): ParsedSettings {
  const faults: string[] = [];
  const warnings: string[] = [];
  const option = (section: string, name: string) => {
    const value = lookUp(lookUp(annex, section), name)?.trim();
    return value === '' ? undefined : value;
  };

  const organizationId = option('general', 'organization_id');
  if (organizationId === undefined) faults.push('general/organization_id is missing');
  const serviceUrl = option('general', 'base_service_url');
  if (serviceUrl === undefined) faults.push('general/base_service_url is missing');
  const endpoints =
    serviceUrl === undefined
      ? undefined
      : cloudEndpoints(serviceUrl, option('general', 'base_auth_url'), allowedHosts);
  if (endpoints !== undefined && 'problem' in endpoints)
    faults.push(`general/${endpoints.option} ${endpoints.problem}`);

  const clients: { -readonly [S in SettingsService]?: ClientCredentials } = {};
  for (const service of settingsServices) {
    const client = credentials(service, option(service, 'client_id'), option(service, 'client_secret'));
    if (typeof client === 'string') faults.push(client);
    else if (client !== undefined) clients[service] = client;
  }

  const polling = pollingSeconds(option('agent_state_sync', 'agent_polling_interval'), warnings);
  if (faults.length > 0 || organizationId === undefined || endpoints === undefined || 'problem' in endpoints)
    throw new ExecError('settings.invalid', `The transaction hybrid_integration: ${faults.join('; ')}.`);

  const shortName = option('general', 'organization_sname');
  const settings = {
    ...(shortName === undefined ? {} : { organizationShortName: shortName }),
    organizationId,
    ...endpoints,
    clients,
    agentPollingIntervalSeconds: polling,
  };
  return { settings, warnings };
}

function credentials(
  service: SettingsService,
  id: string | undefined,
  secret: string | undefined,
): ClientCredentials | string | undefined {
  if (id === undefined && secret === undefined) return undefined;
  if (id === undefined) return `${service}/client_id is missing although client_secret is set`;
  if (secret === undefined) return `${service}/client_secret is missing although client_id is set`;
  // Configuration servers can hide the value of an option from readers of the database.
  if (/^\*+$/.test(secret))
    return `${service}/client_secret is masked in the Config DB; unhide the option so that it can be read`;
  return { clientId: id, clientSecret: new Secret(secret) };
}

function pollingSeconds(value: string | undefined, warnings: string[]): number {
  if (value === undefined) return defaultPollingSeconds;
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (seconds >= 1 && seconds <= maximumPollingSeconds) return seconds;
  warnings.push(
    `agent_state_sync/agent_polling_interval is not a whole number from 1 to ${maximumPollingSeconds}; ` +
      `${defaultPollingSeconds} s are used`,
  );
  return defaultPollingSeconds;
}

function lookUp<T>(map: ReadonlyMap<string, T> | undefined, name: string): T | undefined {
  const exact = map?.get(name);
  if (exact !== undefined || map === undefined) return exact;
  for (const [key, value] of map) if (key.trim().toLowerCase() === name) return value;
  return undefined;
}
