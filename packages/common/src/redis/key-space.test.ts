/** Names of keys. */
import { describe, expect, it } from 'vitest';
import { KeySpace } from './key-space.ts';

describe('KeySpace', () => {
  it('puts all keys of a deployment under one hash tag', () => {
    const keys = new KeySpace({ prefix: 'exec', orgId: 'o-1', tenantId: 101 });
    expect(keys.key('lease', 'excs')).toBe('exec:{o-1.101}:v1:lease:excs');
    expect(keys.key('settings')).toBe('exec:{o-1.101}:v1:settings');
  });
});
