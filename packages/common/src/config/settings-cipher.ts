/**
 * Encrypts client secrets at rest: AES-256-GCM, a key for each service, bound to the place and to what the secret is used
 * with. A sealed value names its key, so that keys can be exchanged while services run.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { type SettingsService, settingsServices } from './hybrid-integration.ts';
import type { Secret } from './secret.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A key of `SETTINGS_KEY`. */
export interface SettingsKey {
  /** Whose secrets it opens; undefined: it is the key of the deployment, from which those of the services are made. */
  readonly service: SettingsService | undefined;
  readonly bytes: Buffer;
}

/**
 * The keys of a comma list, the first of which seals. Each is 32 bytes as base64, base64url or 64 hexadecimal digits; the
 * key of one service has its section before it: `agent_state_sync:<key>`. Undefined for anything else.
 */
export function parseSettingsKeys(list: string): readonly SettingsKey[] | undefined {
  const keys = list.split(',').map(parseKey);
  const valid = keys.filter((key) => key !== undefined);
  return valid.length === keys.length ? valid : undefined;
}

/** The list that one service needs, made from that of the deployment: with it the secrets of no other open. */
export function settingsKeysOf(list: string, service: SettingsService): string {
  return (parseSettingsKeys(list) ?? [])
    .map((key) => keyOf(key, service))
    .filter((bytes) => bytes !== undefined)
    .map((bytes) => `${service}:${bytes.toString('base64')}`)
    .join(',');
}

function parseKey(written: string): SettingsKey | undefined {
  const parts = written.trim().split(':');
  const key = parts.pop() ?? '';
  const [section] = parts;
  const service = settingsServices.find((one) => one === section);
  if (parts.length > 1 || (section !== undefined && service === undefined)) return undefined;
  if (/^[0-9A-Fa-f]{64}$/.test(key)) return { service, bytes: Buffer.from(key, 'hex') };
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(key)) return undefined;
  const bytes = Buffer.from(key, 'base64');
  return bytes.length === 32 ? { service, bytes } : undefined;
}

function keyOf({ service: of, bytes }: SettingsKey, service: SettingsService): Buffer | undefined {
  if (of !== undefined) return of === service ? bytes : undefined;
  return Buffer.from(hkdfSync('sha256', bytes, '', `ex-engage-connector settings ${service}`, 32));
}

/** Tells keys apart and tells nothing about them. */
function idOf(bytes: Buffer): string {
  return createHash('sha256').update('key id').update(bytes).digest('hex').slice(0, 8);
}

export interface Sealed {
  readonly sealed: string;
  /** ID of the key. */
  readonly key: string;
}

export type Opened =
  | { readonly kind: 'opened'; readonly value: string }
  /** Sealed with a key that is not ours. */
  | { readonly kind: 'other-key'; readonly ours: readonly string[] }
  /** Altered, or made for another place. */
  | { readonly kind: 'altered' };

/** Seals and opens the secrets of the services that its keys are for; follows `SETTINGS_KEY` when that changes. */
export class SettingsCipher {
  readonly #secret: Secret;

  /** @throws TypeError when it is no list of keys (the environment is validated before) */
  constructor(secret: Secret) {
    this.#secret = secret;
    this.#keys();
  }

  /** Undefined when there is no key for this service. */
  seal(value: string, service: SettingsService, boundTo: string): Sealed | undefined {
    const [key] = this.#keysOf(service);
    if (key === undefined) return undefined;
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, key.bytes, nonce).setAAD(Buffer.from(boundTo));
    const sealed = Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { sealed: sealed.toString('base64url'), key: key.id };
  }

  /** `boundTo` must be what it was when the value was sealed. */
  open({ sealed, key: id }: Sealed, service: SettingsService, boundTo: string): Opened {
    const keys = this.#keysOf(service);
    const key = keys.find((one) => one.id === id);
    if (key === undefined) return { kind: 'other-key', ours: keys.map((one) => one.id) };
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < nonceBytes + tagBytes) return { kind: 'altered' };
    const nonce = bytes.subarray(0, nonceBytes);
    const tag = bytes.subarray(bytes.length - tagBytes);
    const decipher = createDecipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(boundTo)).setAuthTag(tag);
    try {
      const opened = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes));
      return { kind: 'opened', value: Buffer.concat([opened, decipher.final()]).toString('utf8') };
    } catch {
      return { kind: 'altered' };
    }
  }

  /** Whether a value was sealed with the key that seals now. */
  isCurrent(sealed: Sealed, service: SettingsService): boolean {
    return this.#keysOf(service)[0]?.id === sealed.key;
  }

  /** Names the key that seals now. */
  get current(): string | undefined {
    const [first] = this.#keys();
    return first && idOf(first.bytes);
  }

  #keys(): readonly SettingsKey[] {
    const keys = parseSettingsKeys(this.#secret.reveal());
    if (keys === undefined) throw new TypeError('SETTINGS_KEY must be 32 bytes as base64 or hexadecimal');
    return keys;
  }

  #keysOf(service: SettingsService): readonly { readonly id: string; readonly bytes: Buffer }[] {
    return this.#keys()
      .map((key) => keyOf(key, service))
      .filter((bytes) => bytes !== undefined)
      .map((bytes) => ({ id: idOf(bytes), bytes }));
  }
}
