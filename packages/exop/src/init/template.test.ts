/** A filled-in `.env` is read back as what was answered. */
import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../config/dotenv.ts';
import { exampleOf, filledIn } from './template.ts';

const template = '# The VMs\nEXCS_HOST=excs.example.com\n#SYNC_FOLDER=EX_EVOLUTION\nVERSION=0.1.0\n';

describe('a filled-in file', () => {
  it('keeps comments and all lines that nobody was asked about', () => {
    const answers = new Map([
      ['EXCS_HOST', 'vm1'],
      ['SYNC_FOLDER', 'EX'],
    ]);
    expect(filledIn(template, answers)).toBe('# The VMs\nEXCS_HOST=vm1\nSYNC_FOLDER=EX\nVERSION=0.1.0\n');
  });

  it('leaves out what is left out, once', () => {
    const none = new Map([['EXCS_HOST', undefined]]);
    const once = filledIn(template, none);
    expect(once).toContain('#EXCS_HOST=excs.example.com\n');
    expect(filledIn(once, none)).toBe(once);
  });

  it.each([
    'plain',
    'redis://:pa#ss@host',
    'a # b',
    '#first',
    '"quoted"',
    `it's # "so"`,
    '`tick` # and more',
    'with blanks inside',
  ])('holds %j as it was answered', (value) => {
    const text = filledIn(template, new Map([['EXCS_HOST', value]]));
    expect(parseDotenv(text).faults).toEqual([]);
    expect(parseDotenv(text).values.get('EXCS_HOST')).toBe(value);
  });
});

it('knows the example of a variable, also of a line that is a comment', () => {
  expect(exampleOf(template, 'SYNC_FOLDER')).toBe('EX_EVOLUTION');
  expect(exampleOf(template, 'NO_SUCH')).toBeUndefined();
});
