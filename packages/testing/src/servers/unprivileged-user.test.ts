/** Servers run as a user that can reach their folder, and never as root. */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isPassable, serverUser, temporaryBase } from './unprivileged-user.ts';

/** Somebody who owns nothing here. */
const stranger = { uid: 61_234, gid: 61_234 };

it('a folder is passable only if all above it are', async () => {
  const base = await mkdtemp(join(tmpdir(), 'exec-test-passable-'));
  onTestFinished(() => rm(base, { recursive: true }));
  const inner = join(base, 'inner');
  await mkdir(inner, { mode: 0o755 });
  expect(await isPassable(inner, stranger)).toBe(false);
  expect(await isPassable(inner, undefined)).toBe(true);
  await chmod(base, 0o711);
  expect(await isPassable(inner, stranger)).toBe(true);
  expect(await isPassable(join(base, 'missing'), stranger)).toBe(false);
});

it('servers never run as root', async () => {
  const user = await serverUser();
  expect(user === undefined ? process.getuid?.() : user.uid).toBeGreaterThan(0);
});

it('there is a temporary folder that anybody can reach', async () => {
  expect(await isPassable(await temporaryBase(stranger), stranger)).toBe(true);
});
