/** Each kind of text: what is taken, what is refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { commaList, flag, integer, oneOf, peerAddress, readableFile, text, url } from './values.ts';

const folder = mkdtempSync(`${tmpdir()}/values-`);
afterAll(() => rmSync(folder, { recursive: true }));

const read = (schema: z.ZodType, value: string): unknown => {
  const result = schema.safeParse(value);
  return result.success ? result.data : 'refused';
};

describe.each<[string, z.ZodType, [string, unknown][]]>([
  [
    'text',
    text(),
    [
      [' a b ', 'a b'],
      ['  ', 'refused'],
    ],
  ],
  [
    'integer',
    integer({ min: -2, max: 300 }),
    [
      ['-2', -2],
      [' 300 ', 300],
      ['301', 'refused'],
      ['-3', 'refused'],
      ['1.0', 'refused'],
      ['1e2', 'refused'],
      ['0x10', 'refused'],
      ['9999999999999999', 'refused'],
    ],
  ],
  [
    'flag',
    flag(),
    [
      ['true', true],
      ['False', false],
      ['1', 'refused'],
      ['yes', 'refused'],
    ],
  ],
  [
    'oneOf',
    oneOf(['Red', 'Green']),
    [
      ['red', 'Red'],
      ['GREEN', 'Green'],
      ['blue', 'refused'],
    ],
  ],
  [
    'commaList',
    commaList(),
    [
      ['a, b,,c ', ['a', 'b', 'c']],
      [' , ', 'refused'],
    ],
  ],
  [
    'url',
    url('redis', 'rediss'),
    [
      ['redis://h:1/0', 'redis://h:1/0'],
      ['rediss://u:p@h', 'rediss://u:p@h'],
      ['http://h', 'refused'],
      ['redis:', 'refused'],
      ['h:6379', 'refused'],
    ],
  ],
  [
    'readableFile',
    readableFile(),
    [
      [import.meta.filename, import.meta.filename],
      [folder, 'refused'],
      [`${folder}/x`, 'refused'],
    ],
  ],
  [
    'peerAddress',
    peerAddress(),
    [
      ['stat-1:2060', { host: 'stat-1', port: 2060, tls: false }],
      ['tls://10.0.0.1:8000', { host: '10.0.0.1', port: 8000, tls: true }],
      ['[::1]:1', { host: '::1', port: 1, tls: false }],
      ['host', 'refused'],
      ['host:0', 'refused'],
      ['host:65536', 'refused'],
      ['tcp://host:1', 'refused'],
      ['a b:1', 'refused'],
    ],
  ],
])('%s', (_, schema, cases) => {
  it.each(cases)('%j', (given, expected) => {
    expect(read(schema, given)).toEqual(expected);
  });
});
