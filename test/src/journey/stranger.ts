/** A stranger with the packages of a release: four VMs, a folder to work in, and the command of the package. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DockerStandIn, enoughSpace, makeKey, Sshd, writeTools } from '@exec/exop/testing';
import { portForLater } from '@exec/testing/servers';
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
  readonly output: string;
  /** `<exit code> <arguments>` of each call of exop. */
  readonly calls: readonly string[];
}

/** Says yes where EXOP asks, since nobody sits at a terminal here; writes down every call and how it ended. */
const sayingYes = (exop: string, record: string): string => `#!/bin/bash
yes=
case " $* " in *' --dry-run '*) ;; ' deploy '* | ' upgrade '* | ' rollback '* | ' down '* | ' restart '* | ' rotate '*) yes=--yes ;; esac
'${exop}' "$@" $yes
code=$?
echo "$code $*" >> '${record}'
exit $code
`;

export class Stranger {
  /** Where the `.env` is. */
  readonly folder: string;
  readonly vms: readonly StrangersVm[];
  /** What was started and stopped, on all VMs. */
  readonly history: readonly string[];
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
    await mkdir(join(bin, 'linked'), { recursive: true });
    await symlink(exop, join(bin, 'linked/exop'));
    await writeFile(join(bin, 'exop'), sayingYes(join(bin, 'linked/exop'), join(folder, 'calls')), {
      mode: 0o755,
    });
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
      const docker = await DockerStandIn.start(name, history, engine);
      await writeTools(root, tools, docker.port);
      await writeFile(join(root, 'df.txt'), enoughSpace);
      const sshd = await Sshd.start({ root, bin: tools, authorizedKeys });
      const [type, key] = (await readFile(join(root, 'host_key.pub'), 'utf8')).split(' ');
      hostKeys.push(`[127.0.0.1]:${sshd.port} ${type} ${key}`);
      vms.push({ name, sshd, docker, port: await portForLater() });
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

  /** Puts the lines that a command printed for the `.env` there. */
  async fillInPrinted(output: string): Promise<void> {
    const lines = [...output.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)];
    await this.fillIn(Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])));
  }

  /**
   * Gives the commands of a block in a shell, and says yes where EXOP asks.
   *
   * @param commands as the page writes them
   * @param values for what stands in angle brackets
   */
  async type(commands: string, values: Readonly<Record<string, string>> = {}): Promise<Said> {
    const typed = Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(`<${name}>`, value),
      commands,
    );
    const record = join(this.folder, 'calls');
    await rm(record, { force: true });
    const output = await new Promise<string>((resolve, reject) => {
      const child = spawn('bash', ['--norc', '-u', '-c', typed], {
        cwd: this.folder,
        env: { HOME: this.folder, PATH: `${this.#bin}:${process.env.PATH}` },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
      child.once('error', reject);
      child.once('close', () => resolve(said));
    });
    const calls = await readFile(record, 'utf8').catch(() => '');
    process.stdout.write(calls.replaceAll(/^(\d+) (.*)$/gm, '  exop $2: $1'));
    return { output, calls: calls.split('\n').filter((line) => line !== '') };
  }

  async leave(): Promise<void> {
    await Promise.all(this.vms.flatMap(({ sshd, docker }) => [sshd.stop(), docker.stop()]));
  }
}
