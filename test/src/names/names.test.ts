/** Banned words are found in names of every kind, and nowhere else; what a rule may not ask is found in rules alone. */
import { expect, it } from 'vitest';
import { findBanned } from './find-banned.ts';
import { findImpure } from './find-impure.ts';

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

it.each([
  ['packages/excs/src/plan/diff.ts', 'const a = 1;\nconst at = Date.now();', ['Date.now 2']],
  ['packages/exas/src/state/agent.ts', 'const at = new Date();', ['new Date() 1']],
  ['packages/exas/src/outbox/outbox.ts', 'const a = Math.random();', ['Math.random 1']],
  ['packages/engage-link/src/pair/pair-state.ts', 'setTimeout(f, 1);', ['setTimeout() 1']],
  ['packages/common/src/leadership/phase.ts', 'performance.now();', ['performance.now 1']],
  ['packages/excs/src/apply/roles.ts', 'const { env } = process;\nprocess.env.A;', ['process.env 2']],
  ['packages/excs/src/plan/plan-json.ts', 'new Date(at).toISOString(); Date.parse(text); clock.now();', []],
  ['packages/exas/src/outbox/sender.ts', 'Date.now();', []],
  ['packages/excs/src/plan/diff.test.ts', 'Date.now();', []],
])('finds in %s what its answer may not hang on: %j', (file, text, found) => {
  expect(findImpure(file, text).map(({ what, line }) => `${what} ${line}`)).toEqual(found);
});
