/** The settings of one service, as EXCS stores them for it. */

import type { SettingsService } from '../config/hybrid-integration.ts';
import { Secret } from '../config/secret.ts';
import { SettingsStore } from '../config/settings-store.ts';
import { Formats } from '../formats/index.ts';
import type { RedisConnection } from '../redis/connection.ts';
import type { KeySpace } from '../redis/key-space.ts';

export interface StoredSettings {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  /** SETTINGS_KEY of the service. */
  readonly key: string;
  readonly cloud: { readonly organizationId: string; readonly url: string; readonly tokenUrl: string };
  readonly service: SettingsService;
  /** How often EXAS asks the cloud of an agent, seconds; default 1. */
  readonly pollingSeconds?: number | undefined;
  /** Undefined: a client that the cloud does not know. */
  readonly client: { readonly clientId: string; readonly clientSecret: string } | undefined;
}

export async function storeSettings(o: StoredSettings): Promise<void> {
  const { redis, keys, key, cloud, service, client, pollingSeconds = 1 } = o;
  const encryption = { key: new Secret(key), plaintext: false };
  await new SettingsStore({ redis, keys, formats: new Formats(), encryption }).write({
    organizationId: cloud.organizationId,
    baseServiceUrl: cloud.url,
    tokenUrl: cloud.tokenUrl,
    agentPollingIntervalSeconds: pollingSeconds,
    clients: {
      [service]: {
        clientId: client?.clientId ?? '',
        clientSecret: new Secret(client?.clientSecret ?? ''),
      },
    },
  });
}
