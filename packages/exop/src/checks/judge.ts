/** Judges the facts of a VM by what the services need. */
import type { Finding } from './check.ts';
import type { Facts } from './facts.ts';

const GB = 1_000_000_000;
const KIB = 1024;

export interface Judged {
  readonly ports: readonly number[];
  readonly user: string;
  readonly installDir: string;
}

export function judge(facts: Facts, wanted: Judged): Finding[] {
  return [
    system(facts),
    kernel(facts),
    cores(facts),
    memory(facts),
    disk('disk of the installation', facts.installDisk),
    docker(facts, wanted.user),
    ...(facts.docker === '' ? [] : [disk('disk of Docker', facts.dockerDisk), compose(facts)]),
    folder(facts, wanted),
    ...wanted.ports.map((one) => port(facts, one)),
  ];
}

function finding(
  check: string,
  expected: string,
  found: string,
  status: Finding['status'],
  remedy: string,
): Finding {
  return { check, status, found, expected, remedy: status === 'ok' ? '' : remedy };
}

function system({ system, machine }: Facts): Finding {
  const fits = system === 'Linux' && ['x86_64', 'amd64', 'aarch64', 'arm64'].includes(machine);
  return finding(
    'system',
    '64-bit Linux',
    `${system} ${machine}`,
    fits ? 'ok' : 'failed',
    'Use a VM with 64-bit Linux (x86_64 or aarch64).',
  );
}

function kernel({ kernel }: Facts): Finding {
  const fits = atLeast(kernel, [4, 18]);
  return finding('kernel', '4.18 or newer', kernel, fits ? 'ok' : 'failed', 'Upgrade the operating system.');
}

function cores({ cores }: Facts): Finding {
  const status = cores >= 4 ? 'ok' : cores >= 2 ? 'warning' : 'failed';
  return finding('cores', '4 or more', String(cores), status, 'Give the VM 4 cores; 2 do for a trial.');
}

/** A VM of 8 GB shows less, because the kernel keeps some for itself. */
function memory({ memoryKib }: Facts): Finding {
  const bytes = memoryKib * KIB;
  const status = bytes >= 7.4 * GB ? 'ok' : bytes >= GB ? 'warning' : 'failed';
  return finding('memory', '8 GB', gigabytes(bytes), status, 'Give the VM 8 GB; 2 GB do for a trial.');
}

function disk(check: string, df: string): Finding {
  // POSIX df -P -k: file system, size, used, available, per cent, mounted on
  const parts = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s+(.+)$/.exec(df);
  const expected = '20 GB, 3 GB free';
  if (parts === null)
    return finding(check, expected, df || 'df gave no answer', 'failed', 'Look at "df -Pk" on the VM.');
  const size = Number(parts[1]) * KIB;
  const free = Number(parts[3]) * KIB;
  const found = `${gigabytes(size)}, ${gigabytes(free)} free at ${parts[4]}`;
  if (free < 3 * GB)
    return finding(
      check,
      expected,
      found,
      'failed',
      'Free some space: "docker system prune" removes unused images.',
    );
  return finding(check, expected, found, size >= 19 * GB ? 'ok' : 'warning', 'Give the VM a disk of 20 GB.');
}

function docker({ docker, dockerProblem }: Facts, user: string): Finding {
  const expected = '20 or newer, running';
  if (docker === '') {
    const denied = /permission denied|password is required|not allowed/i.test(dockerProblem);
    const remedy = denied
      ? `Let ${user} use Docker: "usermod -aG docker ${user}", or a sudo rule without password and DOCKER_SUDO=true.`
      : 'Install Docker 20 or newer and start it: "systemctl enable --now docker".';
    return finding('Docker', expected, dockerProblem || 'not there', 'failed', remedy);
  }
  const fits = atLeast(docker, [20, 0]);
  return finding('Docker', expected, docker, fits ? 'ok' : 'failed', 'Upgrade Docker to 20 or newer.');
}

function compose({ composeV2, composeV1 }: Facts): Finding {
  const expected = 'compose v2 or docker-compose 1.29';
  if (atLeast(composeV2, [2, 0])) return finding('compose', expected, `v2: ${composeV2}`, 'ok', '');
  const fits = atLeast(composeV1, [1, 29]);
  const found = composeV1 === '' ? 'none' : `docker-compose ${composeV1}`;
  const remedy = 'Install the package docker-compose-plugin (v2) or docker-compose 1.29.';
  return finding('compose', expected, found, fits ? 'ok' : 'failed', remedy);
}

function folder({ writable }: Facts, { installDir, user }: Judged): Finding {
  return finding(
    'folder',
    `${user} may write ${installDir}`,
    writable ? 'writable' : 'not writable',
    writable ? 'ok' : 'failed',
    `Make it once: "install -d -m 700 -o ${user} ${installDir}", or set INSTALL_DIR.`,
  );
}

function port({ listening, containers }: Facts, port: number): Finding {
  const check = `port ${port}`;
  const expected = 'free, or used by the connector';
  if (!listening.has(port)) return finding(check, expected, 'free', 'ok', '');
  if (new RegExp(`:${port}->`).test(containers))
    return finding(check, expected, 'used by the connector', 'ok', '');
  const remedy = `Find what listens ("ss -ltnp | grep :${port}") and stop it, or set another HTTP_PORT.`;
  return finding(check, expected, 'used by another program', 'failed', remedy);
}

export function judgeClock(offsetMs: number, uncertainMs: number): Finding {
  const beyond = Math.max(0, Math.abs(offsetMs) - uncertainMs);
  const status = Number.isFinite(beyond) && beyond <= 1_000 ? 'ok' : beyond <= 5_000 ? 'warning' : 'failed';
  const found = Number.isFinite(offsetMs)
    ? `${(offsetMs / 1000).toFixed(1)} s (± ${(uncertainMs / 1000).toFixed(1)} s)`
    : 'unknown';
  const remedy = 'Run chrony or another NTP client on the VM and on this machine: events carry times.';
  return finding('clock', 'within 1 s of this machine', found, status, remedy);
}

/** Compares the leading numbers of a version: `5.10.0-21-amd64` is at least [4, 18]. */
function atLeast(version: string, wanted: readonly [number, number]): boolean {
  const parts = /^v?(\d+)(?:\.(\d+))?/.exec(version);
  if (parts === null) return false;
  const major = Number(parts[1]);
  return major > wanted[0] || (major === wanted[0] && Number(parts[2] ?? 0) >= wanted[1]);
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
