/** What every program answers to its command line. */
import { execFileSync } from 'node:child_process';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../config/index.ts';
import { serviceVersion } from '../service-version.ts';
import { Cli, endsWith } from './cli.ts';
import { widthOf } from './streams.ts';
import { integerWithin } from './values.ts';

function program() {
  const out: string[] = [];
  const err: string[] = [];
  const done: unknown[] = [];
  const streams = {
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
  };
  const cli = new Cli({ name: 'tool', description: 'A tool.', streams });
  cli.program.option('--json', 'as JSON');
  const deploy = cli.program.command('deploy').option('--tail <n>', 'lines', integerWithin(0, 9), 3);
  cli.action(deploy, (_: object, command: typeof deploy) => {
    done.push(['deploy', command.optsWithGlobals()]);
    return 7;
  });
  const sync = cli.program.command('sync');
  cli.byDefault(sync, 'status', () => {
    done.push(['status']);
    return 0;
  });
  cli.action(sync.command('approve').argument('<plan>'), (plan: string) => {
    if (plan === 'old') throw new InvalidArgumentError('that plan is old');
    if (plan === 'wrong') throw new ConfigurationError([{ variable: 'A', problem: 'is not set' }]);
    throw new Error('it broke');
  });
  const plan = endsWith(cli.program.command('plan'), 1);
  cli.action(plan, () => 2);
  return { cli, out, err, done };
}

describe('a command line', () => {
  it.each<[string[], number, RegExp]>([
    [['--help'], 0, /Usage: tool \[options\] \[command\]\n\nA tool\./],
    [['deploy', '--help'], 0, /--tail <n>[\s\S]*Global Options:[\s\S]*--json/],
    [['help', 'deploy'], 0, /Usage: tool deploy/],
    [['--version'], 0, new RegExp(`^${serviceVersion.replaceAll('.', '\\.')}\n$`)],
    [['deploy', '--version'], 0, new RegExp(serviceVersion)],
    [[], 2, /Usage: tool/],
    [['deplyo'], 2, /unknown command 'deplyo'\n\(Did you mean deploy\?\)\nAdd --help/],
    [['deploy', '--tial', '2'], 2, /unknown option '--tial'\n\(Did you mean --tail\?\)/],
    [['deploy', 'now'], 2, /too many arguments/],
    [['deploy', '--tail', '2.5'], 2, /expected a whole number, 0 to 9/],
    [['deploy', '--tail', '10'], 2, /expected 0 to 9/],
    [['sync', 'aprove', 'p'], 2, /unknown command 'aprove'\n\(Did you mean approve\?\)/],
    [['sync', 'approve'], 2, /missing required argument 'plan'/],
    [['sync', 'approve', 'old'], 2, /^error: that plan is old\n$/],
    [['sync', 'approve', 'wrong'], 78, /A: is not set/],
    [['sync', 'approve', 'new'], 1, /^it broke\n$/],
    [['plan'], 2, /^$/],
    [['plan', '--jsno'], 1, /Did you mean --json/],
    [['plan', '--help'], 0, /Usage: tool plan/],
    [['completion', 'fish'], 2, /Expected bash or zsh/],
  ])('%j ends with %i', async (args, code, text) => {
    const { cli, out, err, done } = program();
    expect(await cli.run(args)).toBe(code);
    expect(out.join('') + err.join('')).toMatch(text);
    // Programs read standard output: what is wrong is said elsewhere.
    if (code !== 0) expect(out).toEqual([]);
    expect(done).toEqual([]);
  });

  it.each<[string[], unknown]>([
    [
      ['deploy', '--json'],
      ['deploy', { json: true, tail: 3 }],
    ],
    [
      ['--json', 'deploy', '--tail', '1'],
      ['deploy', { json: true, tail: 1 }],
    ],
    [
      ['--', 'deploy'],
      ['deploy', { tail: 3 }],
    ],
    [['sync'], ['status']],
    [['sync', 'status', '--json'], ['status']],
  ])('%j is carried out', async (args, expected) => {
    const { cli, err, done } = program();
    expect(await cli.run(args), err.join('')).toBe(args.includes('deploy') ? 7 : 0);
    expect(done).toEqual([expected]);
  });

  it.each<[string[], object]>([
    [['--json', '--calls', '7', 'a', 'b'], { options: { json: true, calls: 7 }, args: ['a', 'b'] }],
    [[], { options: { calls: 1 }, args: [] }],
    [['--calls', 'x'], { code: 2 }],
    [['--help'], { code: 0 }],
  ])('%j of a program without commands is read', async (args, expected) => {
    const streams = { stdout: { write: () => true }, stderr: { write: () => true } };
    const cli = new Cli({ name: 'tool', description: '', streams });
    cli.program
      .argument('[name...]')
      .option('--json', 'as JSON')
      .option('--calls <n>', 'calls', integerWithin(0, 9), 1);
    expect(await cli.read(args)).toEqual(expected);
  });

  it('may run something without a command, as services do', async () => {
    const streams = { stdout: process.stdout, stderr: process.stderr };
    const cli = new Cli({ name: 'tool', description: '', streams, withoutCommand: async () => 5 });
    expect(await cli.run([])).toBe(5);
  });
});

it.each<[string, string]>([
  ['tool ', '--help --json --version completion deploy plan sync'],
  ['tool de', 'deploy'],
  ['tool deploy --', '--help --json --tail --version'],
  ['tool sync ap', 'approve'],
  ['tool --json sync st', 'status'],
])('bash completes "%s"', async (line, expected) => {
  const { cli, out } = program();
  await cli.run(['completion', 'bash']);
  const words = line.split(' ');
  const script = `${out.join('')}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _tool_completion; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const completed = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  expect(completed.sort().join(' ')).toBe(expected);
});

it.each([
  [{ columns: 160 }, { COLUMNS: '100' }, 160],
  [{}, { COLUMNS: '100' }, 100],
  [{}, { COLUMNS: 'wide' }, 80],
  [{ columns: 12 }, {}, 60],
])('%j with %j is %i wide', (stream, env, expected) => {
  expect(widthOf({ ...stream, write: () => undefined }, env)).toBe(expected);
});
