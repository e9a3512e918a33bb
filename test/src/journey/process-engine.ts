/**
 * Runs the bundle of a service's image as a process: what a container engine would do with the image, without its
 * isolation. It takes the compose file, the secrets and the archive that EXOP brought to the VM.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Runner, Running } from '@exec/exop/testing';

const endWithParent = new URL('../demo/end-with-parent.ts', import.meta.url).href;
/** The grace that the compose file gives: then it is killed. */
const graceMs = 15_000;
const linesKept = 5_000;

export class ProcessEngine implements Runner {
  readonly #folder: string;

  /** @param folder for images */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(archive: Buffer): Promise<string> {
    await mkdir(this.#folder, { recursive: true });
    const image = await mkdtemp(join(this.#folder, 'image-'));
    const unpacking = promisify(execFile)('tar', ['-xzf', '-', '-C', image]);
    unpacking.child.stdin?.end(archive);
    await unpacking;
    return `${image}:loaded`;
  }

  async start(image: string, composeFile: string): Promise<Running> {
    const environment = await environmentOf(composeFile);
    return new ServiceProcess(join(image.replace(/:loaded$/, ''), 'app/dist/main.js'), environment);
  }
}

/** As the compose file gives it; the secrets lie beside that file. Services listen on the loopback alone. */
export async function environmentOf(composeFile: string): Promise<Record<string, string>> {
  const text = await readFile(composeFile, 'utf8');
  const environment: Record<string, string> = {};
  const block = /^ {4}environment:\n((?: {6}.*\n)*)/m.exec(text)?.[1] ?? '';
  const mounted = '/run/secrets/';
  const secrets = `${join(dirname(composeFile), 'secrets')}/`;
  for (const [, name = '', value = '""'] of block.matchAll(/^ {6}(\w+): (".*")$/gm))
    environment[name] = (JSON.parse(value) as string).replaceAll('$$', '$').replaceAll(mounted, secrets);
  // The address of the Config DB names the certificate of its authority where a container would find it.
  const { CONFIG_DB_URL_FILE: file, ...others } = environment;
  const url = file === undefined ? '' : await readFile(file, 'utf8');
  const place = encodeURIComponent(mounted);
  if (url.includes(place)) {
    const CONFIG_DB_URL = url.replace(place, encodeURIComponent(secrets));
    return { ...others, CONFIG_DB_URL, HTTP_HOST: '127.0.0.1' };
  }
  return { ...environment, HTTP_HOST: '127.0.0.1' };
}

export class ServiceProcess implements Running {
  readonly #main: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #lines: string[] = [];
  #child: ChildProcess;

  /** @param main file that Node runs */
  constructor(main: string, environment: Readonly<Record<string, string>>) {
    this.#main = main;
    this.#environment = environment;
    this.#child = this.#spawn();
  }

  status(): string {
    const { exitCode, signalCode } = this.#child;
    return exitCode === null && signalCode === null
      ? 'Up 2 seconds (healthy)'
      : `Exited (${exitCode ?? signalCode}) 2 seconds ago`;
  }

  logs(): string {
    return this.#lines.join('\n');
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#child = this.#spawn();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await ended;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, ['--import', endWithParent, this.#main], {
      cwd: dirname(this.#main),
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: 'pipe',
    });
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > linesKept) this.#lines.shift();
      });
    child.stdin.on('error', () => {});
    return child;
  }
}
