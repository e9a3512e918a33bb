/** Sealed values open with the key that they name, for their service, with what they are bound to, and nowhere else. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';
import { parseSettingsKeys, type Sealed, SettingsCipher, settingsKeysOf } from './settings-cipher.ts';

const newKey = () => randomBytes(32).toString('base64');
const cipher = (list = newKey()) => new SettingsCipher(new Secret(list));
const service = 'agent_state_sync';

function seal(one: SettingsCipher, value: string, boundTo = 'here'): Sealed {
  const sealed = one.seal(value, service, boundTo);
  if (sealed === undefined) throw new Error('there is no key');
  return sealed;
}

describe('SettingsCipher', () => {
  it.each(['', 'secret', 'späte Öffnung 🔑', 'x'.repeat(5000)])('opens what it sealed', (value) => {
    const one = cipher();
    expect(one.open(seal(one, value), service, 'here')).toEqual({ kind: 'opened', value });
  });

  it('seals the same value differently each time, and names the key', () => {
    const one = cipher();
    const [first, second] = [seal(one, 'v'), seal(one, 'v')];
    expect(first.sealed).not.toBe(second.sealed);
    expect(first.key).toBe(second.key);
    expect(first.key).toMatch(/^[0-9a-f]{8}$/);
  });

  it('does not open with another key, at another place or for another service', () => {
    const one = cipher();
    const sealed = seal(one, 'v');
    expect(cipher().open(sealed, service, 'here')).toMatchObject({ kind: 'other-key' });
    expect(one.open(sealed, service, 'there')).toEqual({ kind: 'altered' });
    expect(one.open(sealed, 'config_sync', 'here')).toMatchObject({ kind: 'other-key' });
  });

  it('does not open after any byte was changed, or cut', () => {
    const one = cipher();
    const { sealed, key } = seal(one, 'value');
    const bytes = Buffer.from(sealed, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      for (const wrong of [altered, bytes.subarray(0, at)])
        expect(one.open({ sealed: wrong.toString('base64url'), key }, service, 'here').kind).toBe('altered');
    }
  });

  it('opens with the key of its service, which opens the secrets of no other', () => {
    const list = newKey();
    const whole = cipher(list);
    const own = cipher(settingsKeysOf(list, service));
    expect(own.open(seal(whole, 'v'), service, 'here')).toEqual({ kind: 'opened', value: 'v' });
    const foreign = whole.seal('v', 'config_sync', 'here');
    if (foreign === undefined) throw new Error('there is no key');
    expect(own.open(foreign, 'config_sync', 'here')).toEqual({ kind: 'other-key', ours: [] });
    expect(own.seal('v', 'config_sync', 'here')).toBeUndefined();
  });

  it('exchanges keys in steps: both open, the first seals, the old one ends', () => {
    const [before, after] = [newKey(), newKey()];
    const { secret, change } = Secret.changing(before);
    const one = new SettingsCipher(secret);
    const old = seal(one, 'v');
    change(`${after},${before}`);
    expect(one.open(old, service, 'here')).toEqual({ kind: 'opened', value: 'v' });
    expect(one.isCurrent(old, service)).toBe(false);
    const fresh = seal(one, 'v');
    change(after);
    expect(one.open(fresh, service, 'here')).toEqual({ kind: 'opened', value: 'v' });
    expect(one.open(old, service, 'here')).toEqual({ kind: 'other-key', ours: [fresh.key] });
  });
});

describe('parseSettingsKeys', () => {
  it.each([
    ...['', 'short', 'A'.repeat(42), 'A'.repeat(44), 'g'.repeat(64), 'a'.repeat(63), '='.repeat(44)],
    ...[`${newKey()},`, `${newKey()},x`, `other:${newKey()}`, `config_sync:x:${newKey()}`],
  ])('refuses %j', (list) => {
    expect(parseSettingsKeys(list)).toBeUndefined();
  });

  it('reads hexadecimal and base64 alike, and the key of one service', () => {
    const bytes = randomBytes(32);
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(parseSettingsKeys(bytes.toString(form))).toEqual([{ service: undefined, bytes }]);
    expect(parseSettingsKeys(` ${service}:${bytes.toString('base64')} , ${bytes.toString('hex')}`)).toEqual([
      { service, bytes },
      { service: undefined, bytes },
    ]);
  });
});
