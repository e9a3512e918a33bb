/** Rules are found in doc comments, and none stands on the page with a proof that does not exist. */
import { describe, expect, it } from 'vitest';
import { faultsOf, type Known, testFile } from './proofs.ts';
import { readRules } from './read-rules.ts';

const file = 'packages/excs/src/plan/limits.ts';

const text = `
/** No rule. */
export function helper(): void {}

/**
 * Counts what is removed.
 * @rule More removals than the limit
 *   stop the whole plan.
 * @scenario inbound-queue-call, hold
 * @test limits.test.ts
 * @test sync/safety.test.ts: zero writes
 * @test stops the plan
 * @page docs/reference/mapping.md#safety
 * @throws nothing
 */
export const limits = (): void => {};

export class Window {
  /** @rule Counts one day. @see nothing */
  count(): void {}
}
`;

const known: Known = {
  scenarios: new Set(['inbound-queue-call', 'hold']),
  tests: new Map([
    ['packages/exas/src/other.test.ts', "it('stops the plan', () => {})"],
    ['packages/excs/src/plan/limits.test.ts', "it('stops the plan', () => {})"],
    ['packages/excs/src/sync/safety.test.ts', 'it("zero writes", () => {})'],
  ]),
  pages: new Map([['docs/reference/mapping.md', '# Mapping\n\n## Safety\n']]),
};

function ruleWith(tag: string) {
  const [rule] = readRules(file, `/**\n * @rule A rule.\n * ${tag}\n */\nexport function one(): void {}\n`);
  if (rule === undefined) throw new Error('no rule was read');
  return rule;
}

describe('reading rules', () => {
  it('takes sentence, scenarios, tests and pages from the doc comment of a declaration', () => {
    expect(readRules(file, text)[0]).toEqual({
      file,
      name: 'limits',
      sentence: 'More removals than the limit stop the whole plan',
      scenarios: ['inbound-queue-call', 'hold'],
      tests: [
        { file: 'limits.test.ts' },
        { file: 'sync/safety.test.ts', title: 'zero writes' },
        { title: 'stops the plan' },
      ],
      pages: ['docs/reference/mapping.md#safety'],
    });
  });

  it('finds a rule on a method under the name of its class', () => {
    expect(readRules(file, text).map(({ name }) => name)).toEqual(['limits', 'Window.count']);
  });

  it('refuses a rule that stands before no declaration', () => {
    expect(() => readRules(file, '/** @rule Lost. */\n\nlimits();\n')).toThrow('before no declaration');
  });
});

describe('judging the proofs of a rule', () => {
  it('accepts proofs that exist', () => {
    expect(
      readRules(file, text)
        .slice(0, 1)
        .flatMap((rule) => faultsOf(rule, known)),
    ).toEqual([]);
  });

  it.each([
    ['', 'names no proof'],
    ['@scenario hold, sleep', 'there is no scenario sleep'],
    ['@test nothing.test.ts', 'there is no test nothing.test.ts'],
    ['@test limits.test.ts: nothing', 'there is no test limits.test.ts: nothing'],
    ['@test does nothing', 'there is no test does nothing'],
    ['@page docs/nothing.md', 'there is no page docs/nothing.md'],
    ['@page docs/reference/mapping.md#nothing', 'there is no page docs/reference/mapping.md#nothing'],
  ])('refuses a rule with "%s"', (tag, fault) => {
    const faults = faultsOf(ruleWith(tag), known);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it('prefers the own package when a title stands in several', () => {
    expect(testFile(ruleWith(''), { title: 'stops the plan' }, known)).toBe(
      'packages/excs/src/plan/limits.test.ts',
    );
  });
});
