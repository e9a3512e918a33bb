import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quote, shell } from './quoting.ts';

const hostile = [
  '',
  'plain',
  'two words',
  "it's",
  "''",
  '"double"',
  '$HOME $(id) `id` $$',
  '; rm -rf / #',
  'a\nb\n',
  '\\',
  "\\'",
  '-n',
  '--',
  '*?[a-z]',
  '~root',
  '!event',
  'é 日本 \u{1F600}',
  '\t\r\x07\x1b[31m',
  '%s%n',
];

describe('a quoted text', () => {
  it.each(hostile)('%j reaches the program as it is', (text) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${quote(text)}`], { encoding: 'utf8' })).toBe(text);
  });

  it('reaches a script as its argument, through two shells', () => {
    const command = shell('for each; do printf "%s\\0" "$each"; done', ...hostile);
    const seen = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
    expect(seen.split('\0').slice(0, -1)).toEqual(hostile);
  });

  it('may not hold a NUL', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });
});
