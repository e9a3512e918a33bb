import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { OtherClock } from './faketime.ts';
import { startOwnRedis } from './redis.ts';

const program = `
const began = [Date.now(), performance.now()];
setInterval(() => {
  const wall = Date.now() - began[0];
  const monotonic = performance.now() - began[1];
  console.log(Math.round((wall - monotonic) / 1000));
}, 100);
process.stdin.on('close', () => process.exit()).resume();
`;

it('a running process sees its own clock jump, and no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exec-faketime-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = await OtherClock.create(folder, 'one');
  const child = spawn(process.execPath, ['-e', program], {
    env: { PATH: process.env.PATH, ...clock.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  let jump = Number.NaN;
  lines.on('line', (line) => {
    jump = Number(line);
  });
  await expect.poll(() => jump).toBe(0);
  for (const seconds of [3600, -3600, 0]) {
    await clock.set(seconds);
    await expect.poll(() => jump).toBe(seconds);
  }
  child.stdin.end();
  await exit;
});

it('Redis, which brings its own allocator, starts with such a clock and follows it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exec-faketime-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  // Redis runs as another user.
  await chmod(folder, 0o755);
  const clock = await OtherClock.create(folder, 'redis');
  const server = await startOwnRedis({ env: clock.env }, { TEST_REDIS_SOURCE: 'binary' });
  onTestFinished(() => server.stop());
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  const ahead = async () => Math.round(Number((await client.time())[0] ?? 0) - Date.now() / 1000);
  await clock.set(86_400);
  await expect.poll(ahead).toBeGreaterThan(86_390);
  await clock.set(0);
  await expect.poll(ahead).toBeLessThan(10);
});
