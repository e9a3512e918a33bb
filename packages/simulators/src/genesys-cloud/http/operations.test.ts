/** Every operation that the connector's client can send is one of the fake's. */
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { operations } from './operations.ts';

const client = new URL('../../../../common/src/genesys-cloud/operations/', import.meta.url);

test('the fake has each operation that the client names', async () => {
  const files = (await readdir(client)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, client), 'utf8')));
  const named = texts.flatMap((text) =>
    [...text.matchAll(/'((?:get|post|put|patch|delete|head)[A-Z]\w+)'/g)].map(([, name]) => name),
  );
  const known = new Set(operations.map(({ id }) => id));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !known.has(name ?? ''))).toEqual([]);
});
