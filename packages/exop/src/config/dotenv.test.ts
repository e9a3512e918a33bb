import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from './dotenv.ts';

describe('a .env file', () => {
  const usual = [
    '# a comment',
    '',
    'PLAIN=value',
    '  SPACED = a b c  ',
    'export EXPORTED=yes',
    'EMPTY=',
    'COMMENTED=value # why',
    'URL=redis://:pa$$w0rd@host:6379/0?x=1',
    "SINGLE='it is # not a comment \\n'",
    'DOUBLE="two\\nlines"',
    'BACK=`both " and \'`',
    'MANY="line 1',
    'line 2"',
    'LAST=end',
  ].join('\n');

  it('is read as Node reads it', () => {
    const parsed = parseDotenv(usual);
    expect(parsed.faults).toEqual([]);
    expect(Object.fromEntries(parsed.values)).toEqual({ ...parseEnv(usual) });
  });

  it('takes a # inside a value as part of it', () => {
    expect(parseDotenv('REDIS_URL=redis://:a#b@host # c').values.get('REDIS_URL')).toBe('redis://:a#b@host');
  });

  it('may come from Windows', () => {
    expect(parseDotenv('\uFEFFA=1\r\nB="2"\r\n').values).toEqual(
      new Map([
        ['A', '1'],
        ['B', '2'],
      ]),
    );
  });

  it('has every line accounted for: what Node would skip in silence is a fault with its line', () => {
    const parsed = parseDotenv('GOOD=1\nnonsense\nGOOD=2\nBAD-NAME=3\nOPEN="never\nQUOTED="a" b\nLATER=4\n');
    expect(parsed.faults.map((fault) => `${fault.variable}: ${fault.problem}`)).toEqual(
      [
        'line 2: is not NAME=value, a comment or empty (line 2)',
        'GOOD: is given twice (again in line 3); keep one',
        'line 4: is not NAME=value, a comment or empty (line 4)',
        'QUOTED: has text after the closing quote " (line 6)',
      ].toSpliced(3, 0, 'OPEN: has text after the closing quote " (line 5)'),
    );
    expect([...parsed.values.keys()]).toEqual(['GOOD', 'LATER']);
  });

  it('never shows a value in a fault', () => {
    const parsed = parseDotenv('SECRET="canary-1\nTOKEN canary-2\nX="canary-3" canary-4\n');
    expect(parsed.faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(parsed.faults)).not.toContain('canary');
  });
});
