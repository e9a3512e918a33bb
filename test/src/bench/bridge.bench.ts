/**
 * One bridge on one core, on the double of the SDK: how many frames of calls it passes on, against a program that only
 * relays the lines (bare-relay.ts) on the same core; and by how much it delays them.
 *
 * `--short`: fewer rounds. Needs JDK 17, Maven and taskset(1).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { agentsFor, callLoad, type LoadEvent } from '@exec/excp/testing';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { BridgeProcess, ensureBuilt } from '../bridge/bridge-process.ts';
import { Line } from '../bridge/consumer.ts';
import { nativeMessage } from '../bridge/native-form.ts';
import { isMachineBusy, onSchedule, quantile, ratio, report, spreadOf } from './measure.ts';

const isShort = process.argv.includes('--short');
const isBusy = isMachineBusy();
const relay = fileURLToPath(new URL('./bare-relay.ts', import.meta.url));
const cores = availableParallelism();
/** The last core is for what is measured alone; this process keeps to the others. */
const measuredCore = String(cores - 1);
const perSecond = 1_000;

/** A server whose one client gets lines. */
class Source {
  readonly #server = createServer((socket) => {
    this.socket = socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.write(this.#greeting);
  });
  readonly #greeting: string;
  socket: Socket | undefined;

  private constructor(greeting: string) {
    this.#greeting = greeting;
  }

  static async start(...greeting: readonly object[]): Promise<Source> {
    const source = new Source(greeting.map((line) => `${JSON.stringify(line)}\n`).join(''));
    source.#server.listen(0, '127.0.0.1');
    await once(source.#server, 'listening');
    return source;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  write(text: string): void {
    this.socket?.write(text);
  }

  close(): void {
    this.socket?.destroy();
    this.#server.close();
  }
}

/** Counts the lines that come over a socket, and when each came. */
class Sink {
  readonly times: number[] = [];
  #wanted: { readonly count: number; readonly resolve: () => void } | undefined;

  constructor(socket: Socket) {
    socket.removeAllListeners('data');
    socket.on('data', (chunk: string | Buffer) => {
      const now = performance.now();
      const text = chunk.toString();
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.times.push(now);
      if (this.#wanted !== undefined && this.times.length >= this.#wanted.count) this.#wanted.resolve();
    });
  }

  async reached(count: number): Promise<void> {
    if (this.times.length < count)
      await new Promise<void>((resolve) => {
        this.#wanted = { count, resolve };
      });
  }
}

/** From where lines are written to where they arrive. */
interface Way {
  readonly source: Source;
  readonly sink: Sink;
  close(): Promise<void>;
}

async function bridgeWay(): Promise<Way> {
  const source = await Source.start({ do: 'role', role: 'Primary' }, { do: 'ready' });
  // Nothing but events is to come, and what the double can tell of calls is known.
  const settings = ['monitoring.replay=yes', 'link.keep-alive-ms=600000', 'addp.client-timeout=0'];
  const pinned = { under: ['taskset', '-c', measuredCore], jvm: [] };
  const bridge = await BridgeProcess.start('tserver', source.port, settings, pinned);
  const line = await Line.open(bridge.port);
  await line.ask('RequestStartCallMonitoring', {});
  await line.until(() => line.frames.filter(({ message }) => message === 'EventACK').length === 2);
  return {
    source,
    sink: new Sink(line.socket),
    close: async () => {
      line.close();
      await bridge.stop();
      source.close();
    },
  };
}

async function relayWay(): Promise<Way> {
  const source = await Source.start();
  const child = spawn('taskset', ['-c', measuredCore, process.execPath, relay, String(source.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return {
    source,
    sink: new Sink(socket),
    close: async () => {
      const ended = once(child, 'exit');
      socket.destroy();
      source.close();
      await ended;
    },
  };
}

/** As a client has it at the server itself. */
async function directWay(): Promise<Way> {
  const source = await Source.start();
  const socket = connect({ port: source.port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return {
    source,
    sink: new Sink(socket),
    close: async () => {
      socket.destroy();
      source.close();
    },
  };
}

const load = callEvents();
const native = load.map(({ event: { frame } }) =>
  line({ do: 'event', ...nativeMessage(frame.message, frame.attributes) }),
);
const linked = load.map(({ event: { frame } }) =>
  line({ message: frame.message, attributes: frame.attributes }),
);

/** What monitoring tells of some thousand calls. */
function callEvents(): readonly LoadEvent[] {
  const callsPerSecond = 200;
  const production = produce([scenarioNamed('hold')], { times: agentsFor(callsPerSecond) });
  const calls = { startAt: Date.now(), callsPerSecond, calls: 2_000 };
  return callLoad({ production, ...calls }).filter(({ event }) => event.stream === 'calls');
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Frames a second, all of them offered at once. */
async function capacityOf({ source, sink }: Way): Promise<number> {
  const begin = performance.now();
  const before = sink.times.length;
  source.write(native.join(''));
  await sink.reached(before + native.length);
  return native.length / ((performance.now() - begin) / 1000);
}

/** Milliseconds that each frame took, at a steady rate. */
async function delaysOf({ source, sink }: Way, lines: readonly string[], seconds: number): Promise<number[]> {
  const from = sink.times.length;
  const sent: number[] = [];
  const start = performance.now();
  for (let index = 0; index < perSecond * seconds; index++) {
    await onSchedule(start, index, 1000 / perSecond);
    sent.push(performance.now());
    source.write(lines[index % lines.length] ?? '');
  }
  await sink.reached(from + sent.length);
  return sent.map((at, index) => (sink.times[from + index] ?? Number.NaN) - at);
}

async function capacity(bridge: Way): Promise<void> {
  const floor = await relayWay();
  try {
    // The JVM compiles what is often used.
    for (let round = 0; round < 5; round++) await capacityOf(bridge);
    const measured = await ratio(
      () => capacityOf(bridge),
      () => capacityOf(floor),
      isShort ? 5 : 11,
    );
    const { inconclusive } = measured;
    report({
      bench: 'bridge: frames on one core, against a bare relay',
      value: measured.ratio.median,
      unit: 'x',
      // Each frame is read as an SDK event, mapped, and written as JSON; the relay copies its line.
      gate: { kind: 'at least', limit: 0.1 },
      spread: measured.ratio,
      inconclusive,
    });
    report({ bench: 'bridge: frames on one core', value: measured.subject.median, unit: '/s' });
    report({ bench: 'bare relay: frames on one core', value: measured.floor.median, unit: '/s' });
  } finally {
    await floor.close();
  }
}

async function latency(bridge: Way): Promise<void> {
  const direct = await directWay();
  const added = { p50: [] as number[], p99: [] as number[] };
  for (let round = 0; round < 3; round++) {
    const seconds = isShort ? 3 : 10;
    const through = await delaysOf(bridge, native, seconds);
    const without = await delaysOf(direct, linked, seconds);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const)
      added[name].push(quantile(through, share) - quantile(without, share));
  }
  await direct.close();
  for (const [name, values] of Object.entries(added))
    report({
      bench: `bridge: 1,000 frames a second, added ${name}`,
      value: spreadOf(values).median,
      unit: 'ms',
      ...(name === 'p99' ? { gate: { kind: 'at most', limit: 10 } as const } : {}),
      rounds: values,
      inconclusive: isBusy,
    });
}

if (cores < 2) throw new Error('two cores are needed: one for the bridge, one for what it is given');
await ensureBuilt();
execFileSync('taskset', ['-a', '-p', '-c', `0-${cores - 2}`, String(process.pid)], { stdio: 'ignore' });
const bridge = await bridgeWay();
try {
  await capacity(bridge);
  await latency(bridge);
} finally {
  await bridge.close();
}
