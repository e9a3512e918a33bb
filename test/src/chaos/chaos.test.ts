import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faults } from './faults/index.ts';
import { readHistory } from './history/history.ts';
import { judge } from './judge/judge.ts';
import { run } from './run.ts';
import { seeds } from './seeds.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** One of each kind that is over soon; all of them are played by `pnpm chaos`. */
const fixed = [
  'excp-killed',
  'redis-killed',
  'cloud-loses-answers',
  'link-away',
  'link-repeats-itself',
  'stat-server-switches-over-in-order',
  'database-killed-in-mid-read',
];

describe('real processes under faults', () => {
  it('lose nothing, tell nothing twice, touch nothing that is not theirs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'exec-chaos-test-'));
    const said: string[] = [];
    const { verdict } = await run({
      // Bursts have a test of their own, with the machine to themselves.
      ...{ seed: 1, minutes: 10, once: true, bursts: 0, folder, say: (text) => void said.push(text) },
      faults: fixed.flatMap((name) => faults.filter((fault) => fault.name === name)),
      signal: AbortSignal.timeout(900_000),
    });
    expect(verdict.findings, `${said.join('\n')}\nhistory and logs: ${folder}`).toEqual([]);
    // Whoever reads the file afterwards comes to the same verdict.
    expect(judge(await readHistory(join(folder, 'history.jsonl')))).toEqual(verdict);
    expect(verdict.figures.calls).toBeGreaterThan(40);
    await rm(folder, { recursive: true, force: true });
  }, 970_000);
});

describe('the list of faults', () => {
  it('names each fault once, and the seeds name faults that exist', () => {
    const names = faults.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { only = [] } of seeds) for (const name of only) expect(names).toContain(name);
    for (const name of fixed) expect(names).toContain(name);
  });
});

describe('the command line', () => {
  const chaos = (...args: readonly string[]) =>
    spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });

  it('answers --help and --list with 0', () => {
    expect(chaos('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--seed') });
    expect(chaos('--list')).toMatchObject({ status: 0, stdout: expect.stringContaining('redis-full') });
  });

  it.each([['--only', 'nothing-like-it'], ['--minutes', 'many'], ['--what']])(
    'ends %s %s with 2',
    (...args) => {
      expect(chaos(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('Add --help') });
    },
  );
});
