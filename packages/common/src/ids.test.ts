import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedUuid } from './ids.ts';

describe('a derived UUID', () => {
  it('has version 4 form and depends on its parts alone', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => {
        const id = derivedUuid(...parts);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(derivedUuid(...parts)).toBe(id);
      }),
    );
  });

  it('keeps parts apart', () => {
    const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['a', 'b', 'c'], ['1', 2], ['12']];
    expect(new Set(ids.map((parts) => derivedUuid(...parts))).size).toBe(ids.length);
  });

  it('stays what it is from release to release: stored conversations depend on it', () => {
    expect(derivedUuid('conversation', 'call-1')).toBe('4205529c-c444-4830-940b-48fca0688f72');
  });
});
