import { describe, expect, it } from 'vitest';
import { type Announcement, chooseFormat, textOf } from './choice.ts';

function other(instance: string, min: number, max: number, ageMs = 0): Announcement {
  return { service: 'excp', instance, reads: { min, max }, ageMs };
}

const hour = 3_600_000;
const past: Announcement = { service: '', instance: '', reads: { min: 1, max: 1 }, ageMs: hour };

const table: [
  what: string,
  own: [min: number, max: number],
  others: Announcement[],
  format: number,
  text: string,
][] = [
  ['alone', [1, 2], [], 2, 'writing format 2, which all instances read'],
  ['both new', [1, 2], [other('b', 1, 2)], 2, 'writing format 2, which all instances read'],
  [
    'the new one of a mixed pair',
    [1, 2],
    [other('b', 1, 1)],
    1,
    'mixed releases, writing format 1: no newer one is read by excp b',
  ],
  [
    'the old one of a mixed pair',
    [1, 1],
    [other('b', 1, 2)],
    1,
    'mixed releases, writing format 1: a newer one is read by excp b',
  ],
  [
    'the other is down for its upgrade, or gone for good',
    [1, 2],
    [other('b', 1, 1, 5 * hour)],
    1,
    'mixed releases, writing format 1: no newer one is read by excp b (last seen 5 h ago)',
  ],
  [
    'both new since a while ago',
    [1, 2],
    [other('a', 1, 1, 90_000), other('b', 1, 1, 4_000), other('b', 1, 2)],
    1,
    'mixed releases, writing format 1: no newer one is read by excp a (last seen 1 min ago), excp b (last seen seconds ago)',
  ],
  [
    'nobody knows what ran before',
    [1, 2],
    [past],
    1,
    'mixed releases, writing format 1: no newer one is read by what ran here before (last seen 60 min ago)',
  ],
  [
    'one of three is older',
    [2, 4],
    [other('b', 1, 3), other('c', 2, 4)],
    3,
    'mixed releases, writing format 3: no newer one is read by excp b',
  ],
  [
    'the other is two releases older',
    [2, 3],
    [other('b', 1, 1)],
    2,
    'releases too far apart, writing format 2: not read by excp b',
  ],
  [
    'the other is two releases newer',
    [1, 1],
    [other('b', 2, 3)],
    1,
    'releases too far apart, writing format 1: not read by excp b',
  ],
];

describe('the format that is written is the newest that all read', () => {
  it.each(table)('%s', (_, [min, max], others, format, text) => {
    const choice = chooseFormat({ min, max }, others);
    expect(choice.format).toBe(format);
    expect(textOf(choice)).toBe(text);
  });
});
