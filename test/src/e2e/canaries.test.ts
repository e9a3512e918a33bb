/** The search can fail: each way in which a value may leak is found, and nothing else. */
import { expect, it } from 'vitest';
import { canariesIn, Search } from './canaries.ts';

const canaries = [
  { name: 'secret', value: 'canary+"secret/4711' },
  { name: 'number', value: '+4930900112233', isNumber: true },
];

it.each([
  ['as it is', 'password canary+"secret/4711 refused', ['secret']],
  ['in another case', 'CANARY+"SECRET/4711', ['secret']],
  ['in JSON', JSON.stringify({ a: 'canary+"secret/4711' }), ['secret']],
  ['in an address', `redis://u:${encodeURIComponent('canary+"secret/4711')}@host`, ['secret']],
  ...['', 'a', 'ab', 'client:'].map(
    (before) =>
      [
        `in base64 behind "${before}"`,
        Buffer.from(`${before}canary+"secret/4711 and more`).toString('base64'),
        ['secret'],
      ] as const,
  ),
  ['a number', 'ani=+4930900112233', ['number']],
  ['a number without its sign', '{"dn":"4930900112233"}', ['number']],
  ['a number in groups', 'from +49 (30) 900-112 233.', ['number']],
  ['neither', 'ani +**********233 of [e-mail], canary+ secret 4711', []],
] as const)('%s', (_, text, expected) => {
  expect(canariesIn(text, canaries)).toEqual(expected);
});

it('tells what it found where, a bearer token as well, and how much it read', () => {
  const search = new Search();
  search.look('log', 'nothing', canaries);
  search.look('log', 'to +49 30 900112233', canaries);
  search.look('answer', '{"authorization":"Bearer abcdefghijklmnopqrstuvwxyz"}', canaries);
  expect(search.found).toEqual([
    'log: number: to +49 30 900112233',
    'answer: bearer token: {"authorization":"Bearer abcdefghijklmnopqrstuvwxyz"}',
  ]);
  expect([search.texts('log'), search.texts('answer'), search.texts('crash')]).toEqual([2, 1, 0]);
  expect(search.summary).toContain('log: 2 texts, 26 characters');
});
