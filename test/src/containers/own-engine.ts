/**
 * Debian's dockerd for the time of a run, in namespaces of its own: network, mounts and processes end with the one
 * process that holds them, however this program ends. Root only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NoEngineError } from './no-engine-error.ts';
import { run } from './run.ts';

export interface OwnEngine {
  readonly host: string;
  readonly folder: string;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;

/**
 * Ends the engine and removes its traces when its standard input ends: the operating system sees to that when this
 * process dies.
 * `unshare` kills what it has started when it is killed itself; as the first process of its namespace that takes
 * dockerd, containerd and every container along.
 */
const holder = `
exec 3<&0
unshare --net --mount --pid --fork --kill-child=SIGKILL --mount-proc --propagation private \\
  sh -c 'ip link set lo up; exec dockerd "$@"' sh "$@" </dev/null &
child=$!
cat <&3 >/dev/null
kill -KILL $child
wait $child 2>/dev/null
# Namespaces go by themselves, the groups of processes that dockerd has made do not.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  find /sys/fs/cgroup -depth -type d -path "*/$NAME*" -exec rmdir {} + 2>/dev/null
  [ -z "$(find /sys/fs/cgroup -maxdepth 2 -type d -name "$NAME" 2>/dev/null)" ] && break
  sleep 0.2
done
rm -rf "$FOLDER"
`;

/** @throws NoEngineError when there is no dockerd or it does not start here */
export async function startOwnEngine(name: string): Promise<OwnEngine> {
  for (const program of ['dockerd', 'containerd', 'runc', 'unshare', 'ip', 'iptables'])
    if ((await run('which', [program])).code !== 0)
      throw new NoEngineError(
        `no container engine answers, and there is no ${program} (Debian: apt-get install docker.io)`,
      );
  const folder = await mkdtemp(join('/tmp', `${name}-`));
  const socket = join(folder, 'docker.sock');
  const child = spawn(
    'sh',
    [
      ...['-c', holder, 'sh'],
      ...['--host', `unix://${socket}`],
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['--pidfile', join(folder, 'pid'), '--cgroup-parent', `/${name}`],
    ],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, NAME: name, FOLDER: folder },
      detached: true,
    },
  );
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-8000);
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const host = `unix://${socket}`;
  const until = Date.now() + startLimitMs;
  while (child.exitCode === null && Date.now() < until) {
    if (existsSync(socket)) {
      const answer = await run('docker', ['version'], { env: { ...process.env, DOCKER_HOST: host } });
      if (answer.code === 0) return { host, folder, stop };
    }
    await delay(200);
  }
  await stop();
  throw new NoEngineError(`dockerd does not start here: ${log.trim().split('\n').slice(-3).join(' | ')}`);
}
