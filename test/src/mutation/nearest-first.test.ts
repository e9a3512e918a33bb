import { expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { NearestFirst } from './nearest-first.ts';

const sorted = async (related: readonly string[] | undefined, ...files: readonly string[]) => {
  const sequencer = new NearestFirst({ config: { related } } as unknown as Vitest);
  const specifications = files.map((moduleId) => ({ moduleId }) as TestSpecification);
  return (await sequencer.sort(specifications)).map(({ moduleId }) => moduleId);
};

it('the test beside the file that was changed comes first, then its folder; whole calls and random ones last', async () => {
  const files = [
    '/a/scenarios.test.ts',
    '/b/one.test.ts',
    '/a/two.test.ts',
    '/a/one.test.ts',
    '/b/x.property.test.ts',
  ];
  expect(await sorted(['/a/one.ts'], ...files)).toEqual([
    ...[
      '/a/one.test.ts',
      '/a/two.test.ts',
      '/b/one.test.ts',
      '/a/scenarios.test.ts',
      '/b/x.property.test.ts',
    ],
  ]);
});

it('all of them stay in the run before the mutants', async () => {
  expect(await sorted(undefined, '/a/one.test.ts', '/b/one.test.ts')).toEqual([
    '/a/one.test.ts',
    '/b/one.test.ts',
  ]);
});
