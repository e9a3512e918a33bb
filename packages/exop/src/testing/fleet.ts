/** Four test VMs with real SSH servers and stand-ins for Docker, a `.env` for them, and a way to call EXOP. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatAddress } from '@exec/engage-link';
import { accept, keepAlive, LinkServer, reply } from '@exec/engage-link/testing';
import { portForLater } from '@exec/testing/servers';
import { exopCli } from '../cli/exop-cli.ts';
import { DockerStandIn, type Runner } from './docker-stand-in.ts';
import { makeSigner, type Signer } from './signer.ts';
import { makeKey, Sshd } from './sshd.ts';
import { enoughSpace, writeTools } from './tools.ts';

export const names = ['excs-1', 'exas-1', 'excp-1', 'excp-2'] as const;
export type Name = (typeof names)[number];

export interface TestVm {
  readonly name: Name;
  readonly sshd: Sshd;
  readonly docker: DockerStandIn;
  /** HTTP port of its service. */
  readonly port: number;
}

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The line of `--json`. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
  readonly results?: readonly { instance: string; result: string; ready: boolean; detail: string }[];
  readonly sync?: { readonly state: string };
}
export function answerOf({ stdout }: Pick<Called, 'stdout'>): Answer {
  return JSON.parse(stdout) as Answer;
}

const fullDisk =
  'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 20000000 19999000 1000 100% /\n';

export class Fleet {
  readonly folder: string;
  readonly vms: readonly TestVm[];
  readonly history: string[];
  /**
   * What the person at the terminal of the next calls says when asked; undefined: there is no terminal. Until the next
   * reset.
   */
  answer: string | (() => Promise<string>) | undefined = 'yes';
  /** Bridges; their behaviour may be changed until the next reset. */
  readonly sip: LinkServer;
  readonly stat: LinkServer;
  /** Who makes the releases. */
  readonly signer: Signer = makeSigner();
  /** Where all other peers listen. */
  readonly #peers: Server;
  readonly #peerPort: number;

  private constructor(
    folder: string,
    vms: readonly TestVm[],
    history: string[],
    peers: Server,
    links: { readonly sip: LinkServer; readonly stat: LinkServer },
  ) {
    this.folder = folder;
    this.vms = vms;
    this.history = history;
    this.sip = links.sip;
    this.stat = links.stat;
    this.#peers = peers;
    this.#peerPort = (peers.address() as { port: number }).port;
  }

  /** @param runner of the images of each VM, in place of answers that tests set */
  static async start(runner?: () => Runner): Promise<Fleet> {
    const folder = await mkdtemp(join(tmpdir(), 'exop-'));
    await makeKey(join(folder, 'id'));
    await makeKey(join(folder, 'other'));
    const authorizedKeys = await readFile(join(folder, 'id.pub'), 'utf8');
    const history: string[] = [];
    const vms: TestVm[] = [];
    for (const name of names) {
      const root = join(folder, name);
      const bin = join(root, 'bin');
      await mkdir(bin, { recursive: true });
      const docker = await DockerStandIn.start(name, history, runner?.());
      await writeTools(root, bin, docker.port);
      const sshd = await Sshd.start({ root, bin, authorizedKeys });
      vms.push({ name, sshd, docker, port: await portForLater() });
    }
    const peers = createServer((socket) => socket.on('error', () => {}).end());
    await new Promise<void>((done) => peers.listen(0, '127.0.0.1', done));
    const links = { sip: await LinkServer.start(), stat: await LinkServer.start() };
    const fleet = new Fleet(folder, vms, history, peers, links);
    await fleet.reset();
    return fleet;
  }

  async stop(): Promise<void> {
    await Promise.all(this.vms.flatMap(({ sshd, docker }) => [sshd.stop(), docker.stop()]));
    await new Promise<void>((done) => this.#peers.close(() => done()));
    await Promise.all([this.sip.close(), this.stat.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** `host:port` at which every peer of a service answers. */
  get peer(): string {
    return `127.0.0.1:${this.#peerPort}`;
  }

  vm(name: Name): TestVm {
    const found = this.vms.find((vm) => vm.name === name);
    if (found === undefined) throw new Error(`no VM ${name}`);
    return found;
  }

  /** Empty VMs, a `.env` that fits them, image archives of version 1.0.0 and 2.0.0. */
  async reset(): Promise<void> {
    this.history.length = 0;
    this.answer = 'yes';
    this.sip.behaviours = [accept({ linked: true }), serverInfo, keepAlive];
    this.stat.behaviours = [accept(), keepAlive];
    for (const { sshd, docker } of this.vms) {
      await docker.reset();
      await rm(join(sshd.root, 'home'), { recursive: true, force: true });
      await mkdir(join(sshd.root, 'home'));
      await writeFile(join(sshd.root, 'commands'), '');
      await writeFile(join(sshd.root, 'df.txt'), enoughSpace);
    }
    await rm(join(this.folder, '.env.exop-state.json'), { force: true });
    await rm(join(this.folder, 'certificates'), { recursive: true, force: true });
    await rm(join(this.folder, 'images'), { recursive: true, force: true });
    await mkdir(join(this.folder, 'images'));
    for (const version of ['1.0.0', '2.0.0'])
      for (const service of ['excs', 'exas', 'excp'])
        await writeFile(
          join(this.folder, 'images', `${service}-${version}.tgz`),
          gzipSync(`${service} ${version} ${'x'.repeat(50_000)}`, { level: 0 }),
        );
    await this.signImages();
    await writeFile(join(this.folder, 'known_hosts'), await this.hostKeys());
    await this.writeEnv({});
  }

  /** As a releaser does: checksums of what lies there, and the signature over them. */
  async signImages(signer: Signer = this.signer): Promise<void> {
    const folder = join(this.folder, 'images');
    const archives = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).sort();
    const lines = await Promise.all(
      archives.map(async (name) => {
        const sha256 = createHash('sha256').update(await readFile(join(folder, name)));
        return `${sha256.digest('hex')}  ${name}\n`;
      }),
    );
    const sums = Buffer.from(lines.join(''));
    await writeFile(join(folder, 'SHA256SUMS'), sums);
    await writeFile(join(folder, 'SHA256SUMS.minisig'), signer.sign(sums));
  }

  async hostKeys(): Promise<string> {
    const lines = await Promise.all(
      this.vms.map(async ({ sshd }) => {
        const [type, key] = (await readFile(join(sshd.root, 'host_key.pub'), 'utf8')).split(' ');
        return `[127.0.0.1]:${sshd.port} ${type} ${key}`;
      }),
    );
    return `${lines.join('\n')}\n`;
  }

  async fillDisk(name: Name): Promise<void> {
    await writeFile(join(this.vm(name).sshd.root, 'df.txt'), fullDisk);
  }

  /** Changes of single variables; undefined leaves one out. */
  async writeEnv(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const at = (name: Name): string => `127.0.0.1:${this.vm(name).sshd.port}`;
    const { peer } = this;
    const values: Record<string, string | undefined> = {
      EXCS_HOST: at('excs-1'),
      EXAS_HOST: at('exas-1'),
      EXCP_HOSTS: `${at('excp-1')},${at('excp-2')}`,
      SSH_USER: this.vm('excs-1').sshd.user,
      SSH_KEY_FILE: './id',
      SSH_KNOWN_HOSTS: './known_hosts',
      VERSION: '1.0.0',
      IMAGES_DIR: './images',
      RELEASE_PUBLIC_KEY: this.signer.publicKey,
      READY_TIMEOUT_SECONDS: '20',
      ORG_ID: 'org-1',
      TENANT_ID: '101',
      REDIS_URL: `redis://:canary-redis@${peer}`,
      CONFIG_DB_URL: `postgresql://exec:canary-db@${peer}/cfg`,
      ENGAGE_APP_PASSWORD: 'canary-engage',
      API_TOKEN: 'canary-api-token-of-22-characters',
      GENESYS_CLOUD_CHECK_HOSTS: peer,
      STAT_SERVER_PRIMARY: formatAddress(this.stat.address),
      SIP_SERVER_PRIMARY: formatAddress(this.sip.address),
      SWITCH_NAME: 'SIP_Switch',
      EXCS_HTTP_PORT: String(this.vm('excs-1').port),
      EXAS_HTTP_PORT: String(this.vm('exas-1').port),
      EXCP_1_HTTP_PORT: String(this.vm('excp-1').port),
      EXCP_2_HTTP_PORT: String(this.vm('excp-2').port),
      ...changes,
    };
    const lines = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    );
    await writeFile(join(this.folder, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  async call(...args: readonly string[]): Promise<Called> {
    const out: string[] = [];
    const err: string[] = [];
    const { answer } = this;
    const cli = exopCli({
      env: {},
      folder: this.folder,
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
      signal: new AbortController().signal,
      ask:
        answer === undefined
          ? undefined
          : async (question) => {
              err.push(`${question}\n`);
              return typeof answer === 'string' ? answer : await answer();
            },
    });
    const code = await cli.run([...args, '--env', '.env']);
    return { code, stdout: out.join(''), stderr: err.join('') };
  }

  /** Every command line that reached a VM or its Docker. */
  async commandLines(): Promise<string> {
    const texts = await Promise.all(
      this.vms.map(async ({ sshd, docker }) => {
        const commands = await readFile(join(sshd.root, 'commands'), 'utf8');
        return `${commands}\n${docker.records.map(({ argv }) => argv.join(' ')).join('\n')}`;
      }),
    );
    return texts.join('\n');
  }

  installation(name: Name, ...path: readonly string[]): string {
    return join(this.vm(name).sshd.root, 'home', 'ex-engage-connector', ...path);
  }
}

const serverInfo = reply('RequestQueryServer', 'EventServerInfo', () => ({
  ServerRole: 'Primary',
  ServerVersion: '8.1.103.00',
  LinkConnected: true,
}));
