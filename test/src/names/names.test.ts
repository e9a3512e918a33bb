/** Banned words are found in names of every kind, and nowhere else. */
import { expect, it } from 'vitest';
import { findBanned } from './find-banned.ts';

const namesIn = (text: string) => findBanned('any.ts', text).map(({ name, line }) => `${name} ${line}`);

it.each([
  ['const toldLegs = 1;', 'toldLegs 1'],
  ['let a = 1;\nfunction settleEnd() {}', 'settleEnd 2'],
  ['interface LaneKind {}', 'LaneKind 1'],
  ['class A { #turn = 1; }', 'turn 1'],
  ['const a = { inTurns: 1 };', 'inTurns 1'],
  ['type A = { readonly oddity: string };', 'oddity 1'],
  ['import { Duty } from "a";', 'Duty 1'],
])('finds the name in %j', (text, name) => {
  expect(namesIn(text)).toContain(name);
});

it.each([
  '// told in turn',
  "const a = 'settle';",
  'const returned = oddsOf(turnover, planes);',
  'await Promise.allSettled([]);',
])('finds nothing in %j', (text) => {
  expect(namesIn(text)).toEqual([]);
});

it('leaves a fixed name alone in its own file only', () => {
  const namesOf = (file: string) => findBanned(file, 'const a = { told: 1 };').map(({ name }) => name);
  expect(namesOf('packages/excp/src/formats/conversation.ts')).toEqual([]);
  expect(namesOf('packages/excp/src/conversation/state.ts')).toEqual(['told']);
});
