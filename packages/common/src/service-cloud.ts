/**
 * The EX organisation of a service that takes its settings from Redis: follows them, and proves that the OAuth client
 * belongs to the configured organisation before anything is sent.
 */
import type { Timer } from './clock.ts';
import type { HybridIntegrationSettings, SettingsService } from './config/index.ts';
import { ExecError } from './errors.ts';
import { CloudError, GenesysCloud } from './genesys-cloud/index.ts';
import type { Dependency } from './http/index.ts';
import type { ServiceContext } from './service.ts';

/** How often the settings are looked at, in milliseconds: a new secret is in use well within a minute. */
const lookMs = 10_000;
/** While settings are missing or the organisation is not yet proven. */
const hurriedLookMs = 1000;

export class ServiceCloud {
  readonly cloud: GenesysCloud;
  readonly #context: ServiceContext<Record<never, never>>;
  readonly #service: SettingsService;
  readonly #health: Dependency;
  readonly #listeners = new Set<() => void>();
  #settings: HybridIntegrationSettings | undefined;
  /** Client and address that were proven to belong to the organisation. */
  #provenFor: string | undefined;
  #timer: Timer | undefined;
  #looking = false;

  constructor(context: ServiceContext<Record<never, never>>, service: SettingsService) {
    this.#context = context;
    this.#service = service;
    const { env, clock, logger, registry, health, lifecycle } = context;
    this.#health = health.dependency('settings', 'EXCS has not stored the settings yet');
    const { HTTPS_PROXY: proxy, NO_PROXY: except } = env;
    this.cloud = new GenesysCloud({
      access: () => this.#access(),
      allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
      requestsPerMinute: env.GENESYS_CLOUD_REQUESTS_PER_MINUTE,
      tokens: env.GENESYS_CLOUD_TOKENS,
      caFile: env.GENESYS_CLOUD_CA_FILE,
      ...(proxy === undefined ? {} : { proxy: { url: proxy, except } }),
      clock,
      logger,
      registry,
      health: health.dependency('genesys-cloud', 'no request was made yet'),
      userAgent: `ex-engage-connector/${context.version}`,
    });
    lifecycle.onStop('genesys-cloud', () => this.cloud.close());
  }

  /** Newest settings; undefined while EXCS has not stored any. */
  get settings(): HybridIntegrationSettings | undefined {
    return this.#settings;
  }

  /** Whether events may be sent: the organisation of the OAuth client is the configured one. */
  get proven(): boolean {
    const client = this.#settings?.clients[this.#service];
    return client !== undefined && this.#provenFor === this.#identity();
  }

  /** Told whenever the settings changed or the organisation was proven. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  start(): void {
    const { redis, lifecycle } = this.#context;
    const unfollow = redis.onState((up) => void (up && this.#look()));
    lifecycle.onStop('settings', () => {
      unfollow();
      this.#timer?.cancel();
    });
    void this.#look();
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#context.lifecycle.stopping.aborted) return;
    this.#looking = true;
    this.#timer?.cancel();
    try {
      await this.#read();
      await this.#prove();
    } catch (error) {
      this.#report(error);
    } finally {
      this.#looking = false;
      if (!this.#context.lifecycle.stopping.aborted) {
        const wait = this.proven ? lookMs : hurriedLookMs;
        this.#timer = this.#context.clock.setTimer(wait, () => void this.#look());
      }
    }
  }

  async #read(): Promise<void> {
    const settings = await this.#context.settings.read();
    if (settings === undefined) {
      this.#health.down('EXCS has not stored the settings yet');
      return;
    }
    const { ORG_ID: expected } = this.#context.env;
    if (settings.organizationId.toLowerCase() !== expected.toLowerCase())
      throw mismatch('hybrid_integration', expected);
    const before = this.#fingerprint();
    this.#settings = settings;
    if (settings.clients[this.#service] === undefined) {
      this.#health.down(`hybrid_integration has no client_id and client_secret in section ${this.#service}`);
    } else {
      this.#health.up('as stored by EXCS');
    }
    if (before !== this.#fingerprint()) this.#tell();
  }

  async #prove(): Promise<void> {
    const identity = this.#identity();
    if (identity === undefined || this.#provenFor === identity) return;
    const { id } = await this.cloud.organization.me({ signal: this.#context.lifecycle.stopping });
    const { ORG_ID: expected } = this.#context.env;
    if (id.toLowerCase() !== expected.toLowerCase()) throw mismatch('the OAuth client', expected);
    this.#provenFor = identity;
    this.#context.logger.info(
      { 'exec.organization_id': id },
      'The OAuth client belongs to the configured organisation',
    );
    this.#tell();
  }

  #report(error: unknown): void {
    const { lifecycle, logger } = this.#context;
    if (lifecycle.stopping.aborted) return;
    if (error instanceof ExecError && error.code === 'organization.mismatch') {
      logger.fatal({ err: error }, error.message);
      void lifecycle.stop(error);
      return;
    }
    // The cloud's own health line tells what is wrong with it; Redis has one as well.
    if (error instanceof CloudError || (error instanceof ExecError && error.code === 'redis.unavailable'))
      return;
    const message = error instanceof Error ? error.message : String(error);
    this.#health.down(message);
    logger.error({ err: error }, 'The settings cannot be used');
  }

  #access() {
    const settings = this.#settings;
    const client = settings?.clients[this.#service];
    if (settings === undefined || client === undefined) return undefined;
    return { baseUrl: settings.baseServiceUrl, tokenUrl: settings.tokenUrl, ...client };
  }

  /** Which client at which address; a new secret of the same client needs no new proof. */
  #identity(): string | undefined {
    const access = this.#access();
    return access === undefined
      ? undefined
      : JSON.stringify([access.baseUrl, access.tokenUrl, access.clientId]);
  }

  #fingerprint(): string {
    return JSON.stringify([this.#identity(), this.#settings?.agentPollingIntervalSeconds]);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function mismatch(what: string, expected: string): ExecError {
  return new ExecError(
    'organization.mismatch',
    `ORG_ID is ${expected}, but ${what} belongs to another organisation. Nothing was sent.`,
  );
}
