/** Three connections like EXCP's to one server, which keep every frame that comes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { SipSwitch } from '@exec/simulators/sip-server';

export interface ReceivedFrame {
  readonly message: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const patienceMs = 20_000;

/** One connection. */
export class Line {
  readonly frames: ReceivedFrame[] = [];
  readonly socket: Socket;
  readonly #news = new Set<() => void>();
  #text = '';
  #lastId = 0;
  ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.ended = true;
      for (const tell of this.#news) tell();
    });
    socket.on('data', (chunk: string) => {
      const lines = `${this.#text}${chunk}`.split('\n');
      this.#text = lines.pop() ?? '';
      for (const line of lines) this.#onFrame(JSON.parse(line) as ReceivedFrame);
      for (const tell of this.#news) tell();
    });
  }

  #onFrame(frame: ReceivedFrame): void {
    if (frame.message !== 'KeepAliveRequest') this.frames.push(frame);
    else this.socket.write(`${JSON.stringify({ message: 'KeepAliveResponse', attributes: {} })}\n`);
  }

  static async open(port: number, needsLink = true): Promise<Line> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    const line = new Line(socket);
    await line.ask('RequestRegisterClient', {
      ProtocolVersion: 'engage-link/1',
      ApplicationName: 'consumer',
    });
    if (needsLink)
      await line.until(() => line.frames.some(({ message }) => message === 'EventLinkConnected'));
    return line;
  }

  /** Waits for something that a frame makes true. */
  async until(done: () => boolean): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => finish(new Error('nothing came in time')), patienceMs);
      const look = () => {
        if (done()) finish();
        else if (this.ended) finish(new Error('the connection has ended'));
      };
      const finish = (error?: Error) => {
        clearTimeout(limit);
        this.#news.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#news.add(look);
    });
  }

  async ask(message: string, attributes: object): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.socket.write(`${JSON.stringify({ message, attributes: { ReferenceID: id, ...attributes } })}\n`);
    await this.until(() => this.frames.some((frame) => frame.attributes.ReferenceID === id));
  }

  close(): void {
    this.socket.destroy();
  }
}

export class Consumer {
  readonly #lines: Readonly<Record<'calls' | 'queues' | 'extensions', Line>>;

  private constructor(lines: Consumer['lines']) {
    this.#lines = lines;
  }

  get lines(): Readonly<Record<'calls' | 'queues' | 'extensions', Line>> {
    return this.#lines;
  }

  /** Starts monitoring and registers every number of the switch, each in its connection. */
  static async start(port: number, on: SipSwitch): Promise<Consumer> {
    const calls = await Line.open(port);
    await calls.ask('RequestStartCallMonitoring', {});
    const [queues, extensions] = [await Line.open(port), await Line.open(port)];
    for (const [ThisDN, type] of on.dns) {
      const line = type === 'VirtualQueue' ? queues : extensions;
      const AddressType = type === 'VirtualQueue' ? 'Queue' : type === 'RoutingPoint' ? 'RouteDN' : 'DN';
      await line.ask('RequestRegisterAddress', {
        ThisDN,
        AddressType,
        RegisterMode: 'ModeShare',
        ControlMode: 'RegisterDefault',
      });
    }
    // By the snapshots the bridge judges whether the server tells its calls again.
    await calls.until(() => calls.frames.some((frame) => isResyncDone(frame)));
    return new Consumer({ calls, queues, extensions });
  }

  close(): void {
    for (const line of Object.values(this.#lines)) line.close();
  }
}

function isResyncDone({ message, attributes }: ReceivedFrame): boolean {
  return (
    message === 'EventACK' &&
    (attributes.Extensions as { ResyncDone?: unknown } | undefined)?.ResyncDone === 1
  );
}

/** What both servers must agree on: neither the start of their runs, nor how flags and keys are ordered. */
export function comparable({ message, attributes }: ReceivedFrame): string {
  const { ServerStartTime: _, ...rest } = attributes;
  return JSON.stringify(sorted({ message, attributes: rest }));
}

function sorted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((one) => sorted(one));
    return key === 'PartyFlags' ? list.toSorted() : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, sorted(one, name)]));
}
