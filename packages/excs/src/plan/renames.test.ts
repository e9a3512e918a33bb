/** The order in which names move. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderRenames, type Rename } from './renames.ts';

const order = (renames: readonly Rename<string>[], held: readonly string[] = []) => {
  const { ordered, blocked } = orderRenames(renames, (name) => held.includes(name));
  return { ordered: ordered.map(({ key, to }) => `${key}>${to}`), blocked: blocked.map(({ key }) => key) };
};

describe('renames', () => {
  it('of a chain go from its end', () => {
    expect(
      order([
        { key: 'a', from: 'A', to: 'B' },
        { key: 'b', from: 'B', to: 'C' },
      ]),
    ).toEqual({ ordered: ['b>C', 'a>B'], blocked: [] });
  });

  it('of a ring go round by a fallback', () => {
    expect(
      order([
        { key: 'a', from: 'A', to: 'B', fallback: 'B@x' },
        { key: 'b', from: 'B', to: 'A', fallback: 'A@x' },
      ]),
    ).toEqual({ ordered: ['a>B@x', 'b>A'], blocked: [] });
  });

  it('to a name that somebody else holds take the fallback, or wait', () => {
    expect(order([{ key: 'a', from: 'A', to: 'B', fallback: 'B@x' }], ['B'])).toEqual({
      ordered: ['a>B@x'],
      blocked: [],
    });
    expect(order([{ key: 'a', from: 'A', to: 'B' }], ['B'])).toEqual({ ordered: [], blocked: ['a'] });
    // It has the fallback already: nothing to do.
    expect(order([{ key: 'a', from: 'B@x', to: 'B', fallback: 'B@x' }], ['B'])).toEqual({
      ordered: [],
      blocked: [],
    });
  });

  it('in case only are no obstacle to themselves', () => {
    expect(order([{ key: 'a', from: 'sales', to: 'Sales' }])).toEqual({ ordered: ['a>Sales'], blocked: [] });
  });

  it('never take a name that is held at that moment, and none is forgotten', () => {
    const name = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
    const objects = fc.uniqueArray(fc.tuple(name, name), { selector: ([from]) => from });
    fc.assert(
      fc.property(objects, (pairs) => {
        const targets = pairs.filter(
          ([, to], index) => pairs.findIndex(([, other]) => other === to) === index,
        );
        const renames = targets.map(([from, to], index) => ({
          key: `k${index}`,
          from,
          to,
          fallback: `${to}@${index}`,
        }));
        const holders = new Map<string, string>(renames.map(({ key, from }) => [from, key]));
        const { ordered, blocked } = orderRenames(renames, () => false);
        for (const { key, to } of ordered) {
          expect(holders.get(to) ?? key).toBe(key);
          for (const [held, holder] of [...holders]) if (holder === key) holders.delete(held);
          holders.set(to, key);
        }
        expect(blocked).toEqual([]);
        for (const { key, to, fallback } of renames)
          expect([to, fallback]).toContain([...holders].find(([, holder]) => holder === key)?.[0]);
      }),
    );
  });
});
