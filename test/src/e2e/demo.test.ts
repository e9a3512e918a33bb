import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { descendantsOf, isAlive } from './process-tree.ts';

const main = fileURLToPath(new URL('../demo/main.ts', import.meta.url));

interface Demo {
  readonly child: ChildProcess;
  output(): string;
  progress(): string;
  readonly ended: Promise<number | null>;
}

function startDemo(...args: string[]): Demo {
  return startDemoWith(process.env, ...args);
}

function startDemoWith(env: NodeJS.ProcessEnv, ...args: string[]): Demo {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let progress = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    progress += chunk.toString('utf8');
  });
  return {
    child,
    output: () => output,
    progress: () => progress,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

describe('the demo', () => {
  it('ends with a line of figures in which contained and accepted are equal', async () => {
    const demo = startDemo('--json', '--agents', '20', '--calls', '15');
    const code = await demo.ended;
    const figures = JSON.parse(demo.output().trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect({ code, ...figures }, demo.progress()).toMatchObject({
      code: 0,
      ok: true,
      calls: 15,
      refusedEvents: 0,
      violations: 0,
      answers429: 0,
    });
    // Those of the day, and those of the scripts that are played beside it.
    expect(figures.conversations).toBeGreaterThan(15);
    expect(figures.conversationsEqual).toBe(figures.conversations);
    expect(figures.scripts).toBeGreaterThan(3);
    expect(figures.users).toBeGreaterThan(10);
    expect(figures.members).toBeGreaterThan(0);
    expect(figures.presenceEvents).toBeGreaterThan(Number(figures.users));
    expect(figures.routingStatusEvents).toBeGreaterThan(Number(figures.users));
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves no process behind when it gets %s', async (signal) => {
    const demo = startDemo('--json', '--agents', '20', '--calls', '0');
    await expect.poll(() => demo.progress(), { timeout: 150_000, interval: 50 }).toContain('EXCS synchron');
    const children = descendantsOf(demo.child.pid ?? 0);
    expect(children.length).toBeGreaterThan(6);
    demo.child.kill(signal);
    const code = await demo.ended;
    expect(code).toBe(signal === 'SIGTERM' ? 1 : null);
    await expect.poll(() => children.filter(isAlive), { timeout: 60_000, interval: 100 }).toEqual([]);
  });

  it('names what is wrong with its command line and ends with 2', async () => {
    const demo = startDemo('--agents', '3');
    expect(await demo.ended).toBe(2);
    expect(demo.progress()).toMatch(/--agents <n>.*expected 20 to 20000/);
  });

  it('says what is missing when the bridge cannot be built', async () => {
    const demo = startDemoWith({ PATH: '' }, '--bridge');
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toContain('apt-get install openjdk-17-jdk-headless maven');
  });
});
