/** A recorded stand-in for Docker and compose on one test VM: knows images and one container, which serves HTTP. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, resolve } from 'node:path';

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
  readonly server: HttpServer;
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
  /** Versions whose container never gets ready. */
  readonly unready: Set<string>;
}

export class DockerStandIn {
  readonly records: Recorded[] = [];
  state: DockerState = fresh();
  container: Container | undefined;
  readonly #server: Server;
  readonly #name: string;
  /** What happened on all VMs, in order. */
  readonly #history: string[];

  private constructor(name: string, history: string[]) {
    this.#name = name;
    this.#history = history;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  static async start(name: string, socketPath: string, history: string[]): Promise<DockerStandIn> {
    const standIn = new DockerStandIn(name, history);
    await new Promise<void>((done) => standIn.#server.listen(socketPath, done));
    return standIn;
  }

  async reset(): Promise<void> {
    await this.#remove();
    this.records.length = 0;
    this.state = fresh();
  }

  async stop(): Promise<void> {
    await this.#remove();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #serve(socket: Socket): void {
    let head = '';
    let bytes = 0;
    let argv: readonly string[] | undefined;
    const hash = createHash('sha256');
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      hash.update(chunk);
    };
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      if (argv !== undefined) {
        take(chunk);
        return;
      }
      const end = chunk.indexOf(10);
      head += chunk.subarray(0, end === -1 ? undefined : end).toString('utf8');
      if (end === -1) return;
      argv = JSON.parse(head) as string[];
      take(chunk.subarray(end + 1));
    });
    socket.once('end', () => {
      const asked = argv ?? [];
      this.records.push({ argv: asked, inputBytes: bytes });
      void this.#answer(asked)
        .catch((error: unknown) => fail(String(error)))
        .then((answer) => socket.end(JSON.stringify(answer)));
    });
  }

  async #answer(argv: readonly string[]): Promise<Answer> {
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
      case 'load':
        this.state.images.add('loaded:latest');
        return ok('Loaded image: loaded:latest');
      case 'tag':
        this.state.images.add(argv[3] ?? '');
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
    const { container } = this;
    if (container === undefined) return '';
    if (argv.includes('-aq')) return 'c0ffee';
    return (argv[argv.indexOf('--format') + 1] ?? '')
      .replace('{{.Label "exec.release"}}', container.release)
      .replace('{{.Ports}}', `0.0.0.0:${container.port}->${container.port}/tcp`)
      .replace('{{.Status}}', 'Up 2 seconds (healthy)');
  }

  async #compose(argv: readonly string[], version: string): Promise<Answer> {
    if (version === '') return fail('compose is not a docker command');
    if (argv[0] === 'version') return ok(version);
    const file = argv[argv.indexOf('-f') + 1] ?? '';
    const failure = ['up', 'down', 'logs'].find(
      (verb) => argv.includes(verb) && this.state.failures.has(verb),
    );
    if (failure !== undefined) return fail(this.state.failures.get(failure) ?? '');
    if (argv.includes('up')) return await this.#up(file);
    if (argv.includes('logs'))
      return ok('excs-1  | {"message":"one"}\nexcs-1  | {"message":"two canary-in-log"}');
    if (argv.includes('down')) {
      this.#history.push(`${this.#name} down`);
      await this.#remove();
      return ok();
    }
    return fail('unknown compose command');
  }

  async #up(file: string): Promise<Answer> {
    const text = readFileSync(file, 'utf8');
    const one = (pattern: RegExp): string => JSON.parse(pattern.exec(text)?.[1] ?? '""') as string;
    const image = one(/image: (".*")/);
    const release = one(/exec\.release: (".*")/);
    const version = one(/exec\.version: (".*")/);
    if (!this.state.images.has(image)) return fail(`pull access denied for ${image}`);
    for (const [, secret = ''] of text.matchAll(/^ +file: "(.*)"$/gm))
      statSync(resolve(dirname(file), secret));
    if (this.container?.release === release) return ok();
    await this.#remove();
    const port = Number(/- "[^"]*:(\d+):\d+"/.exec(text)?.[1]);
    const server = createHttpServer((_, response) => {
      const ready = !this.state.unready.has(version);
      if (ready) this.#note(`${this.#name} ready ${version}`);
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
      const dependencies = [
        { name: 'redis', up: ready, since: 'now', detail: ready ? 'ok' : 'no route', required: true },
      ];
      response.end(JSON.stringify({ ready, active: true, stopping: false, dependencies }));
    });
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    this.container = { release, version, image, port, server };
    this.#history.push(`${this.#name} up ${version}`);
    return ok();
  }

  #note(event: string): void {
    if (!this.#history.includes(event)) this.#history.push(event);
  }

  async #remove(): Promise<void> {
    const { container } = this;
    this.container = undefined;
    if (container === undefined) return;
    container.server.closeAllConnections();
    await new Promise<void>((done) => container.server.close(() => done()));
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
    unready: new Set(),
  };
}
