/** Real OpenSSH servers for tests, each a "VM" on a loopback port with its own host key, home and PATH. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@exec/testing/servers';

const run = promisify(execFile);
const programs = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'];

/** Debian asks policy-rc.d whether a package may start its service; 101 means no (invoke-rc.d(8)). */
const installScript = `
apt() { apt-get -q -o DPkg::Lock::Timeout=120 "$@"; }
policy=/usr/sbin/policy-rc.d
[ -x /usr/sbin/sshd ] && exit 0
[ -x $policy ] || { printf '#!/bin/sh\\nexit 101\\n' > $policy; chmod 755 $policy; trap "rm -f $policy" EXIT; }
apt update || true
apt install -y --no-install-recommends openssh-server
`;

/**
 * Path of the server's program; on Debian and Ubuntu as root the package is installed when it is missing, and its
 * own service is kept from starting.
 * @throws Error that says what to install
 */
export async function findSshd(): Promise<string> {
  const found = await firstExecutable(programs);
  if (found !== undefined) return found;
  const need = 'These tests talk to real OpenSSH servers: install the package openssh-server.';
  if (process.getuid?.() !== 0 || (await firstExecutable(['/usr/bin/apt-get'])) === undefined)
    throw new Error(`${need} (It is installed by itself only for root on Debian or Ubuntu.)`);
  process.stderr.write(
    'Installing the Debian package openssh-server on this machine, without starting its service: tests of EXOP talk to real SSH servers. To prevent it, run the tests as another user than root.\n',
  );
  try {
    // Two test files may find it missing at the same moment.
    await run('flock', ['/run/lock/exec-test-openssh', 'sh', '-c', installScript], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    throw new Error(`${need} apt-get failed: ${(error as Error).message.slice(-300)}`);
  }
  const installed = await firstExecutable(programs);
  if (installed === undefined) throw new Error(need);
  return installed;
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}

/** Makes a key pair without passphrase; answers the public line. */
export async function makeKey(path: string, passphrase = ''): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', path]);
}

export interface SshdOptions {
  /** An empty folder for this VM. */
  readonly root: string;
  readonly authorizedKeys: string;
  /** Folder that comes first in PATH. */
  readonly bin: string;
  /** Further lines of sshd_config. */
  readonly extra?: readonly string[];
}

export class Sshd {
  readonly port: number;
  readonly root: string;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;

  private constructor(port: number, root: string, child: ChildProcess) {
    this.port = port;
    this.root = root;
    this.#process = child;
    this.#exited = new Promise((done) => child.once('exit', () => done()));
  }

  static async start(options: SshdOptions): Promise<Sshd> {
    const program = await findSshd();
    const { root, bin } = options;
    // Where sshd, run by root, separates its privileges; Debian makes it when its own service starts.
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
    await mkdir(join(root, 'home'), { recursive: true });
    await makeKey(join(root, 'host_key'));
    await writeFile(join(root, 'authorized_keys'), options.authorizedKeys);
    // Every command line that reaches the VM is kept: none may ever hold a secret.
    const record = `#!/bin/sh\nprintf '%s\\n' "$SSH_ORIGINAL_COMMAND" >> '${root}/commands'\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n`;
    await writeFile(join(root, 'record'), record, { mode: 0o755 });
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const config = [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${root}/host_key`,
        `AuthorizedKeysFile ${root}/authorized_keys`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PidFile none',
        'MaxStartups 100',
        `ForceCommand ${root}/record`,
        `SetEnv PATH=${bin}:/usr/sbin:/usr/bin:/sbin:/bin HOME=${root}/home`,
        ...(options.extra ?? []),
      ];
      await writeFile(join(root, 'sshd_config'), `${config.join('\n')}\n`);
      await run(program, ['-t', '-f', join(root, 'sshd_config')]);
      // The shell ends the server as soon as its own input closes, however this process ends.
      const child = spawn(
        '/bin/sh',
        [
          '-c',
          '"$@" & cat >/dev/null; kill $! 2>/dev/null; wait',
          'sshd',
          program,
          '-D',
          '-e',
          '-f',
          join(root, 'sshd_config'),
        ],
        { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
      );
      const sshd = new Sshd(port, root, child);
      if (await listening(child)) return sshd;
      await sshd.stop();
      if (attempt === 5) throw new Error('sshd found no free port in 5 tries');
    }
  }

  get user(): string {
    return userInfo().username;
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end();
    await this.#exited;
  }
}

function listening(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (chunk: string) => {
      said = (said + chunk).slice(-10_000);
      if (/Server listening/.test(said)) resolve(true);
      if (/Cannot bind|already in use/i.test(said)) resolve(false);
    });
    child.once('exit', () => resolve(false));
  });
}
