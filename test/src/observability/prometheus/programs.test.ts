/** Where Prometheus is neither installed nor to be had, one message says what to do. */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prometheusPrograms, run } from './programs.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-programs-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
}

test('installed programs are used', async () => {
  const bin = join(folder, 'bin');
  await program(join(bin, 'promtool'));
  await program(join(bin, 'prometheus'));
  await expect(
    prometheusPrograms({ searchPath: `/nowhere:${bin}`, cache: join(folder, 'cache') }),
  ).resolves.toEqual({
    promtool: join(bin, 'promtool'),
    prometheus: join(bin, 'prometheus'),
  });
});

test('a package that was unpacked before is used', async () => {
  const cache = join(folder, 'cache');
  await program(join(cache, 'usr/bin/promtool'));
  await program(join(cache, 'usr/bin/prometheus'));
  await expect(prometheusPrograms({ searchPath: '/nowhere', cache })).resolves.toMatchObject({
    promtool: join(cache, 'usr/bin/promtool'),
  });
});

test('without them and without apt-get the message says what to install, and nothing is left behind', async () => {
  await expect(prometheusPrograms({ searchPath: '/nowhere', cache: join(folder, 'cache') })).rejects.toThrow(
    /promtool and prometheus are missing .* apt-get install prometheus/,
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a program that fails tells its own words', async () => {
  await expect(run('sh', ['-c', 'echo broken >&2; exit 3'])).rejects.toThrow('sh ended with 3:\nbroken');
});
