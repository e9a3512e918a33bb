/** EXAS as a process of its own, with the options of its container. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

const main = fileURLToPath(new URL('../../../packages/exas/src/main.ts', import.meta.url));

/** Resolves when it listens; it ends with this process at the latest. */
export async function startExas(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--max-semi-space-size=4', '--optimize-for-size', main], {
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2', ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`EXAS ended with ${code}`)));
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const found = /"server\.port":(\d+)|"port":(\d+)/.exec(line);
      if (found !== null) resolve(Number(found[1] ?? found[2]));
    });
  });
  return { child, port };
}

export async function endExas(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** The value of a metric without labels; 0 where there is none. */
export async function metric(port: number, name: string): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`);
  const text = await body.text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
}
