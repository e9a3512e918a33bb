/** Builds the bridge and starts it on the double of the SDK. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { portForLater } from '@exec/testing/servers';

export const bridgeFolder = fileURLToPath(new URL('../../../packages/bridge/', import.meta.url));
const classPath = ['bridge/target/bridge.jar', 'sdk-double/target/sdk-double.jar']
  .map((jar) => join(bridgeFolder, jar))
  .join(':');

/** What building needs is not on this machine; the message says what. */
export class NoJavaError extends Error {}

/**
 * Builds what runs, without tests, when its sources are newer or nothing is built yet.
 * @throws NoJavaError
 */
export async function ensureBuilt(): Promise<void> {
  await requireJava();
  const jars = await Promise.all(classPath.split(':').map(modifiedAt));
  const sources = await readdir(bridgeFolder, { recursive: true });
  const newest = await Promise.all(
    sources
      .filter((file) => file.endsWith('pom.xml') || file.includes('/src/main/'))
      .map((file) => modifiedAt(join(bridgeFolder, file))),
  );
  if (Math.min(...jars) > Math.max(...newest)) return;
  await promisify(execFile)('mvn', ['-B', '-q', '-DskipTests', 'package'], {
    cwd: bridgeFolder,
    maxBuffer: 1e8,
  });
}

/** @throws NoJavaError */
export async function requireJava(): Promise<void> {
  for (const [program, flag] of [
    ['javac', '-version'],
    ['mvn', '--version'],
  ] as const)
    await promisify(execFile)(program, [flag]).catch(() => {
      throw new NoJavaError(
        `The bridge is Java, and ${program} is not to be found. It needs JDK 17 and Maven: apt-get install openjdk-17-jdk-headless maven`,
      );
    });
}

async function modifiedAt(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** Runs JUnit too. Without the network when Maven has everything already. */
export async function build(): Promise<void> {
  const run = (more: readonly string[]) =>
    promisify(execFile)('mvn', ['-B', '-q', ...more, 'package'], { cwd: bridgeFolder, maxBuffer: 1e8 });
  await run(['-o', '-DskipTests']).catch(() => undefined);
  await run(['-Dsurefire.printSummary=true']);
}

export interface BridgeOptions {
  readonly side: 'tserver' | 'statserver';
  /** Port on loopback where the double finds what it plays. */
  readonly server: number;
  /** Further lines of bridge.properties. */
  readonly more?: readonly string[];
  /** Where its log goes; default: only its errors are shown. */
  readonly onLine?: (line: string) => void;
  /** It has ended although nobody ended it. */
  readonly onDeath?: (how: string) => void;
  /** Options of the JVM; default: those that let it start fast. */
  readonly jvm?: readonly string[];
  /** A command that runs another one in a certain way, such as `['taskset', '-c', '1']`. */
  readonly under?: readonly string[];
}

interface Ports {
  readonly link: number;
  readonly http: number;
}

export class BridgeProcess {
  readonly #o: BridgeOptions;
  readonly #folder: string;
  #child: ChildProcess;
  #isEnding = false;
  readonly #ports: Ports;

  private constructor(o: BridgeOptions, folder: string, child: ChildProcess, ports: Ports) {
    this.#o = o;
    this.#folder = folder;
    this.#child = child;
    this.#ports = ports;
    this.#watch();
  }

  static async start(
    side: BridgeOptions['side'],
    server: number,
    more: readonly string[] = [],
    o: Omit<BridgeOptions, 'side' | 'server' | 'more'> = {},
  ): Promise<BridgeProcess> {
    const options = { side, server, more, ...o };
    const folder = await mkdtemp(join(tmpdir(), 'bridge-'));
    // It may be killed and started again where it was: no outgoing connection may take its ports meanwhile.
    const ports = { link: await portForLater(), http: await portForLater() };
    return new BridgeProcess(options, folder, await launch(options, folder, ports), ports);
  }

  get port(): number {
    return this.#ports.link;
  }

  get httpPort(): number {
    return this.#ports.http;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends it without a word; it can be started again. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    this.#child = await launch(this.#o, this.#folder, this.#ports);
    this.#isEnding = false;
    this.#watch();
  }

  #watch(): void {
    this.#child.once('exit', (code, signal) => {
      if (!this.#isEnding) this.#o.onDeath?.(signal === null ? `exit ${code}` : `signal ${signal}`);
    });
  }

  /** Sum of a metric over its labels; 0 when it is not there. `labels`: what the labels must contain. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.httpPort}/metrics`)).text();
    return text
      .split('\n')
      .map((line) => /^([a-z_]+)(\{[^}]*\})? (\S+)/.exec(line))
      .filter((found) => found?.[1] === name && (found[2] ?? '').includes(labels))
      .reduce((sum, found) => sum + Number(found?.[3]), 0);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    await this.#end(signal);
    await rm(this.#folder, { recursive: true, force: true });
    return this.#child.exitCode;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#isEnding = true;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exit;
  }
}

/** Resolves when it listens. */
async function launch(
  { side, server, more = [], onLine, jvm = ['-XX:TieredStopAtLevel=1'], under = [] }: BridgeOptions,
  folder: string,
  ports: Ports,
): Promise<ChildProcess> {
  const config = join(folder, 'bridge.properties');
  const lines = [
    `side=${side}`,
    `server=127.0.0.1:${server}`,
    'client.name=bridge',
    `listen=127.0.0.1:${ports.link}`,
    `http=127.0.0.1:${ports.http}`,
    ...more,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const java = [
    'java',
    '-Xmx256m',
    '-XX:+UseSerialGC',
    ...jvm,
    '-cp',
    classPath,
    'exec.sdkdouble.EndWithCaller',
  ];
  const [program = '', ...args] = [...under, ...java, 'run', '--config', config];
  // Its standard input ends with this process, however that ends.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const started = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>;
    if (line.message === 'Started') started.resolve();
    if (onLine !== undefined) onLine(text);
    else if (line['log.level'] === 'error') process.stderr.write(`${text}\n`);
  });
  child.once('error', (error) => started.reject(error));
  child.once('exit', (code) => started.reject(new Error(`the bridge ended with ${code}`)));
  await started.promise;
  return child;
}
