/** Files that change as people and programs change them: written anew, renamed over, behind an exchanged link. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../logging/logging.ts';
import { createRegistry } from '../metrics.ts';
import { FakeClock } from '../testing/index.ts';
import { FollowedFiles } from './followed-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'followed-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function follower() {
  const lines: string[] = [];
  const clock = new FakeClock();
  const registry = createRegistry({ service: 'test', version: '1', processMetrics: false });
  const logger = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const files = new FollowedFiles({ clock, logger, registry });
  return { files, clock, lines, metrics: () => registry.metrics() };
}

/** Two looks: what a new content needs. */
async function twice(files: FollowedFiles): Promise<void> {
  await files.look();
  await files.look();
}

describe('a file that changes while the service runs', () => {
  it.each<[string, (path: string) => Promise<void>]>([
    ['written anew', (path) => writeFile(path, 'new')],
    [
      'renamed over, as Vault Agent does',
      async (path) => {
        await writeFile(`${path}.tmp`, 'new');
        await rename(`${path}.tmp`, path);
      },
    ],
  ])('is taken when it is %s', async (_, change) => {
    const path = join(folder, 'secret');
    await writeFile(path, 'old');
    const { files, metrics } = follower();
    const taken: string[] = [];
    files.follow({ KEY_FILE: path }, ({ KEY_FILE }) => void taken.push(KEY_FILE));
    await twice(files);
    expect(taken).toEqual([]);
    await change(path);
    await twice(files);
    await twice(files);
    expect(taken).toEqual(['new']);
    expect(await metrics()).toContain('exec_followed_file_changes_total{file="KEY_FILE"} 1\n');
  });

  it('is taken when the link to its folder is exchanged, as Kubernetes does', async () => {
    for (const name of ['one', 'two']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'secret'), name);
    }
    await symlink('one', join(folder, 'data'));
    await symlink(join('data', 'secret'), join(folder, 'secret'));
    const { files } = follower();
    const taken: string[] = [];
    files.follow({ KEY_FILE: join(folder, 'secret') }, ({ KEY_FILE }) => void taken.push(KEY_FILE));
    await symlink('two', join(folder, 'data.tmp'));
    await rename(join(folder, 'data.tmp'), join(folder, 'data'));
    await twice(files);
    expect(taken).toEqual(['two']);
  });

  it('keeps the old while half of the new is written, and while a certificate lacks its key', async () => {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    await Promise.all([writeFile(cert, '1'), writeFile(key, '1')]);
    const { files, lines } = follower();
    const taken: string[] = [];
    files.follow({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }, (now) => {
      if (now.TLS_CERT_FILE !== now.TLS_KEY_FILE) throw new Error('they do not fit');
      taken.push(now.TLS_CERT_FILE);
    });
    await writeFile(cert, 'ha');
    await files.look();
    await writeFile(cert, 'half');
    await files.look();
    await writeFile(key, 'half');
    expect(lines).toEqual([]);
    await twice(files);
    expect(taken).toEqual(['half']);
  });

  it('keeps the old when the new cannot be used: said once, shown by a metric, over when it is put right', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'old');
    const { files, lines, metrics } = follower();
    files.follow({ KEY_FILE: path }, ({ KEY_FILE }) => {
      if (KEY_FILE === 'broken') throw new Error('expected another form');
    });
    expect(await metrics()).toContain('exec_followed_file_refused{file="KEY_FILE"} 0\n');
    await writeFile(path, 'broken');
    await twice(files);
    await twice(files);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('New content of KEY_FILE cannot be used: expected another form.');
    expect(await metrics()).toContain('exec_followed_file_refused{file="KEY_FILE"} 1\n');
    await rm(path);
    await twice(files);
    expect(lines.at(-1)).toContain('cannot be read (ENOENT)');
    await writeFile(path, 'right');
    await twice(files);
    expect(await metrics()).toContain('exec_followed_file_refused{file="KEY_FILE"} 0\n');
  });

  it('looks by itself, and no more when it is stopped', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'old');
    const { files, clock } = follower();
    const taken = Promise.withResolvers<string>();
    files.follow({ KEY_FILE: path }, ({ KEY_FILE }) => taken.resolve(KEY_FILE));
    await writeFile(path, 'new');
    const moving = (async () => {
      // The files are read in real time between two looks.
      for (;;) {
        if ((await Promise.race([taken.promise, clock.advance(2000).then(roundOfEventLoop)])) === 'new')
          return;
      }
    })();
    expect(await taken.promise).toBe('new');
    await moving;
    files.stop();
    await clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

function roundOfEventLoop(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
