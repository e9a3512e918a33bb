/** The settings of the EX organisation: read from Engage, proven, then handed to the cloud client and to Redis. */
import {
  type AllowedHosts,
  type HybridIntegrationSettings,
  parseHybridIntegration,
  type SettingsService,
  type SettingsStore,
  settingsServices,
} from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import type { CloudAccess, GenesysCloud } from '@exec/common/genesys-cloud';
import type { Dependency } from '@exec/common/http';
import type { Logger } from '@exec/common/logging';
import type { EngageSnapshot } from '../engage/snapshot.ts';
import type { ClientProofs } from './client-proofs.ts';

export interface AccessOptions {
  readonly orgId: string;
  readonly allowedHosts: AllowedHosts;
  readonly logger: Logger;
  readonly proofs: ClientProofs;
  /** Undefined in a dry run, which writes nothing. */
  readonly store: SettingsStore | undefined;
  /** Says which client does not fit. */
  readonly health?: Dependency | undefined;
}

export class Access {
  readonly #options: AccessOptions;
  #annex: EngageSnapshot['settings'];
  #current: CloudAccess | undefined;
  /** What was stored last, with the clients that were left as they were. */
  #stored:
    | { readonly settings: HybridIntegrationSettings; readonly unfit: ReadonlySet<SettingsService> }
    | undefined;
  /** Whether the organisation behind an access has been the right one. */
  #everProven = false;
  #warned = '';
  readonly #reported = new Map<SettingsService, string>();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** For the cloud client; undefined while the settings are not known. */
  get current(): CloudAccess | undefined {
    return this.#current;
  }

  /** Whether the organisation behind the settings has ever been the right one. */
  get everProven(): boolean {
    return this.#everProven;
  }

  /** Clients of `hybrid_integration` that do not fit, and why. */
  get problems(): ReadonlyMap<SettingsService, string> {
    return this.#options.proofs.problems;
  }

  /**
   * Takes over the settings of a complete read. Nothing is stored before `/organizations/me` has answered the right
   * organisation; afterwards each changed client is proven before it takes the place of the one that works.
   *
   * @throws ExecError `settings.missing`, `settings.invalid`, `organization.mismatch`, `redis.unavailable`; CloudError
   */
  async use(annex: EngageSnapshot['settings'], cloud: GenesysCloud, signal: AbortSignal): Promise<void> {
    const { proofs } = this.#options;
    if (annex === undefined)
      throw new ExecError(
        'settings.missing',
        'The Config DB has no enabled List transaction "hybrid_integration" in the tenant.',
      );
    if (this.#annex !== undefined && sameAnnex(annex, this.#annex) && !proofs.due)
      return await this.#keepStored();
    const settings = this.#parse(annex);
    const own = accessOf(settings, 'config_sync');
    if (own === undefined)
      throw new ExecError(
        'settings.missing',
        'The transaction hybrid_integration has no config_sync/client_id and client_secret.',
      );
    if (!this.#everProven) {
      this.#current = own;
      const { id } = await cloud.organization.me({ signal });
      this.#checkOrganization('The OAuth client of config_sync belongs to', id);
      proofs.note('config_sync', own, undefined);
      this.#everProven = true;
    }
    await this.#replace(settings, own, signal);
    this.#annex = annex;
  }

  #parse(annex: NonNullable<EngageSnapshot['settings']>): HybridIntegrationSettings {
    const { settings, warnings } = parseHybridIntegration(annex, this.#options.allowedHosts);
    const warning = warnings.join('; ');
    if (warning !== '' && warning !== this.#warned)
      this.#options.logger.warn(`hybrid_integration: ${warning}`);
    this.#warned = warning;
    this.#checkOrganization('The transaction hybrid_integration names', settings.organizationId);
    return settings;
  }

  async #replace(settings: HybridIntegrationSettings, own: CloudAccess, signal: AbortSignal): Promise<void> {
    const { store, proofs } = this.#options;
    const unfit = new Set<SettingsService>();
    if ((await proofs.prove('config_sync', own, signal)) === undefined) this.#current = own;
    else unfit.add('config_sync');
    if (store !== undefined)
      for (const service of settingsServices) {
        if (service === 'config_sync') continue;
        const access = accessOf(settings, service);
        if (access === undefined) proofs.forget(service);
        else if ((await proofs.prove(service, access, signal)) !== undefined) unfit.add(service);
      }
    this.#tell();
    // Other addresses are taken over when the connector's own client works there.
    if (this.#current?.baseUrl !== own.baseUrl || this.#current.tokenUrl !== own.tokenUrl) return;
    this.#stored = { settings, unfit };
    await this.#keepStored();
  }

  /** At each poll: a Redis that lost them leaves the other services without the cloud until they are there again. */
  async #keepStored(): Promise<void> {
    const { store, logger } = this.#options;
    if (store === undefined || this.#stored === undefined) return;
    const { settings, unfit } = this.#stored;
    if (await store.write(settings, unfit))
      logger.info('The settings of hybrid_integration were stored in Redis');
  }

  /** Once per change, and in health for as long as it lasts. */
  #tell(): void {
    const { logger, health } = this.#options;
    const { problems } = this;
    for (const service of settingsServices) {
      const problem = problems.get(service);
      if (problem === this.#reported.get(service)) continue;
      if (problem === undefined) {
        this.#reported.delete(service);
        logger.info(`The OAuth client of ${service} in hybrid_integration fits now`);
        continue;
      }
      this.#reported.set(service, problem);
      logger.error(
        { 'error.code': 'settings.client-unfit' },
        `The OAuth client of ${service} in hybrid_integration does not fit and is not used; what worked before ` +
          `stays in use: ${problem}`,
      );
    }
    if (problems.size === 0) health?.up('every client of hybrid_integration fits');
    else health?.down([...problems].map(([service, problem]) => `${service}: ${problem}`).join('; '));
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

function accessOf(settings: HybridIntegrationSettings, service: SettingsService): CloudAccess | undefined {
  const client = settings.clients[service];
  return client && { baseUrl: settings.baseServiceUrl, tokenUrl: settings.tokenUrl, ...client };
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
