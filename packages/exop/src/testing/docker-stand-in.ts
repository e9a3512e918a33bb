/** A recorded stand-in for Docker and compose on one test VM: knows images and a container of each project, which serves HTTP. */

import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { exampleOf } from '@exec/common/answers/answer';
import { syncAnswer } from '@exec/common/answers/sync';
import { apiTokensOf, Secret } from '@exec/common/config';
import { MountedSecrets } from './mounted-secrets.ts';

export interface Recorded {
  readonly argv: readonly string[];
  readonly inputBytes: number;
}

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Container {
  readonly release: string;
  readonly version: string;
  readonly image: string;
  readonly port: number;
  readonly running: Running;
}

/** What runs in a container. */
export interface Running {
  /** Docker's words, such as `Up 2 seconds (healthy)`. */
  readonly status: () => string;
  /** As compose shows them, without the name of the container. */
  readonly logs: () => string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs images in place of the answers that tests set: real services, as processes of this machine. */
export interface Runner {
  /** Keeps the archive of `docker load`; answers the name of its image. */
  load(archive: Buffer): Promise<string>;
  start(image: string, composeFile: string): Promise<Running>;
}

const ok = (stdout = ''): Answer => ({ code: 0, stdout: stdout === '' ? '' : `${stdout}\n`, stderr: '' });
const fail = (stderr: string, code = 1): Answer => ({ code, stdout: '', stderr: `${stderr}\n` });

export interface DockerState {
  version: string;
  composeV2: string;
  composeV1: string;
  /** Images in the registry that can be pulled. */
  readonly registry: Set<string>;
  readonly images: Set<string>;
  /** Words with which a command fails, by its first argument or by `up`. */
  readonly failures: Map<string, string>;
  /** Whether containers follow their secrets, and variables whose new content they refuse. */
  follows: boolean;
  readonly refuses: Set<string>;
  /** Whether EXCS has sealed the client secrets with the first of its keys. */
  sealedAnew: boolean;
  /** Versions whose container never gets ready. */
  readonly unready: Set<string>;
  /** What containers answer to an operator, by method and path, e.g. `GET /api/v1/gaps`; a number is a status, a function is called. */
  readonly routes: Map<string, unknown>;
}

/** A request to the REST of a container. */
export interface Asked {
  readonly route: string;
  readonly requestId: string;
  readonly body: unknown;
}

export class DockerStandIn {
  readonly records: Recorded[] = [];
  readonly asked: Asked[] = [];
  state: DockerState = fresh();
  /** By compose project. */
  readonly containers = new Map<string, Container>();
  readonly #server: Server;
  readonly #name: string;
  /** What happened on all VMs, in order. */
  readonly #history: string[];
  readonly #runner: Runner | undefined;
  /** Of images that a runner has loaded: the name under which it knows them. */
  readonly #loaded = new Map<string, string>();

  private constructor(name: string, history: string[], runner: Runner | undefined) {
    this.#name = name;
    this.#history = history;
    this.#runner = runner;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(name: string, history: string[], runner?: Runner): Promise<DockerStandIn> {
    const standIn = new DockerStandIn(name, history, runner);
    await new Promise<void>((done) => standIn.#server.listen(0, '127.0.0.1', done));
    return standIn;
  }

  /** On loopback, for `docker` and `docker-compose` of the test VM. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** That of the service; bridges have projects of their own. */
  get container(): Container | undefined {
    return this.containers.get('ex-engage-connector');
  }

  async reset(): Promise<void> {
    await this.#removeAll();
    this.records.length = 0;
    this.asked.length = 0;
    this.state = fresh();
  }

  async stop(): Promise<void> {
    await this.#removeAll();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  /** What `tools.ts` sends: how many words, where the input of `docker load` lies, the words; each ended by a NUL. */
  #serve(socket: Socket): void {
    let sent = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk]);
      const [count = '', path = '', ...words] = sent.toString('utf8').split('\0');
      const argv = words.slice(0, -1);
      if (argv.length !== Number(count)) return;
      const input = path === '' ? Buffer.alloc(0) : readFileSync(path);
      this.records.push({ argv, inputBytes: input.length });
      void this.#answer(argv, input)
        .catch((error: unknown) => fail(String(error)))
        .then(({ code, stdout, stderr }) => {
          const [out, err] = [Buffer.byteLength(stdout), Buffer.byteLength(stderr)];
          socket.end(`${code} ${out} ${err}\n${stdout}${stderr}`);
        });
    });
  }

  async #answer(argv: readonly string[], input: Buffer): Promise<Answer> {
    const [tool, first = '', second = ''] = argv;
    const failure = this.state.failures.get(first);
    if (failure !== undefined) return fail(failure);
    if (tool === 'docker-compose') return await this.#compose(argv.slice(1), this.state.composeV1);
    switch (first) {
      case 'compose':
        return await this.#compose(argv.slice(2), this.state.composeV2);
      case 'version':
        return this.state.version === ''
          ? fail('Cannot connect to the Docker daemon')
          : ok(this.state.version);
      case 'info':
        return ok('/');
      case 'image':
        if (second === 'rm') return this.state.images.delete(argv[3] ?? '') ? ok() : fail('No such image');
        return this.state.images.has(argv.at(-1) ?? '') ? ok('sha256:1') : fail('No such image');
      case 'manifest':
        return this.state.registry.has(argv.at(-1) ?? '') ? ok('{}') : fail('manifest unknown');
      case 'pull':
        if (!this.state.registry.has(argv.at(-1) ?? '')) return fail('manifest unknown');
        this.state.images.add(argv.at(-1) ?? '');
        return ok('pulled');
      case 'load': {
        const image = (await this.#runner?.load(input)) ?? 'loaded:latest';
        this.state.images.add(image);
        this.#loaded.set(image, image);
        return ok(`Loaded image: ${image}`);
      }
      case 'tag':
        this.state.images.add(argv[3] ?? '');
        this.#loaded.set(argv[3] ?? '', this.#loaded.get(second) ?? second);
        return ok();
      case 'ps':
        return ok(this.#ps(argv));
      case 'logs':
        return ok('{"message":"the last words"}');
      default:
        return fail(`unknown command ${first}`);
    }
  }

  #ps(argv: readonly string[]): string {
    const filter = argv.find((word) => word.startsWith('label=com.docker.compose.project=')) ?? '';
    const container = this.containers.get(filter.slice(filter.lastIndexOf('=') + 1));
    if (container === undefined) return '';
    if (argv.includes('-aq')) return 'c0ffee';
    return (argv[argv.indexOf('--format') + 1] ?? '')
      .replace('{{.Label "exec.release"}}', container.release)
      .replace('{{.Ports}}', `0.0.0.0:${container.port}->${container.port}/tcp`)
      .replace('{{.Status}}', container.running.status());
  }

  async #compose(argv: readonly string[], version: string): Promise<Answer> {
    if (version === '') return fail('compose is not a docker command');
    if (argv[0] === 'version') return ok(version);
    const project = argv[argv.indexOf('-p') + 1] ?? '';
    const file = argv[argv.indexOf('-f') + 1] ?? '';
    const failure = ['up', 'down', 'logs'].find(
      (verb) => argv.includes(verb) && this.state.failures.has(verb),
    );
    if (failure !== undefined) return fail(this.state.failures.get(failure) ?? '');
    if (argv.includes('up')) return await this.#up(project, file);
    const running = this.containers.get(project)?.running;
    if (argv.includes('logs')) return ok((running?.logs() ?? '').replaceAll(/^(?=.)/gm, `${this.#name}  | `));
    if (argv.includes('restart')) {
      this.#history.push(`${this.#nameOf(project)} restart`);
      await running?.restart();
      return ok();
    }
    if (argv.includes('down')) {
      this.#history.push(`${this.#nameOf(project)} down`);
      await this.#remove(project);
      return ok();
    }
    return fail('unknown compose command');
  }

  async #up(project: string, file: string): Promise<Answer> {
    const composed = readFileSync(file, 'utf8');
    const one = (pattern: RegExp): string => JSON.parse(pattern.exec(composed)?.[1] ?? '""') as string;
    const image = one(/image: (".*")/);
    const release = one(/exec\.release: (".*")/);
    const version = one(/exec\.version: (".*")/);
    if (!this.state.images.has(image)) return fail(`pull access denied for ${image}`);
    for (const [, secret = ''] of composed.matchAll(/^ +file: "(.*)"$/gm))
      statSync(resolve(dirname(file), secret));
    if (this.containers.get(project)?.release === release) return ok();
    await this.#remove(project);
    const name = this.#nameOf(project);
    const port = Number(/- "[^"]*:(\d+):\d+"/.exec(composed)?.[1]);
    const running =
      this.#runner === undefined
        ? await this.#answering(name, version, { port, secrets: new MountedSecrets(file) })
        : await this.#runner.start(this.#loaded.get(image) ?? image, file);
    this.containers.set(project, { release, version, image, port, running });
    this.#history.push(`${name} up ${version}`);
    return ok();
  }

  /** A container that is ready and answers what the test has set. */
  async #answering(
    name: string,
    version: string,
    { port, secrets }: { readonly port: number; readonly secrets: MountedSecrets },
  ): Promise<Running> {
    const server = secrets.server((request, response) => {
      if (request.url?.startsWith('/api/') === true) {
        void this.#operator(request, response, secrets);
        return;
      }
      if (request.url === '/metrics' && this.state.follows) {
        const sealed = `excs_settings_sealed_with_first_key ${Number(this.state.sealedAnew)}\n`;
        response.end(secrets.metrics(this.state.refuses) + sealed);
        return;
      }
      const ready = !this.state.unready.has(version);
      if (ready) this.#note(`${name} ready ${version}`);
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
      const dependencies = [
        { name: 'redis', up: ready, since: 'now', detail: ready ? 'ok' : 'no route', required: true },
      ];
      response.end(JSON.stringify({ ready, active: true, stopping: false, dependencies }));
    });
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      secrets.close();
      throw error;
    }
    return {
      status: () => 'Up 2 seconds (healthy)',
      logs: () => '{"message":"one"}\n{"message":"two canary-in-log"}',
      restart: async () => {},
      stop: async () => {
        server.closeAllConnections();
        secrets.close();
        await new Promise<void>((done) => server.close(() => done()));
      },
    };
  }

  /** As the guard of a service: 401 without the token; 404 for what no test has set. */
  async #operator(
    request: IncomingMessage,
    response: ServerResponse,
    secrets: MountedSecrets,
  ): Promise<void> {
    const body = await text(request);
    const path = request.url ?? '';
    const route = `${request.method} ${path.split('?', 1)[0]}`;
    const tokens = apiTokensOf(new Secret(secrets.read('API_TOKEN_FILE')), '');
    const known = tokens.some(({ token }) => request.headers.authorization === `Bearer ${token.reveal()}`);
    this.asked.push({
      route,
      requestId: String(request.headers['x-request-id']),
      body: body === '' ? undefined : JSON.parse(body),
    });
    const set = this.state.routes.get(route) ?? 404;
    const answer: unknown = known ? (typeof set === 'function' ? set() : set) : 401;
    if (answer === 204) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        typeof answer === 'number'
          ? { code: 'test.refused', title: 'Refused', detail: `${answer} it is` }
          : answer,
      ),
    );
  }

  #note(event: string): void {
    if (!this.#history.includes(event)) this.#history.push(event);
  }

  /** A bridge by its own name, since it may stand beside a service. */
  #nameOf(project: string): string {
    return /-(bridge-.*)$/.exec(project)?.[1] ?? this.#name;
  }

  async #removeAll(): Promise<void> {
    for (const project of [...this.containers.keys()]) await this.#remove(project);
  }

  async #remove(project: string): Promise<void> {
    const container = this.containers.get(project);
    this.containers.delete(project);
    await container?.running.stop();
  }
}

function fresh(): DockerState {
  return {
    version: '20.10.24',
    composeV2: '2.29.1',
    composeV1: '',
    registry: new Set(),
    images: new Set(),
    failures: new Map(),
    follows: true,
    refuses: new Set(),
    sealedAnew: true,
    unready: new Set(),
    routes: new Map([
      ['GET /api/v1/sync', { ...exampleOf(syncAnswer), state: 'idle', stopped: null, review: null }],
    ]),
  };
}
