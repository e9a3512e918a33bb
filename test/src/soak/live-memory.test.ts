import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnvironment } from '@exec/testing/processes';
import { expect, it } from 'vitest';
import { inspected, liveMemoryOf } from './live-memory.ts';

const mebibyte = 2 ** 20;

/** Holds as many MiB more with each line that it reads, after making as much garbage, and answers with a line. */
const program = `
const held = [];
const make = (mebibytes) => Array.from({ length: mebibytes * 16 }, (_, at) => Array.from({ length: 8192 }, () => at));
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  make(Number(line));
  held.push(make(Number(line)));
  console.log('held');
});
console.log('ready');
`;

it('is what a process holds, whatever garbage it has made', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'live-memory-'));
  test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const logFile = join(folder, 'log');
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [inspected, '-e', program], {
    env: nodeEnvironment(),
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  test.onTestFinished(() => void child.kill('SIGKILL'));
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('both are pipes');
  await once(stdout, 'data');
  const holds = async (mebibytes: number) => {
    const answered = once(stdout, 'data');
    stdin.write(`${mebibytes}\n`);
    await answered;
    return (await liveMemoryOf(logFile)) / mebibyte;
  };
  const first = await holds(1);
  const second = await holds(20);
  // One number takes four bytes or eight, by how Node was built.
  expect(second - first).toBeGreaterThan(9);
  expect(second - first).toBeLessThan(25);
  expect(Math.abs((await holds(0)) - second)).toBeLessThan(2);
});

it('is not known of a process that says nothing of its inspector', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'live-memory-'));
  test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const logFile = join(folder, 'log');
  await writeFile(logFile, 'Debugger listening nowhere\n');
  await expect(liveMemoryOf(logFile)).rejects.toThrow('names no inspector');
  await writeFile(logFile, 'Debugger listening on ws://127.0.0.1:1/x\n');
  await expect(liveMemoryOf(logFile)).rejects.toThrow('no inspector answers');
});
