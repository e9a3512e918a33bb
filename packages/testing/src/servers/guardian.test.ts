/** Servers end with their parent, however that ends, and leave no folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { GuardedServer } from './guarded-server.ts';
import { temporaryBase } from './unprivileged-user.ts';

interface Started {
  readonly folder: string;
  readonly serverPid: number;
  readonly parent: ReturnType<typeof spawn>;
}

/** A parent in a process of its own that starts a server and waits. */
async function startInAnotherProcess(kind: 'postgres' | 'redis'): Promise<Started> {
  const script = fileURLToPath(new URL('./testing/parent-with-server.ts', import.meta.url));
  const parent = spawn(process.execPath, [script, kind], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TEST_POSTGRES_SOURCE: '', TEST_REDIS_SOURCE: '' },
  });
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return { ...(JSON.parse(line) as { folder: string; serverPid: number }), parent };
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The end of a process that is not our child can only be looked for. */
async function gone({ folder, serverPid }: Started): Promise<void> {
  await expect.poll(() => runs(serverPid) || existsSync(folder), { interval: 20 }).toBe(false);
}

it.each(['postgres', 'redis'] as const)('%s ends with its parent when that is killed', async (kind) => {
  const started = await startInAnotherProcess(kind);
  expect(runs(started.serverPid)).toBe(true);
  expect(existsSync(started.folder)).toBe(true);
  started.parent.kill('SIGKILL');
  await gone(started);
});

it('redis ends with a parent that gets SIGTERM', async () => {
  const started = await startInAnotherProcess('redis');
  started.parent.kill('SIGTERM');
  await gone(started);
});

it('redis ends with a parent that just ends, although that never stopped it', async () => {
  const started = await startInAnotherProcess('redis');
  const exit = once(started.parent, 'exit');
  started.parent.stdin?.end();
  expect(await exit).toEqual([0, null]);
  await gone(started);
});

it('a server that ends at once is reported with its own words, and leaves no folder', async () => {
  const base = await temporaryBase(undefined);
  const failing = GuardedServer.start({
    base,
    steps: [{ step: 'write', path: '{folder}/x', text: 'y' }],
    server: { program: 'sh', args: ['-c', 'echo no such luck in {folder} >&2; exit 3'] },
    readyText: 'ready',
    stopSignals: ['SIGTERM'],
    crashSignals: [],
  });
  const message = await failing.then(
    () => '',
    (error: Error) => error.message,
  );
  expect(message).toContain('no such luck');
  const folder = /in (\S+)/.exec(message)?.[1] ?? '';
  expect(folder).toContain('exec-test-');
  expect(existsSync(folder)).toBe(false);
});

it('a step that fails is reported, and so is a program that does not exist', async () => {
  const base = await temporaryBase(undefined);
  const spec = {
    base,
    server: { program: '/nowhere/server', args: [] },
    readyText: 'ready',
    stopSignals: ['SIGTERM'],
    crashSignals: [],
  } as const;
  const step = { step: 'run', command: { program: 'sh', args: ['-c', 'echo step broke; exit 1'] } } as const;
  await expect(GuardedServer.start({ ...spec, steps: [step] })).rejects.toThrow('step broke');
  await expect(GuardedServer.start({ ...spec, steps: [] })).rejects.toThrow('/nowhere/server');
});

it('a server that ignores the request to end is killed', async () => {
  const base = await temporaryBase(undefined);
  const server = await GuardedServer.start({
    base,
    steps: [],
    server: { program: 'sh', args: ['-c', 'echo ready; while :; do sleep 60; done'] },
    readyText: 'ready',
    // A signal that does nothing to a shell.
    stopSignals: ['SIGWINCH'],
    stopPatienceMs: 10,
    crashSignals: [],
  });
  await server.close();
  expect(runs(server.serverPid ?? 0)).toBe(false);
  expect(existsSync(server.folder)).toBe(false);
  await expect(server.kill()).rejects.toThrow('has ended');
});
