import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it.each([
  [['deploy'], { command: 'deploy', envFile: '/here/.env', json: false, dryRun: false }],
  [['--', 'deploy', '--env', 'site.env', '--json'], { envFile: '/here/site.env', json: true }],
  [
    ['upgrade', '--env', '/abs/.env', '--dry-run'],
    { command: 'upgrade', envFile: '/abs/.env', dryRun: true },
  ],
  [['logs', 'excp', '--tail', '5', '--follow'], { service: 'excp', tail: 5, follow: true }],
])('%j', (args, expected) => {
  expect(parseCommandLine(args, '/here')).toMatchObject(expected);
});

it.each([
  [[]],
  [['destroy']],
  [['check', 'excs']],
  [['logs', 'a', 'b']],
  [['logs', '--tail', 'x']],
  [['check', '--force']],
])('%j is refused', (args) => {
  expect(() => parseCommandLine(args, '/here')).toThrow(expect.objectContaining({ code: 'exop.usage' }));
});
