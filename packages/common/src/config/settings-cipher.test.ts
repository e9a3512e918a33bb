/** Sealed values open with the same key at the same place, and nowhere else. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';
import { parseSettingsKey, SettingsCipher } from './settings-cipher.ts';

const cipher = () => new SettingsCipher(new Secret(randomBytes(32).toString('base64')));

describe('SettingsCipher', () => {
  it.each(['', 'secret', 'späte Öffnung 🔑', 'x'.repeat(5000)])('opens what it sealed', (value) => {
    const one = cipher();
    expect(one.decrypt(one.encrypt(value, 'here'), 'here')).toBe(value);
  });

  it('seals the same value differently each time', () => {
    const one = cipher();
    expect(one.encrypt('v', 'p')).not.toBe(one.encrypt('v', 'p'));
  });

  it('does not open with another key or at another place', () => {
    const one = cipher();
    const sealed = one.encrypt('v', 'here');
    expect(cipher().decrypt(sealed, 'here')).toBeUndefined();
    expect(one.decrypt(sealed, 'there')).toBeUndefined();
  });

  it('does not open after any byte was changed, or cut', () => {
    const one = cipher();
    const bytes = Buffer.from(one.encrypt('value', 'p'), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(one.decrypt(altered.toString('base64url'), 'p')).toBeUndefined();
      expect(one.decrypt(bytes.subarray(0, at).toString('base64url'), 'p')).toBeUndefined();
    }
  });
});

describe('parseSettingsKey', () => {
  it.each(['', 'short', 'A'.repeat(42), 'A'.repeat(44), 'g'.repeat(64), 'a'.repeat(63), '='.repeat(44)])(
    'refuses %j',
    (key) => {
      expect(parseSettingsKey(key)).toBeUndefined();
    },
  );

  it('reads hexadecimal and base64 alike', () => {
    const bytes = randomBytes(32);
    expect(parseSettingsKey(bytes.toString('hex'))).toEqual(bytes);
    expect(parseSettingsKey(bytes.toString('base64'))).toEqual(bytes);
    expect(parseSettingsKey(bytes.toString('base64url'))).toEqual(bytes);
  });
});
