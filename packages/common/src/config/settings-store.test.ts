/** The settings in Redis: encrypted or plain as configured, written only when something changed. */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Formats } from '../formats/index.ts';
import { silentLogger } from '../logging/logging.ts';
import { KeySpace, RedisConnection } from '../redis/index.ts';
import { nextFormat, nextRelease } from '../testing/index.ts';
import type { HybridIntegrationSettings } from './hybrid-integration.ts';
import { Secret } from './secret.ts';
import { settingsKeysOf } from './settings-cipher.ts';
import { SettingsStore } from './settings-store.ts';

const { url, prefix } = testRedis();
let redis: RedisConnection;
let tenantId = 0;
let keys: KeySpace;

beforeAll(async () => {
  redis = RedisConnection.open({
    url: new Secret(url),
    name: 'settings-test',
    logger: silentLogger,
    commandTimeoutMs: 60_000,
  });
  await redis.ready();
});
afterAll(() => redis.close());
beforeEach(() => {
  keys = new KeySpace({ prefix, orgId: 'org', tenantId: ++tenantId });
});

const newKey = () => new Secret(randomBytes(32).toString('base64'));
const store = (key?: Secret, plaintext = false) =>
  new SettingsStore({ redis, keys, formats: new Formats(), encryption: { key, plaintext } });

const settings: HybridIntegrationSettings = {
  organizationShortName: 'acme',
  organizationId: 'org',
  baseServiceUrl: 'https://api.mypurecloud.com',
  tokenUrl: 'https://login.mypurecloud.com/oauth/token',
  clients: {
    config_sync: { clientId: 'cs', clientSecret: new Secret('canary-cs-91f2') },
    conversation_provider: { clientId: 'cp', clientSecret: new Secret('canary-cp-77aa') },
  },
  agentPollingIntervalSeconds: 60,
};

const revealed = (read: HybridIntegrationSettings | undefined) =>
  read === undefined
    ? undefined
    : {
        ...read,
        clients: Object.fromEntries(
          Object.entries(read.clients).map(([name, client]) => [
            name,
            [client.clientId, client.clientSecret.reveal()],
          ]),
        ),
      };

const stored = async () => (await redis.client.get(keys.key('settings'))) ?? '';

describe('SettingsStore', () => {
  it('keeps the stored client of a service whose new one does not fit, and stores the rest', async () => {
    const key = newKey();
    await store(key).write(settings);
    const changed = {
      ...settings,
      agentPollingIntervalSeconds: 30,
      clients: {
        config_sync: { clientId: 'cs-2', clientSecret: new Secret('canary-cs-2') },
        conversation_provider: { clientId: 'unfit', clientSecret: new Secret('canary-unfit') },
      },
    };
    const keep = new Set(['conversation_provider', 'agent_state_sync'] as const);
    expect(await store(key).write(changed, keep)).toBe(true);
    expect(await store(key).write(changed, keep)).toBe(false);
    expect(revealed(await store(key).read())).toEqual({
      ...settings,
      agentPollingIntervalSeconds: 30,
      clients: { config_sync: ['cs-2', 'canary-cs-2'], conversation_provider: ['cp', 'canary-cp-77aa'] },
    });
    expect(await store(key).write(changed)).toBe(true);
    expect((await store(key).read())?.clients.conversation_provider?.clientId).toBe('unfit');
  });

  it('answers undefined before anything was written', async () => {
    expect(await store(newKey()).read()).toBeUndefined();
  });

  it('gives back what was written', async () => {
    const key = newKey();
    expect(await store(key).write(settings)).toBe(true);
    expect(revealed(await store(key).read())).toEqual(revealed(settings));
  });

  it('keeps no secret in Redis in the clear, nor as base64', async () => {
    await store(newKey()).write(settings);
    const text = await stored();
    expect(text).toContain('acme');
    for (const secret of ['canary-cs-91f2', 'canary-cp-77aa']) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
    }
  });

  it('writes only what changed', async () => {
    const mine = store(newKey());
    await mine.write(settings);
    const before = await stored();
    expect(await mine.write({ ...settings, clients: { ...settings.clients } })).toBe(false);
    expect(await stored()).toBe(before);
    const rotated = { clientId: 'cs', clientSecret: new Secret('new') };
    expect(await mine.write({ ...settings, clients: { ...settings.clients, config_sync: rotated } })).toBe(
      true,
    );
    expect((await mine.read())?.clients.config_sync?.clientSecret.reveal()).toBe('new');
  });

  it('reads what this release stored, for ever: the fixture is never changed', async () => {
    const file = new URL('./fixtures/format-1.json', import.meta.url);
    const fixture = JSON.parse(readFileSync(file, 'utf8')) as { settings: string };
    const { conversation_provider: _, ...clients } = settings.clients;
    const wanted = { ...settings, clients: { config_sync: { ...clients.config_sync, clientId: 'cs' } } };
    for (const text of [fixture.settings, fixture.settings.replace('"v":1,', '')]) {
      await redis.client.set(keys.key('settings'), text);
      const read = revealed(await store(undefined, true).read());
      expect(read).toEqual({ ...wanted, clients: { config_sync: ['cs', 'for-tests'] } });
    }
  });

  it('says of which format they are when it does not read it, and replaces them', async () => {
    const key = newKey();
    const formats = new Formats(nextRelease);
    formats.writes = nextFormat;
    const newer = new SettingsStore({ redis, keys, formats, encryption: { key, plaintext: false } });
    await newer.write(settings);
    expect(revealed(await newer.read())).toEqual(revealed(settings));
    await expect(store(key).read()).rejects.toMatchObject({
      code: 'settings.unreadable',
      message: expect.stringContaining(`format ${nextFormat}`),
    });
    formats.writes = 1;
    expect(await newer.write(settings)).toBe(true);
    expect(await newer.write(settings)).toBe(false);
    expect(revealed(await store(key).read())).toEqual(revealed(settings));
  });

  it('writes anew when what is there cannot be read: a new key, a foreign form', async () => {
    await store(newKey()).write(settings);
    const key = newKey();
    expect(await store(key).write(settings)).toBe(true);
    await redis.client.set(keys.key('settings'), '{"from":"another release"}');
    expect(await store(key).write(settings)).toBe(true);
    expect(revealed(await store(key).read())).toEqual(revealed(settings));
  });

  it('keeps secrets plain only when asked to', async () => {
    await expect(store(undefined, false).write(settings)).rejects.toMatchObject({
      code: 'settings.unprotected',
    });
    expect(await stored()).toBe('');
    expect(await store(undefined, true).write(settings)).toBe(true);
    expect(revealed(await store(undefined, true).read())).toEqual(revealed(settings));
  });

  it('encrypts with a key even when plain storage is allowed, and replaces plain ones', async () => {
    await store(undefined, true).write(settings);
    const both = store(newKey(), true);
    expect(await both.write(settings)).toBe(true);
    expect(await stored()).not.toContain('canary-cs-91f2');
    expect(await both.write(settings)).toBe(false);
  });

  it.each([
    ['another key', () => store(newKey())],
    ['no key', () => store(undefined, true)],
  ])('refuses to read encrypted ones with %s', async (_, reader) => {
    await store(newKey()).write(settings);
    await expect(reader().read()).rejects.toMatchObject({ code: 'settings.unreadable', retryable: false });
  });

  it('refuses to read plain ones unless asked to', async () => {
    await store(undefined, true).write(settings);
    await expect(store(newKey()).read()).rejects.toMatchObject({ code: 'settings.unreadable' });
  });

  it.each(['', 'not json', '[]', '{"organizationId":1}'])('refuses a foreign form: %j', async (text) => {
    await redis.client.set(keys.key('settings'), text);
    await expect(store(newKey()).read()).rejects.toMatchObject({ code: 'settings.unreadable' });
  });

  it('gives a service its own client only', async () => {
    const key = newKey();
    await store(key).write(settings);
    const own = new SettingsStore({
      ...{ redis, keys, formats: new Formats(), service: 'conversation_provider' },
      encryption: {
        key: new Secret(settingsKeysOf(key.reveal(), 'conversation_provider')),
        plaintext: false,
      },
    });
    expect(revealed(await own.read())?.clients).toEqual({ conversation_provider: ['cp', 'canary-cp-77aa'] });
    const whole = new SettingsStore({
      ...{ redis, keys, formats: new Formats(), service: 'conversation_provider' },
      encryption: { key, plaintext: false },
    });
    expect(Object.keys((await whole.read())?.clients ?? {})).toEqual(['conversation_provider']);
    await expect(own.write({ ...settings, organizationShortName: 'other' })).rejects.toMatchObject({
      code: 'settings.unprotected',
    });
  });

  it('the key is exchanged while a service reads: no read fails, and EXCS seals anew', async () => {
    const [before, after] = [newKey().reveal(), newKey().reveal()];
    const [writing, reading] = [Secret.changing(before), Secret.changing(before)];
    const [writer, reader] = [store(writing.secret), store(reading.secret)];
    await writer.write(settings);
    expect(writer.sealedWithFirstKey).toBe(true);
    const end = new AbortController();
    const reads = (async () => {
      let count = 0;
      for (; !end.signal.aborted; count++) expect(revealed(await reader.read())).toEqual(revealed(settings));
      return count;
    })();
    reading.change(`${after},${before}`);
    writing.change(`${after},${before}`);
    expect(writer.sealedWithFirstKey).toBe(false);
    const keep = new Set(['conversation_provider'] as const);
    expect(await writer.write(settings, keep)).toBe(true);
    expect(await writer.write(settings, keep)).toBe(false);
    expect(writer.sealedWithFirstKey).toBe(true);
    reading.change(after);
    writing.change(after);
    expect(await writer.write(settings)).toBe(false);
    expect(revealed(await reader.read())).toEqual(revealed(settings));
    end.abort();
    expect(await reads).toBeGreaterThan(0);
  });

  it.each(['tokenUrl', 'baseServiceUrl', 'organizationId'])(
    'does not open a secret whose %s was changed in Redis',
    async (field) => {
      const key = newKey();
      await store(key).write(settings);
      const changed = { ...JSON.parse(await stored()), [field]: 'https://api.mypurecloud.ie' };
      await redis.client.set(keys.key('settings'), JSON.stringify(changed));
      await expect(store(key).read()).rejects.toMatchObject({
        code: 'settings.unreadable',
        message: expect.stringContaining('altered'),
      });
    },
  );

  it('does not take a secret that was moved to another service', async () => {
    const key = newKey();
    await store(key).write(settings);
    const moved = JSON.parse(await stored());
    moved.clients.conversation_provider.clientSecret = moved.clients.config_sync.clientSecret;
    await redis.client.set(keys.key('settings'), JSON.stringify(moved));
    await expect(store(key).read()).rejects.toMatchObject({ code: 'settings.unreadable' });
  });
});
