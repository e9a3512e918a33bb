import { expect, it } from 'vitest';
import { consoleLinks } from './console-links.ts';

it('reads names and addresses', () => {
  expect(
    consoleLinks().parse(' EXCS = https://a.example.com:3640/console/ , EXCP 1=http://b/x?y=1, '),
  ).toEqual([
    { name: 'EXCS', url: 'https://a.example.com:3640/console/' },
    { name: 'EXCP 1', url: 'http://b/x?y=1' },
  ]);
});

it.each([
  '',
  ',',
  'https://a',
  '=https://a',
  'A=javascript:alert(1)',
  'A=https://user:word@a',
  'A=a',
  'A=https://a,B',
  '<b>=https://a',
])('refuses %j', (text) => {
  expect(consoleLinks().safeParse(text).success).toBe(false);
});
