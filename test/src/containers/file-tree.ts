/** A folder that becomes an image: programs of this machine with the libraries they need, and little else. */
import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';
import { need, run } from './run.ts';

export class FileTree {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies a program and every library that `ldd` lists, all at the paths where they are looked for. */
  async program(from: string, at = from): Promise<void> {
    await this.copy(await realpath(from), at);
    await this.libraries(from);
  }

  /** The libraries of a program or of a library. */
  async libraries(of: string): Promise<void> {
    const { code, stdout } = await run('ldd', [of]);
    // A static program has none.
    if (code !== 0) return;
    for (const [, path = ''] of stdout.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm))
      await this.copy(path, path);
  }

  /** A file or folder; links become what they point to. */
  async copy(from: string, at: string): Promise<void> {
    const target = join(this.folder, at);
    if ((await stat(target).catch(() => undefined))?.isFile() === true) return;
    await mkdir(dirname(target), { recursive: true });
    await cp(from, target, { recursive: true, dereference: true });
  }

  async write(at: string, content: string, mode = 0o644): Promise<void> {
    const target = join(this.folder, at);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, mode);
  }

  async directory(at: string, mode = 0o755): Promise<void> {
    await mkdir(join(this.folder, at), { recursive: true });
    await chmod(join(this.folder, at), mode);
  }

  /** `changes`: lines of a Dockerfile, such as `USER 65532`. Everything belongs to root. */
  async import(engine: Engine, tag: string, changes: readonly string[]): Promise<void> {
    const tar = spawn(
      'tar',
      ['-C', this.folder, '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', '.'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await need('docker', ['import', ...changes.flatMap((line) => ['--change', line]), '-', tag], {
      env: engine.env,
      input: tar.stdout,
    });
  }
}
