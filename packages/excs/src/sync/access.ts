/** The settings of the EX organisation: read from Engage, checked, handed to Redis and to the cloud client. */
import {
  type AllowedHosts,
  type HybridIntegrationSettings,
  parseHybridIntegration,
  type SettingsStore,
} from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import type { CloudAccess, GenesysCloud } from '@exec/common/genesys-cloud';
import type { Logger } from '@exec/common/logging';
import type { EngageSnapshot } from '../engage/snapshot.ts';

export interface AccessOptions {
  readonly orgId: string;
  readonly allowedHosts: AllowedHosts;
  readonly logger: Logger;
  /** Undefined in a dry run, which writes nothing. */
  readonly store: SettingsStore | undefined;
}

export class Access {
  readonly #options: AccessOptions;
  #annex: EngageSnapshot['settings'];
  #current: CloudAccess | undefined;
  #verified: CloudAccess | undefined;
  #warned = '';

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** For the cloud client; undefined while the settings are not known. */
  get current(): CloudAccess | undefined {
    return this.#current;
  }

  /** Whether the organisation behind the settings has ever been the right one. */
  get everVerified(): boolean {
    return this.#verified !== undefined;
  }

  /**
   * Takes over the settings of a complete read.
   *
   * @throws ExecError `settings.missing`, `settings.invalid`, `organization.mismatch`, `redis.unavailable`
   */
  async use(annex: EngageSnapshot['settings']): Promise<void> {
    if (annex === undefined)
      throw new ExecError(
        'settings.missing',
        'The Config DB has no enabled List transaction "hybrid_integration" in the tenant.',
      );
    if (this.#current !== undefined && this.#annex !== undefined && sameAnnex(annex, this.#annex)) return;
    const { settings, warnings } = parseHybridIntegration(annex, this.#options.allowedHosts);
    const warning = warnings.join('; ');
    if (warning !== '' && warning !== this.#warned)
      this.#options.logger.warn(`hybrid_integration: ${warning}`);
    this.#warned = warning;
    this.#checkOrganization('The transaction hybrid_integration names', settings.organizationId);
    const access = accessOf(settings);
    await this.#options.store?.write(settings);
    this.#current = access;
    this.#annex = annex;
  }

  /**
   * Asks the cloud which organisation the client belongs to, once for each access.
   *
   * @throws CloudError; ExecError `organization.mismatch`
   */
  async verify(cloud: GenesysCloud, signal: AbortSignal): Promise<void> {
    const access = this.#current;
    if (access === this.#verified && access !== undefined) return;
    const organization = await cloud.organization.me({ signal });
    this.#checkOrganization('The OAuth client of config_sync belongs to', organization.id);
    this.#verified = access;
  }

  #checkOrganization(says: string, id: string): void {
    const { orgId } = this.#options;
    if (id.toLowerCase() === orgId.toLowerCase()) return;
    throw new ExecError(
      'organization.mismatch',
      `${says} organisation ${id}, but ORG_ID is ${orgId}. Nothing is written until they agree.`,
    );
  }
}

function accessOf(settings: HybridIntegrationSettings): CloudAccess {
  const client = settings.clients.config_sync;
  if (client === undefined)
    throw new ExecError(
      'settings.missing',
      'The transaction hybrid_integration has no config_sync/client_id and client_secret.',
    );
  return {
    baseUrl: settings.baseServiceUrl,
    tokenUrl: settings.tokenUrl,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
  };
}

function sameAnnex(
  a: ReadonlyMap<string, ReadonlyMap<string, string>>,
  b: ReadonlyMap<string, ReadonlyMap<string, string>>,
): boolean {
  if (a.size !== b.size) return false;
  for (const [section, options] of a) {
    const others = b.get(section);
    if (others === undefined || others.size !== options.size) return false;
    for (const [name, value] of options) if (others.get(name) !== value) return false;
  }
  return true;
}
