/** The `hybrid_integration` settings in Redis: EXCS writes them, the other services read them. */
import { z } from 'zod';
import { ExecError } from '../errors/errors.ts';
import { type Formats, readValue } from '../formats/index.ts';
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
  clientSecret: z.union([z.object({ sealed: z.string(), key: z.string() }), z.object({ plain: z.string() })]),
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

const what = 'settings';

type StoredSettings = z.infer<typeof storedSettings>;
type StoredClient = z.infer<typeof storedClient>;
/** What a secret is used with: who writes to Redis must not lead it elsewhere. */
type Binding = Pick<StoredSettings, 'organizationId' | 'baseServiceUrl' | 'tokenUrl'>;
type BoundClient = Pick<StoredClient, 'clientId'>;
type StoredSecret = z.infer<typeof storedClient>['clientSecret'];

export interface SettingsStoreOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly formats: Formats;
  /** With a key secrets are encrypted; without one they are kept and accepted plain only if `plaintext`. */
  /** Whose secret is opened when the settings are read; without it all are. */
  readonly service?: SettingsService;
  readonly encryption: { readonly key?: Secret | undefined; readonly plaintext: boolean };
}

/** The `hybrid_integration` settings in Redis: written by EXCS, read by the services, each only its own secret. */
export class SettingsStore {
  readonly #redis: RedisConnection;
  readonly #formats: Formats;
  readonly #key: string;
  readonly #cipher: SettingsCipher | undefined;
  readonly #plaintext: boolean;
  readonly #opens: readonly SettingsService[];
  /** The key with which everything that is stored was seen to be sealed. */
  #sealedWith: string | undefined;

  constructor(options: SettingsStoreOptions) {
    this.#redis = options.redis;
    this.#formats = options.formats;
    this.#key = options.keys.key('settings');
    const { key, plaintext } = options.encryption;
    this.#cipher = key === undefined ? undefined : new SettingsCipher(key);
    this.#plaintext = plaintext;
    this.#opens = options.service === undefined ? settingsServices : [options.service];
  }

  /**
   * Stores the settings unless the same ones are there already; answers whether something changed.
   *
   * @param keep services whose stored client, if there is one, stays as it is whatever the settings say
   * @throws ExecError `redis.unavailable`, `settings.unprotected`
   */
  async write(
    settings: HybridIntegrationSettings,
    keep: ReadonlySet<SettingsService> = new Set(),
  ): Promise<boolean> {
    const text = await this.#get();
    const before = readValue(this.#formats.read(what, text, storedSettings));
    const wanted = { ...settings, clients: { ...settings.clients } };
    for (const service of keep) delete wanted.clients[service];
    const current = this.#cipher?.current;
    if (text !== undefined && this.#holds(text, wanted, keep)) {
      this.#sealedWith = current;
      return false;
    }
    const stored: StoredSettings = { ...wanted, clients: {} };
    for (const service of settingsServices) {
      const kept = keep.has(service) ? before?.clients[service] : undefined;
      if (before !== undefined && kept !== undefined)
        stored.clients[service] = this.#sealedAnew(kept, service, { before, wanted });
      const client = wanted.clients[service];
      if (client === undefined) continue;
      const clientSecret = this.#seal(client.clientSecret, service, { ...wanted, clientId: client.clientId });
      stored.clients[service] = { clientId: client.clientId, clientSecret };
    }
    try {
      await this.#redis.client.set(this.#key, this.#formats.write(what, stored));
    } catch (error) {
      throw redisFailure(error, 'store the settings');
    }
    if (this.#isSealedAsNow(stored)) this.#sealedWith = current;
    return true;
  }

  /**
   * Undefined when EXCS has not stored any yet. Of the clients only those that this service may open.
   *
   * @throws ExecError `redis.unavailable`, or `settings.unreadable` when they cannot be decrypted or understood
   */
  async read(): Promise<HybridIntegrationSettings | undefined> {
    const text = await this.#get();
    return text === undefined ? undefined : this.#open(text, this.#opens);
  }

  /** Whether everything that is stored is sealed with the first of the keys, so that no other is needed; as last seen. */
  get sealedWithFirstKey(): boolean {
    return this.#sealedWith === this.#cipher?.current;
  }

  async #get(): Promise<string | undefined> {
    try {
      return (await this.#redis.client.get(this.#key)) ?? undefined;
    } catch (error) {
      throw redisFailure(error, 'read the settings');
    }
  }

  /** Whether `text` says the same, and protects it as this service would. */
  #holds(text: string, settings: HybridIntegrationSettings, keep: ReadonlySet<SettingsService>): boolean {
    // JSON of ours: a plain secret is the only place for this property.
    if (this.#cipher !== undefined && text.includes('"clientSecret":{"plain"')) return false;
    const read = this.#formats.read(what, text, storedSettings);
    if (read.kind !== 'read' || read.format !== this.#formats.writes) return false;
    if (!this.#isSealedAsNow(read.value)) return false;
    try {
      const opened = this.#open(text, settingsServices);
      const clients = { ...opened.clients };
      for (const service of keep) delete clients[service];
      return same({ ...opened, clients }, settings);
    } catch {
      // Made with another key or by another release: the writer replaces it.
      return false;
    }
  }

  /** Whether every client is sealed with the key that seals now. */
  #isSealedAsNow({ clients }: StoredSettings): boolean {
    const cipher = this.#cipher;
    if (cipher === undefined) return true;
    return settingsServices.every((service) => {
      const secret = clients[service]?.clientSecret;
      return secret === undefined || ('sealed' in secret && cipher.isCurrent(secret, service));
    });
  }

  /** A client that stays, bound to the settings as they are now; one that does not open is left as it is. */
  #sealedAnew(
    kept: StoredClient,
    service: SettingsService,
    { before, wanted }: { readonly before: StoredSettings; readonly wanted: Binding },
  ): StoredClient {
    const { clientId } = kept;
    try {
      const secret = this.#unseal(kept.clientSecret, service, { ...before, clientId });
      return { clientId, clientSecret: this.#seal(secret, service, { ...wanted, clientId }) };
    } catch (error) {
      if (error instanceof ExecError && error.code === 'settings.unreadable') return kept;
      throw error;
    }
  }

  #open(text: string, opens: readonly SettingsService[]): HybridIntegrationSettings {
    const read = this.#formats.read(what, text, storedSettings);
    if (read.kind !== 'read')
      throw new ExecError(
        'settings.unreadable',
        read.kind === 'other'
          ? `The settings in Redis are of format ${read.format}, which this release does not read.`
          : 'The settings in Redis have an unknown form.',
      );
    const { clients: stored, organizationShortName, ...rest } = read.value;
    const clients: { -readonly [S in SettingsService]?: { clientId: string; clientSecret: Secret } } = {};
    for (const service of opens) {
      const client = stored[service];
      if (client === undefined) continue;
      const { clientId } = client;
      clients[service] = {
        clientId,
        clientSecret: this.#unseal(client.clientSecret, service, { ...rest, clientId }),
      };
    }
    return { ...rest, ...(organizationShortName === undefined ? {} : { organizationShortName }), clients };
  }

  #seal(secret: Secret, service: SettingsService, bound: Binding & BoundClient): StoredSecret {
    if (this.#cipher !== undefined) {
      const sealed = this.#cipher.seal(secret.reveal(), service, this.#boundTo(service, bound));
      if (sealed !== undefined) return sealed;
      throw new ExecError(
        'settings.unprotected',
        `The client secret of ${service} is not stored: SETTINGS_KEY of EXCS is the key of another service only.`,
      );
    }
    if (this.#plaintext) return { plain: secret.reveal() };
    throw new ExecError(
      'settings.unprotected',
      'Client secrets are not stored: SETTINGS_KEY is not set and SETTINGS_PLAINTEXT is not true.',
    );
  }

  #unseal(stored: StoredSecret, service: SettingsService, bound: Binding & BoundClient): Secret {
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
    const opened = this.#cipher.open(stored, service, this.#boundTo(service, bound));
    switch (opened.kind) {
      case 'opened':
        return new Secret(opened.value);
      case 'other-key':
        throw new ExecError(
          'settings.unreadable',
          `The client secret of ${service} is encrypted with the key ${stored.key.slice(0, 8)}; SETTINGS_KEY of this service ` +
            `has ${opened.ours.length === 0 ? 'none for it' : opened.ours.join(', ')}.`,
        );
      case 'altered':
        throw new ExecError(
          'settings.unreadable',
          `The client secret of ${service}, or what it is used with, was altered in Redis.`,
        );
    }
  }

  /** A secret opens only where it lies, with its client and the addresses that it was stored with. */
  #boundTo(
    service: SettingsService,
    { clientId, organizationId, baseServiceUrl, tokenUrl }: Binding & BoundClient,
  ): string {
    return JSON.stringify([this.#key, service, clientId, organizationId, baseServiceUrl, tokenUrl]);
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
