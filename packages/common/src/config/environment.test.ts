/** The environment is read whole: all faults at once, secrets by value or by file, no value in a message. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, parseEnvironment } from './environment.ts';
import { Secret } from './secret.ts';
import { flag, integer, text, url } from './values.ts';
import { variable } from './variable.ts';

const variables = {
  NAME: variable({ schema: text('a name'), description: 'Name of it.' }),
  SIZE: variable({ schema: integer({ min: 1, max: 10 }).default(3), description: 'Size of it.' }),
  LOUD: variable({ schema: flag().default(false), description: 'Whether it is loud.' }),
  PLACE: variable({ schema: url('http').optional(), description: 'Where it is.' }),
  KEY: variable({ schema: text('a key'), description: 'Key to it.', secret: true }),
  SPARE_KEY: variable({ schema: text('a key').optional(), description: 'Other key.', secret: true }),
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    parseEnvironment(variables, env);
  } catch (error) {
    if (error instanceof ConfigurationError)
      return Object.fromEntries(error.faults.map((fault) => [fault.variable, fault.problem]));
    throw error;
  }
  return {};
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('parseEnvironment', () => {
  it('gives values of the declared types, with defaults', () => {
    const env = parseEnvironment(variables, { NAME: ' it ', SIZE: '7', LOUD: 'TRUE', KEY: 'k-1' });
    const size: number = env.SIZE;
    const place: string | undefined = env.PLACE;
    const spare: Secret | undefined = env.SPARE_KEY;
    expect({ ...env, size, place, spare }).toMatchObject({
      NAME: 'it',
      size: 7,
      LOUD: true,
      place: undefined,
    });
    expect(env.KEY).toBeInstanceOf(Secret);
    expect(env.KEY.reveal()).toBe('k-1');
    expect(spare).toBeUndefined();
  });

  it('reports all faults at once, each with the name and what was expected', () => {
    const faults = faultsOf({ SIZE: '11', LOUD: 'perhaps', PLACE: 'ftp://x' });
    expect(Object.keys(faults).sort()).toEqual(['KEY', 'LOUD', 'NAME', 'PLACE', 'SIZE']);
    expect(faults.SIZE).toBe('expected a whole number from 1 to 10');
    expect(faults.LOUD).toBe('expected true or false');
    expect(faults.PLACE).toContain('http://');
    expect(faults.NAME).toBe('is not set; expected a name. Name of it.');
    expect(faults.KEY).toContain('KEY_FILE');
  });

  it('names every fault in the message of the error', () => {
    try {
      parseEnvironment(variables, { SIZE: 'x' });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toMatch(
        /^3 faults in the environment:\n {2}NAME: .*\n {2}SIZE: .*\n {2}KEY: /,
      );
    }
  });

  it.each(['', '   '])('takes a blank value (%j) as not set, as compose files write it', (blank) => {
    expect(parseEnvironment(variables, { NAME: 'n', KEY: 'k', SIZE: blank, PLACE: blank }).SIZE).toBe(3);
    expect(Object.keys(faultsOf({ NAME: blank, KEY: 'k' }))).toEqual(['NAME']);
  });

  it('reads a secret from the file that <NAME>_FILE names, without the newline at its end', () => {
    const path = file('key', 'from file\r\n');
    expect(parseEnvironment(variables, { NAME: 'n', KEY_FILE: path }).KEY.reveal()).toBe('from file');
  });

  it.each([
    ['absent file', () => ({ KEY_FILE: join(folder, 'absent') }), 'KEY_FILE', /cannot be read \(ENOENT\)/],
    ['folder', () => ({ KEY_FILE: folder }), 'KEY_FILE', /cannot be read \(EISDIR\)/],
    ['empty file', () => ({ KEY_FILE: file('empty', '\n') }), 'KEY_FILE', /is empty/],
    ['both given', () => ({ KEY: 'a', KEY_FILE: file('other', 'b') }), 'KEY', /either KEY or KEY_FILE/],
  ])('refuses a secret by file: %s', (_, env, name, problem) => {
    expect(faultsOf({ NAME: 'n', ...env() })[name]).toMatch(problem);
  });

  it('does not take a file for what is no secret', () => {
    expect(Object.keys(faultsOf({ NAME_FILE: file('name', 'n'), KEY: 'k' }))).toEqual(['NAME']);
  });

  it('adds the faults of rules over several variables', () => {
    const check = (values: { SIZE?: number; LOUD?: boolean }) =>
      values.SIZE === 3 && values.LOUD === false ? [{ variable: 'LOUD', problem: 'must shout' }] : [];
    expect(() => parseEnvironment(variables, { KEY: 'k' }, { check })).toThrow(
      /2 faults in the environment:\n {2}NAME: .*\n {2}LOUD: must shout/,
    );
  });

  it('warns about EX…_ names that no variable has', () => {
    const warnings: string[] = [];
    const env = { NAME: 'n', KEY: 'k', EXCS_ULR: 'x', EXCS_URL: 'x', EXTRA: 'x', EX_NAME: 'x', PATH: 'x' };
    parseEnvironment(variables, env, { warn: (message) => warnings.push(message), alsoKnown: ['EXCS_URL'] });
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['EXCS_ULR', 'EX_NAME']);
  });

  it('shows no value in a fault and no secret in what it returns', () => {
    const canary = 'canary-5f1d';
    const env = { NAME: 'n', KEY: canary, SIZE: canary, LOUD: canary, PLACE: canary };
    try {
      parseEnvironment(variables, env);
      expect.unreachable();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain(canary);
    }
    const parsed = parseEnvironment(variables, { NAME: 'n', KEY: canary });
    expect(inspect(parsed, { depth: 9, showHidden: true })).not.toContain(canary);
    expect(JSON.stringify(parsed)).not.toContain(canary);
    expect(`${parsed.KEY}`).not.toContain(canary);
  });
});
