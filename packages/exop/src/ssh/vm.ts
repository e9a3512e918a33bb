/** One VM of the deployment: its instance, the connection to it, and Docker there. */
import { isIP } from 'node:net';
import { firstApiToken, type Secret } from '@exec/common/config';
import { ExecError } from '@exec/common/errors';
import type { Deployment } from '../config/deployment.ts';
import { type InstanceSettings, type PlacedInstance, placedAt } from '../config/instance.ts';
import { projectOf } from '../plan/release.ts';
import type { HttpTarget } from './onward.ts';
import { shell } from './quoting.ts';
import { type CommandOptions, type CommandResult, SshSession } from './session.ts';

/** Name of the compose tool that a VM has: `docker compose` or `docker-compose` 1.29. */
export type ComposeTool = 'v2' | 'v1';

export class Vm {
  readonly settings: PlacedInstance;
  readonly session: SshSession;
  /** Absolute path of all that EXOP has on the VM. */
  readonly base: string;
  /** Absolute path of this installation; a bridge has its own, since others may stand on the same VM. */
  readonly dir: string;
  /** Its compose project. */
  readonly project: string;
  readonly #sudo: boolean;
  readonly #keptToken: Secret | undefined;
  /** Found by the checks. */
  compose: ComposeTool = 'v2';

  private constructor(
    settings: PlacedInstance,
    session: SshSession,
    dir: string,
    { sudo, keptToken }: Deployment,
  ) {
    this.settings = settings;
    this.session = session;
    const own = settings.service === 'bridge' ? settings.name : undefined;
    this.base = dir;
    this.dir = own === undefined ? dir : `${dir}/${own}`;
    this.project = projectOf(settings);
    this.#sudo = sudo;
    this.#keptToken = keptToken;
  }

  /** @throws ExecError as SshSession.connect */
  static async connect(settings: InstanceSettings, deployment: Deployment): Promise<Vm> {
    const session = await SshSession.connect(settings.address, deployment.ssh);
    const asked = await session.run(shell('printf "%s\\n%s" "$HOME" "$SSH_CONNECTION"'));
    const [home = '', connection = ''] = asked.stdout.split('\n');
    const dir = deployment.installDir ?? `${home.trim().replace(/\/$/, '')}/ex-engage-connector`;
    return new Vm(placedAt(settings, ownAddressIn(connection)), session, dir, deployment);
  }

  get name(): string {
    return this.settings.name;
  }

  get host(): string {
    return this.settings.address.host;
  }

  /** Of an operator, for the service on it. */
  get token(): Secret | undefined {
    const given = this.settings.files.get('API_TOKEN') ?? this.#keptToken;
    return given && firstApiToken(given);
  }

  releaseDir(id: string): string {
    return `${this.dir}/releases/${id}`;
  }

  /** Runs a fixed script, in which `docker` and `compose` are the tools of this VM. */
  async script(
    script: string,
    args: readonly string[] = [],
    options: CommandOptions = {},
  ): Promise<CommandResult> {
    return await this.session.run(shell(`${this.#tools()}\n${script}`, ...args), options);
  }

  /** @throws ExecError exop.command-failed with the last words of the command */
  async must(
    what: string,
    script: string,
    args: readonly string[] = [],
    options: CommandOptions = {},
  ): Promise<string> {
    const result = await this.script(script, args, options);
    if (result.code === 0) return result.stdout;
    throw new ExecError('exop.command-failed', `${this.name} (${this.host}): ${what}: ${lastWords(result)}`, {
      details: { exitCode: result.code },
    });
  }

  /** `compose` with the project and the file of a release, which is `$1` of the script. */
  get composeOfRelease(): string {
    return `compose -p ${this.project} --project-directory "$1" -f "$1/compose.yaml"`;
  }

  #tools(): string {
    const sudo = this.#sudo ? 'sudo -n ' : '';
    const compose = this.compose === 'v2' ? 'docker compose' : 'docker-compose';
    return [
      'export LC_ALL=C',
      'umask 077',
      `docker() { ${sudo === '' ? 'command ' : sudo}docker "$@"; }`,
      `compose() { ${this.compose === 'v2' || sudo === '' ? compose : `${sudo}${compose}`} "$@"; }`,
      `compose_v1() { ${sudo}docker-compose "$@"; }`,
    ].join('\n');
  }
}

/**
 * The address on which the SSH server was reached, as the VM itself has it: `SSH_CONNECTION` is the address and port of
 * the client, then of the server (ssh(1)). A VM behind a translated address has another than the `.env` names. Without an
 * answer ports are published on loopback: too few can reach them then, never too many.
 */
export function ownAddressIn(connection: string): string {
  const address = connection.trim().split(' ')[2] ?? '';
  return isIP(address) === 0 || address.includes('%') ? '127.0.0.1' : address;
}

/** Where the HTTP of the service answers, seen from its VM. */
export function serviceAt({ settings }: Vm): Omit<HttpTarget, 'path'> {
  const { publishAddress, port, files } = settings;
  const host = publishAddress === '0.0.0.0' ? '127.0.0.1' : publishAddress === '::' ? '::1' : publishAddress;
  return { host, port, certificate: files.get('TLS_CERT_FILE')?.reveal() };
}

/** The end of what a command said, on one line. */
export function lastWords(result: CommandResult): string {
  const said = `${result.stderr}\n${result.stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const words = said.slice(-3).join(' / ').slice(0, 500);
  return words === '' ? `exit code ${result.code}` : words;
}
