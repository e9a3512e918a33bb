import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

interface Ready {
  readonly ready: boolean;
  readonly url: string;
  readonly clients: readonly { readonly clientId: string }[];
}

async function readyLine(child: ChildProcess): Promise<Ready> {
  if (child.stdout === null) throw new Error('no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return JSON.parse(String(line)) as Ready;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'exit');
  return code as number | null;
}

test('says in one line when it is ready, serves, and ends orderly on SIGTERM', async () => {
  const child = start('--port', '0', '--client', 'me:se:cret', '--requests-per-minute', 'unlimited');
  const ready = await readyLine(child);
  expect(ready).toMatchObject({ ready: true, clients: [{ clientId: 'me', clientSecret: 'se:cret' }] });
  const health = await fetch(`${ready.url}/__control/health`);
  expect(await health.json()).toEqual({ ok: true });
  child.kill('SIGTERM');
  expect(await exitCode(child)).toBe(0);
});

test('ends when its standard input is closed', async () => {
  const child = start();
  await readyLine(child);
  child.stdin?.end();
  expect(await exitCode(child)).toBe(0);
});

test('ends when the channel to its parent is closed', async () => {
  const child = fork(program, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
  children.push(child);
  await readyLine(child);
  child.disconnect();
  expect(await exitCode(child)).toBe(0);
});

test.each([
  ['--port', 'http'],
  ['--repeat-mode', 'perhaps'],
  ['--client', 'nobody'],
  ['--colour', 'red'],
])('refuses %s %s with a clear message', async (...args) => {
  const child = start(...args);
  const chunks: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await exitCode(child);
  expect(code).toBe(78);
  expect(Buffer.concat(chunks).toString()).toContain('[--port n]');
});
