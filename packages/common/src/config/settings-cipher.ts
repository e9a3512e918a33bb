/** Encrypts client secrets at rest: AES-256-GCM, bound to the place where the value is kept. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** The 32 bytes of a key written as base64, base64url or 64 hexadecimal digits; undefined for anything else. */
export function parseSettingsKey(key: string): Buffer | undefined {
  const written = key.trim();
  if (/^[0-9A-Fa-f]{64}$/.test(written)) return Buffer.from(written, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(written)) return undefined;
  const bytes = Buffer.from(written, 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

/** One key for all secrets of a deployment. Every value is encrypted for the place where it is kept. */
export class SettingsCipher {
  readonly #key: Buffer;

  /** @throws TypeError when the key is not 32 bytes (the environment is validated before). */
  constructor(key: Secret) {
    const bytes = parseSettingsKey(key.reveal());
    if (bytes === undefined) throw new TypeError('SETTINGS_KEY must be 32 bytes as base64 or hexadecimal');
    this.#key = bytes;
  }

  /** `place` must be given again to decrypt: a value copied to another place does not open. */
  encrypt(value: string, place: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  /** Undefined when the value was made with another key, for another place, or was altered. */
  decrypt(sealed: string, place: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < nonceBytes + tagBytes) return undefined;
    const nonce = bytes.subarray(0, nonceBytes);
    const tag = bytes.subarray(bytes.length - tagBytes);
    const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    try {
      const opened = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}
