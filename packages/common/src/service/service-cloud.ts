/**
 * The EX organisation of a service that takes its settings from Redis: follows them, and proves that the OAuth client
 * belongs to the configured organisation before anything is sent. Once one was proven it is used until another is: a slip
 * in Engage stops nothing.
 */

import type { HybridIntegrationSettings, SettingsService } from '../config/index.ts';
import { ExecError } from '../errors/errors.ts';
import { Trouble, textOf } from '../errors/trouble.ts';
import {
  type CloudAccess,
  CloudError,
  type CloudHealth,
  GenesysCloud,
  type GenesysCloudOptions,
  isSameAccess,
} from '../genesys-cloud/index.ts';
import type { Dependency } from '../http/index.ts';
import { createRegistry } from '../metrics.ts';
import type { Timer } from '../time/clock.ts';
import type { MonotonicMs } from '../time/instants.ts';
import type { ServiceContext } from './service.ts';

/** How often the settings are looked at, in milliseconds: a new secret is in use well within a minute. */
const lookMs = 10_000;
/** While settings are missing or the organisation is not yet proven. */
const hurriedLookMs = 1000;
/** A client that did not fit may do so later, when it has been put right in the cloud. */
const askAgainMs = 60_000;

/**
 * The cloud client of a service with the settings of Redis: changes are proven before they are used, and what worked
 * is kept.
 */
export class ServiceCloud {
  readonly cloud: GenesysCloud;
  readonly #context: ServiceContext<Record<never, never>>;
  readonly #service: SettingsService;
  readonly #health: Dependency;
  readonly #listeners = new Set<() => void>();
  #settings: HybridIntegrationSettings | undefined;
  readonly #options: Omit<GenesysCloudOptions, 'access' | 'registry'>;
  readonly #trouble: Trouble;
  /** What was proven to belong to the organisation. */
  #inUse: CloudAccess | undefined;
  /** What was stored afterwards and does not fit, and when (monotonic) that was found. */
  #unfit: { readonly access: CloudAccess; readonly at: MonotonicMs } | undefined;
  #timer: Timer | undefined;
  #looking = false;
  /** The cloud did not answer when it was asked last. */
  #away = false;
  #askingAgain = false;

  constructor(context: ServiceContext<Record<never, never>>, service: SettingsService) {
    this.#context = context;
    this.#service = service;
    const { env, clock, logger, registry, health, lifecycle } = context;
    this.#health = health.dependency('settings', 'EXCS has not stored the settings yet');
    const { HTTPS_PROXY: proxy, NO_PROXY: except } = env;
    this.#trouble = new Trouble({
      logger,
      message: 'New settings do not fit; what worked stays in use',
      health: health.dependency('oauth-client', 'not proven yet', { required: false }),
    });
    this.#options = {
      allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
      requestsPerMinute: env.GENESYS_CLOUD_REQUESTS_PER_MINUTE,
      tokens: env.GENESYS_CLOUD_TOKENS,
      caFile: env.GENESYS_CLOUD_CA_FILE,
      files: context.files,
      ...(proxy === undefined ? {} : { proxy: { url: proxy, except } }),
      clock,
      logger,
      userAgent: `ex-engage-connector/${context.version}`,
    };
    this.cloud = new GenesysCloud({
      ...this.#options,
      access: () => this.#access(),
      registry,
      health: this.#watched(health.dependency('genesys-cloud', 'no request was made yet')),
    });
    lifecycle.onStop('genesys-cloud', () => this.cloud.close());
  }

  /** Newest settings; undefined while EXCS has not stored any. */
  get settings(): HybridIntegrationSettings | undefined {
    return this.#settings;
  }

  /** Whether events may be sent: the organisation of the OAuth client is the configured one. */
  get proven(): boolean {
    return this.#inUse !== undefined && this.#wanted() !== undefined;
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
    const wanted = this.#wanted();
    if (wanted === undefined) return;
    if (this.#inUse === undefined) await this.#ask(this.cloud);
    else if (isSameAccess(wanted, this.#inUse)) {
      if (this.#away) void this.#askAgain();
      return this.#fits();
    } else if (this.#isKnownUnfit(wanted)) return;
    else {
      try {
        await this.#askApart(wanted);
      } catch (error) {
        this.#unfit = { access: wanted, at: this.#context.clock.monotonic() };
        throw error;
      }
    }
    this.#inUse = wanted;
    this.#fits();
    this.#context.logger.info(
      { 'exec.organization_id': this.#context.env.ORG_ID },
      'The OAuth client belongs to the configured organisation',
    );
    this.#tell();
  }

  /** @throws ExecError `organization.mismatch`; CloudError */
  async #ask(cloud: GenesysCloud): Promise<void> {
    const { id } = await cloud.organization.me({ signal: this.#context.lifecycle.stopping });
    const { ORG_ID: expected } = this.#context.env;
    if (id.toLowerCase() !== expected.toLowerCase()) throw mismatch('the OAuth client', expected);
  }

  /** An instance that stands by sends nothing that would tell it that the cloud is back. */
  async #askAgain(): Promise<void> {
    if (this.#askingAgain) return;
    this.#askingAgain = true;
    try {
      await this.#ask(this.cloud);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#askingAgain = false;
    }
  }

  /** The health line of the cloud, which is listened to here. */
  #watched(health: Dependency): CloudHealth {
    return {
      up: (detail) => {
        this.#away = false;
        health.up(detail);
      },
      down: (detail) => {
        this.#away = true;
        health.down(detail);
      },
    };
  }

  /** With a client of its own for one question: what works goes on meanwhile. */
  async #askApart(access: CloudAccess): Promise<void> {
    const { version } = this.#context;
    const registry = createRegistry({ service: 'probe', version, processMetrics: false });
    const cloud = new GenesysCloud({ ...this.#options, tokens: 1, access: () => access, registry });
    try {
      await this.#ask(cloud);
    } finally {
      await cloud.close();
    }
  }

  #isKnownUnfit(access: CloudAccess): boolean {
    const known = this.#unfit;
    if (known === undefined || !isSameAccess(known.access, access)) return false;
    return this.#context.clock.monotonic() - known.at < askAgainMs;
  }

  #fits(): void {
    this.#unfit = undefined;
    this.#trouble.over('the one that is stored is in use');
  }

  #report(error: unknown): void {
    const { lifecycle, logger } = this.#context;
    if (lifecycle.stopping.aborted) return;
    if (this.#inUse !== undefined && (this.#unfit !== undefined || isMismatch(error))) {
      if (!isAway(error)) this.#trouble.failed(error);
      return;
    }
    if (isMismatch(error)) {
      logger.fatal({ err: error }, error.message);
      void lifecycle.stop(error);
      return;
    }
    // The cloud's own health line tells what is wrong with it; Redis has one as well.
    if (error instanceof CloudError || isAway(error)) return;
    const message = textOf(error);
    this.#health.down(message);
    logger.error({ err: error }, 'The settings cannot be used');
  }

  /** Redis may have taken the client away altogether: then nothing is sent. */
  #access(): CloudAccess | undefined {
    const wanted = this.#wanted();
    return wanted === undefined ? undefined : (this.#inUse ?? wanted);
  }

  #wanted(): CloudAccess | undefined {
    const settings = this.#settings;
    const client = settings?.clients[this.#service];
    if (settings === undefined || client === undefined) return undefined;
    return { baseUrl: settings.baseServiceUrl, tokenUrl: settings.tokenUrl, ...client };
  }

  #fingerprint(): string {
    return JSON.stringify([this.#wanted()?.clientId, this.#settings?.agentPollingIntervalSeconds]);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function isMismatch(error: unknown): error is ExecError {
  return error instanceof ExecError && error.code === 'organization.mismatch';
}

/** Redis has a health line of its own. */
function isAway(error: unknown): boolean {
  return error instanceof ExecError && ['redis.unavailable', 'redis.takes-no-writes'].includes(error.code);
}

function mismatch(what: string, expected: string): ExecError {
  return new ExecError(
    'organization.mismatch',
    `ORG_ID is ${expected}, but ${what} belongs to another organisation. Nothing was sent with it.`,
  );
}
