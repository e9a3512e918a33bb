/** The `hybrid_integration` settings in Redis: EXCS writes them, the other services read them. */
import { z } from 'zod';
import { ExecError } from '../errors.ts';
import type { KeySpace, RedisConnection } from '../redis/index.ts';
import { redisFailure } from '../redis/index.ts';
import {
  type HybridIntegrationSettings,
  type SettingsService,
  settingsServices,
} from './hybrid-integration.ts';
import { Secret } from './secret.ts';
import { SettingsCipher } from './settings-cipher.ts';

const storedClient = z.object({
  clientId: z.string(),
  clientSecret: z.union([z.object({ sealed: z.string() }), z.object({ plain: z.string() })]),
});

const storedSettings = z.object({
  organizationShortName: z.string().optional(),
  organizationId: z.string(),
  baseServiceUrl: z.string(),
  tokenUrl: z.string(),
  clients: z.object({
    config_sync: storedClient.optional(),
    agent_state_sync: storedClient.optional(),
    conversation_provider: storedClient.optional(),
  }),
  agentPollingIntervalSeconds: z.number().int().positive(),
});

type StoredSettings = z.infer<typeof storedSettings>;
type StoredSecret = z.infer<typeof storedClient>['clientSecret'];

export interface SettingsStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  /** With a key secrets are encrypted; without one they are kept and accepted plain only if `plaintext`. */
  readonly encryption: { readonly key?: Secret | undefined; readonly plaintext: boolean };
}

export class SettingsStore {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #cipher: SettingsCipher | undefined;
  readonly #plaintext: boolean;

  constructor(options: SettingsStoreOptions) {
    this.#redis = options.redis;
    this.#key = options.keys.key('settings');
    const { key, plaintext } = options.encryption;
    this.#cipher = key === undefined ? undefined : new SettingsCipher(key);
    this.#plaintext = plaintext;
  }

  /**
   * Stores the settings unless the same ones are there already; answers whether something changed.
   *
   * @throws ExecError `redis.unavailable`, `settings.unprotected`
   */
  async write(settings: HybridIntegrationSettings): Promise<boolean> {
    const text = await this.#get();
    if (text !== undefined && this.#holds(text, settings)) return false;
    const stored: StoredSettings = { ...settings, clients: {} };
    for (const service of settingsServices) {
      const client = settings.clients[service];
      if (client === undefined) continue;
      const clientSecret = this.#seal(client.clientSecret, service);
      stored.clients[service] = { clientId: client.clientId, clientSecret };
    }
    try {
      await this.#redis.client.set(this.#key, JSON.stringify(stored));
    } catch (error) {
      throw redisFailure(error, 'store the settings');
    }
    return true;
  }

  /**
   * Undefined when EXCS has not stored any yet.
   *
   * @throws ExecError `redis.unavailable`, or `settings.unreadable` when they cannot be decrypted or understood
   */
  async read(): Promise<HybridIntegrationSettings | undefined> {
    const text = await this.#get();
    return text === undefined ? undefined : this.#open(text);
  }

  async #get(): Promise<string | undefined> {
    try {
      return (await this.#redis.client.get(this.#key)) ?? undefined;
    } catch (error) {
      throw redisFailure(error, 'read the settings');
    }
  }

  /** Whether `text` says the same, and protects it as this service would. */
  #holds(text: string, settings: HybridIntegrationSettings): boolean {
    // JSON of ours: a plain secret is the only place for this property.
    if (this.#cipher !== undefined && text.includes('"clientSecret":{"plain"')) return false;
    try {
      return same(this.#open(text), settings);
    } catch {
      // Made with another key or by another release: the writer replaces it.
      return false;
    }
  }

  #open(text: string): HybridIntegrationSettings {
    const parsed = storedSettings.safeParse(parseJson(text));
    if (!parsed.success)
      throw new ExecError('settings.unreadable', 'The settings in Redis have an unknown form.');
    const { clients: stored, organizationShortName, ...rest } = parsed.data;
    const clients: { -readonly [S in SettingsService]?: { clientId: string; clientSecret: Secret } } = {};
    for (const service of settingsServices) {
      const client = stored[service];
      if (client === undefined) continue;
      clients[service] = {
        clientId: client.clientId,
        clientSecret: this.#unseal(client.clientSecret, service),
      };
    }
    return { ...rest, ...(organizationShortName === undefined ? {} : { organizationShortName }), clients };
  }

  #seal(secret: Secret, service: SettingsService): StoredSecret {
    if (this.#cipher !== undefined)
      return { sealed: this.#cipher.encrypt(secret.reveal(), this.#place(service)) };
    if (this.#plaintext) return { plain: secret.reveal() };
    throw new ExecError(
      'settings.unprotected',
      'Client secrets are not stored: SETTINGS_KEY is not set and SETTINGS_PLAINTEXT is not true.',
    );
  }

  #unseal(stored: StoredSecret, service: SettingsService): Secret {
    if ('plain' in stored) {
      if (this.#plaintext) return new Secret(stored.plain);
      throw new ExecError(
        'settings.unreadable',
        `The client secret of ${service} lies in Redis unencrypted and SETTINGS_PLAINTEXT is not true.`,
      );
    }
    if (this.#cipher === undefined)
      throw new ExecError(
        'settings.unreadable',
        `The client secret of ${service} is encrypted and SETTINGS_KEY is not set.`,
      );
    const opened = this.#cipher.decrypt(stored.sealed, this.#place(service));
    if (opened !== undefined) return new Secret(opened);
    throw new ExecError(
      'settings.unreadable',
      `The client secret of ${service} was not encrypted with the SETTINGS_KEY of this service, or was altered.`,
    );
  }

  #place(service: SettingsService): string {
    return `${this.#key}/${service}/client_secret`;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function same(a: HybridIntegrationSettings, b: HybridIntegrationSettings): boolean {
  return comparable(a) === comparable(b);
}

function comparable(settings: HybridIntegrationSettings): string {
  return JSON.stringify([
    settings.organizationShortName ?? null,
    settings.organizationId,
    settings.baseServiceUrl,
    settings.tokenUrl,
    settings.agentPollingIntervalSeconds,
    settingsServices.map((service) => {
      const client = settings.clients[service];
      return client === undefined ? null : [client.clientId, client.clientSecret.reveal()];
    }),
  ]);
}
