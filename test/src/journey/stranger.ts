/** A stranger with the packages of a release: four VMs, a folder to work in, and the command of the package. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DockerStandIn, enoughSpace, freePort, makeKey, Sshd, writeTools } from '@exec/exop/testing';
import { ProcessEngine } from './process-engine.ts';

const vmNames = ['excs-1', 'exas-1', 'excp-1', 'excp-2'] as const;
type VmName = (typeof vmNames)[number];

interface StrangersVm {
  readonly name: VmName;
  readonly sshd: Sshd;
  readonly docker: DockerStandIn;
  readonly port: number;
}

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Stranger {
  /** Where the `.env` is. */
  readonly folder: string;
  readonly vms: readonly StrangersVm[];
  /** What was started and stopped, on all VMs. */
  readonly history: readonly string[];
  /** The commands that were given, as the pages write them. */
  readonly given: string[] = [];
  readonly #bin: string;

  private constructor(folder: string, bin: string, vms: readonly StrangersVm[], history: readonly string[]) {
    this.folder = folder;
    this.#bin = bin;
    this.vms = vms;
    this.history = history;
  }

  /** @param exop the command of the unpacked package */
  static async arrive(base: string, exop: string): Promise<Stranger> {
    const folder = join(base, 'site');
    const bin = join(base, 'bin');
    await mkdir(folder);
    await mkdir(bin);
    await symlink(exop, join(bin, 'exop'));
    await makeKey(join(folder, 'id'));
    const authorizedKeys = await readFile(join(folder, 'id.pub'), 'utf8');
    const history: string[] = [];
    const vms: StrangersVm[] = [];
    const hostKeys: string[] = [];
    for (const name of vmNames) {
      const root = join(base, name);
      const tools = join(root, 'bin');
      await mkdir(tools, { recursive: true });
      const engine = new ProcessEngine(join(root, 'images'));
      const docker = await DockerStandIn.start(name, join(root, 'docker.sock'), history, engine);
      await writeTools(root, tools);
      await writeFile(join(root, 'df.txt'), enoughSpace);
      const sshd = await Sshd.start({ root, bin: tools, authorizedKeys });
      const [type, key] = (await readFile(join(root, 'host_key.pub'), 'utf8')).split(' ');
      hostKeys.push(`[127.0.0.1]:${sshd.port} ${type} ${key}`);
      vms.push({ name, sshd, docker, port: await freePort() });
    }
    await writeFile(join(folder, 'known_hosts'), `${hostKeys.join('\n')}\n`);
    return new Stranger(folder, bin, vms, history);
  }

  vm(name: VmName): StrangersVm {
    const found = this.vms.find((vm) => vm.name === name);
    if (found === undefined) throw new Error(`there is no VM ${name}`);
    return found;
  }

  /** Where the VMs and their ports are, for the `.env`. */
  get places(): Readonly<Record<string, string>> {
    const at = (name: VmName) => `127.0.0.1:${this.vm(name).sshd.port}`;
    const port = (name: VmName) => String(this.vm(name).port);
    return {
      EXCS_HOST: at('excs-1'),
      EXAS_HOST: at('exas-1'),
      EXCP_HOSTS: `${at('excp-1')},${at('excp-2')}`,
      SSH_USER: this.vm('excs-1').sshd.user,
      SSH_KEY_FILE: './id',
      SSH_KNOWN_HOSTS: './known_hosts',
      EXCS_HTTP_PORT: port('excs-1'),
      EXAS_HTTP_PORT: port('exas-1'),
      EXCP_1_HTTP_PORT: port('excp-1'),
      EXCP_2_HTTP_PORT: port('excp-2'),
    };
  }

  /** Fills values into the file that `exop init` wrote, where it has a line for them; undefined makes it a comment. */
  async fillIn(values: Readonly<Record<string, string | undefined>>): Promise<void> {
    const path = join(this.folder, '.env');
    let text = await readFile(path, 'utf8');
    for (const [name, value] of Object.entries(values)) {
      const line = new RegExp(`^#?${name}=.*$`, 'm');
      const wanted = value === undefined ? `#${name}=` : `${name}=${value}`;
      text = line.test(text) ? text.replace(line, () => wanted) : `${text}${wanted}\n`;
    }
    await writeFile(path, text);
  }

  /**
   * Gives a command of the pages in a shell.
   *
   * @param command as a page writes it, with `<name>` for what differs
   * @param more what the page leaves to the reader: `--yes` in place of an answer, `--json`
   */
  exop(
    command: string,
    values: Readonly<Record<string, string>> = {},
    more: readonly string[] = [],
  ): Promise<Said> {
    this.given.push(command);
    const typed = Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(`<${name}>`, value),
      command,
    );
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['--norc', '-u', '-c', [typed, ...more].join(' ')], {
        cwd: this.folder,
        env: { HOME: this.folder, PATH: `${this.#bin}:${process.env.PATH}` },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      child.once('error', reject);
      child.once('close', (code) => {
        process.stdout.write(`  ${typed}: ${code}\n`);
        resolve({ code: code ?? -1, stdout, stderr });
      });
    });
  }

  async leave(): Promise<void> {
    await Promise.all(this.vms.flatMap(({ sshd, docker }) => [sshd.stop(), docker.stop()]));
  }
}
