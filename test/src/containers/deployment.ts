/** The whole compose set-up on an engine, seen from outside: containers, services, the fake cloud, the Engage side. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DayResult, EngageStatus } from '@exec/simulators/scenarios';
import type { Compared } from '../demo/verdict.ts';
import type { Compose } from './compose-tools.ts';
import type { Engine } from './engine.ts';
import type { Images } from './images.ts';
import { Relay } from './relay.ts';

/** Everything of docker/dev but Prometheus and Grafana, whose images an isolated machine cannot make. */
const started = ['genesys-cloud', 'engage', 'excs-1', 'exas-1', 'excp-1', 'excp-2'] as const;
const running = ['postgres', 'redis', ...started] as const;
const cloud = 'https://genesys-cloud:8443/__control';
const engage = 'http://engage:9100';

export const serviceUrls = {
  'excs-1': 'http://excs-1:3640',
  'exas-1': 'http://exas-1:3630',
  'excp-1': 'http://excp-1:3650',
  'excp-2': 'http://excp-2:3650',
} as const;
export type ServiceContainer = keyof typeof serviceUrls;

interface Inspected {
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly User: string; readonly StopTimeout?: number; readonly Env: readonly string[] };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Memory: number;
    readonly PidsLimit: number;
    readonly Privileged: boolean;
    readonly Binds: readonly string[] | null;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
    readonly Tmpfs: Readonly<Record<string, string>> | null;
  };
}

export interface Ready {
  readonly ready: boolean;
  readonly active?: boolean;
  readonly dependencies: readonly { readonly name: string; readonly up: boolean; readonly detail: string }[];
}

/** Asks again and again; fails with the last answer when it does not become true. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T>,
  isDone: (seen: T) => boolean,
  limitMs = 120_000,
): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    const seen = await look().catch((error: unknown) => String(error) as unknown as T);
    if (typeof seen !== 'string' && isDone(seen)) return seen;
    if (performance.now() > until)
      throw new Error(`${what} did not come: ${JSON.stringify(seen)?.slice(0, 6000)}`);
    await delay(300);
  }
}

export class Deployment {
  readonly #engine: Engine;
  readonly #tool: Compose;
  readonly #project: string;
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  #relay: Relay | undefined;

  constructor(
    engine: Engine,
    images: Images,
    o: { readonly tool: Compose; readonly project: string; readonly root: string },
  ) {
    this.#engine = engine;
    this.#tool = o.tool;
    this.#project = o.project;
    this.#root = o.root;
    const free = ['EXCS', 'EXAS', 'EXCP_1', 'EXCP_2'].map((name) => [`PORT_OF_${name}`, '0'] as const);
    this.#env = { ...images.settings, SAMPLE_PLAYS: 'false', ...Object.fromEntries(free) };
  }

  compose(args: readonly string[]): Promise<string> {
    const files = ['-f', 'compose.yaml', '-f', 'docker/dev/compose.yaml'];
    const all = ['-p', this.#project, ...files, ...args];
    return this.#engine.compose(this.#tool, all, { cwd: this.#root, env: this.#env, limitMs: 240_000 });
  }

  /** Resolves when every container that keeps running is healthy. */
  async up(): Promise<void> {
    await this.compose(['up', '-d', '--no-build', ...started]);
    await eventually(
      'health',
      async () =>
        Promise.all(running.map(async (name) => [name, (await this.inspect(name)).State.Health?.Status])),
      (all) => all.every(([, status]) => status === 'healthy'),
    );
    this.#relay = Relay.start(this.#engine, await this.id('engage'), '/sample/ca.pem');
  }

  async down(): Promise<void> {
    this.#relay?.stop();
    await this.compose(['down', '--volumes', '--remove-orphans', '--timeout', '1']);
  }

  async id(service: string): Promise<string> {
    const all = ['ps', '--all', '--quiet', '--no-trunc'];
    const labels = [`project=${this.#project}`, `service=${service}`];
    const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
    const id = await this.#engine.docker([...all, ...filters]);
    if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`there is no one container of ${service}: "${id}"`);
    return id;
  }

  async inspect(service: string): Promise<Inspected> {
    const [found] = JSON.parse(await this.#engine.docker(['inspect', await this.id(service)])) as Inspected[];
    if (found === undefined) throw new Error(`there is no container of ${service}`);
    return found;
  }

  /** Runs a piece of JavaScript in a container; answers what it writes. */
  async evaluate(service: string, source: string): Promise<string> {
    return this.#engine.docker(['exec', await this.id(service), 'node', '-e', source]);
  }

  logs(service: string): Promise<string> {
    return this.compose(['logs', '--no-color', '--tail', '40', service]);
  }

  get relay(): Relay {
    if (this.#relay === undefined) throw new Error('the deployment is not up');
    return this.#relay;
  }

  token(): Promise<string> {
    const source = "process.stdout.write(require('fs').readFileSync('/sample/api_token','utf8').trim())";
    return this.evaluate('excs-1', source);
  }

  async ready(service: ServiceContainer): Promise<Ready> {
    const { body } = await this.relay.request({ url: `${serviceUrls[service]}/health/ready` });
    return JSON.parse(body) as Ready;
  }

  engageStatus(): Promise<EngageStatus> {
    return this.relay.json({ url: `${engage}/status` });
  }

  async playDay(name: string, day: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.relay.json({
      url: `${engage}/days/${name}`,
      method: 'POST',
      headers,
      body: JSON.stringify(day),
    });
  }

  async dayResult(name: string): Promise<DayResult | undefined> {
    const played = await this.relay.json<{ result?: DayResult }>({ url: `${engage}/days/${name}` });
    return played.result;
  }

  /** The fake cloud, by what can be read of it. */
  get cloud(): Compared['cloud'] {
    const get = <T>(name: string) => this.relay.json<T>({ url: `${cloud}/${name}` });
    return {
      record: () => get('record'),
      counts: () => get('state'),
      users: () => get('users'),
      queues: () => get('queues'),
      wrapupCodes: () => get('wrapup-codes'),
      agentStates: () => get('agent-states'),
      conversations: () => get('conversations'),
    };
  }
}
