/** The command line of EXOP: what it takes, and what it says to what it does not take. */
import { describe, expect, it } from 'vitest';
import { exopCli } from './exop-cli.ts';

async function call(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const cli = exopCli({
    env: {},
    folder: '/nowhere',
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    signal: new AbortController().signal,
  });
  return { code: await cli.run(args), out: out.join(''), err: err.join('') };
}

describe('exop', () => {
  it.each([
    [[], /Usage: exop \[options\] \[command\]/],
    [['destroy'], /unknown command 'destroy'/],
    [['upgarde'], /Did you mean upgrade\?/],
    [['check', 'excs'], /too many arguments/],
    [['logs', 'a', 'b'], /too many arguments/],
    [['logs', '--tail', 'x'], /expected 0 to 1000000/],
    [['check', '--force'], /unknown option '--force'/],
  ])('%j is wrong use', async (args, said) => {
    expect(await call(...args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(said) as unknown,
    });
  });

  it.each([['--help'], ['check', '--help'], ['help', 'logs'], ['--version'], ['deploy', '--version']])(
    '%s %s ends with 0',
    async (...args) => {
      const called = await call(...args);
      expect(called).toMatchObject({ code: 0, err: '' });
      expect(called.out).not.toBe('');
    },
  );

  it('names a file of settings that is not there, and ends with 78', async () => {
    const called = await call('status', '--env', 'site.env', '--json');
    expect(called.code).toBe(78);
    expect(called.err).toContain('/nowhere/site.env');
    expect(JSON.parse(called.out)).toMatchObject({
      ok: false,
      command: 'status',
      error: { code: 'config.invalid' },
    });
  });
});
