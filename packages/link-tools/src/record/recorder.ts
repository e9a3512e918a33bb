/** Records what a consumer receives over a live link: masked, bounded, and again after each loss. */
import type { Clock } from '@exec/common/clock';
import type { ServerAddress } from '@exec/engage-link';
import { dial, handshake, Probe, type SeenFrame } from '@exec/engage-link/probe';
import { agentStatistic, type Frame, referenceIdOf, statisticCategories } from '@exec/engage-link/wire';
import type { Client } from '../conformance/context.ts';
import type { SipTarget } from '../conformance/sip.ts';
import type { StatTarget } from '../conformance/stat.ts';
import type { Masker } from '../mask/mask.ts';
import { type ConnectionName, type Header, type Line, recordingFormat } from './recording.ts';

export interface RecorderOptions {
  readonly clock: Clock;
  readonly client: Client;
  readonly masker: Masker;
  readonly sip?: SipTarget | undefined;
  readonly stat?: StatTarget | undefined;
  readonly switchName: string;
  /** Takes a line with its newline. */
  readonly write: (line: string) => void;
  /** For the operator, what happens meanwhile. */
  readonly say: (text: string) => void;
  readonly maxMs: number;
  readonly maxBytes: number;
  /** Ends it in order. */
  readonly signal: AbortSignal;
}

export interface Recorded {
  /** `given-up`: a server could not be opened at all. */
  readonly ended: 'stopped' | 'time' | 'size' | 'given-up';
  readonly frames: number;
  readonly bytes: number;
}

const answerMs = 10_000;
const keepAliveMs = 10_000;
/** Between two tries after a loss. */
const pauseMs = 2_000;
/** Requests that may be without an answer at one time. */
const outstanding = 100;

export class Recorder {
  readonly #o: RecorderOptions;
  readonly #startedAt: number;
  readonly #over = Promise.withResolvers<Recorded['ended']>();
  readonly #probes = new Set<Probe>();
  #ended = false;
  #frames = 0;
  #bytes = 0;

  constructor(options: RecorderOptions) {
    this.#o = options;
    this.#startedAt = options.clock.now();
  }

  /** Resolves when it is over; everything was handed to `write` by then. */
  async run(): Promise<Recorded> {
    const { clock, signal, sip, stat, masker, switchName } = this.#o;
    const stop = () => this.#over.resolve('stopped');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const limit = clock.setTimer(this.#o.maxMs, () => this.#over.resolve('time'));
    this.#put({ format: recordingFormat, startedAt: this.#startedAt, switch: masker.text(switchName) });
    const following = [
      ...(sip === undefined ? [] : [this.#follow('sip', () => this.#openSip(sip))]),
      ...(stat === undefined ? [] : [this.#follow('stat', () => this.#openStat(stat))]),
    ];
    const ended = await this.#over.promise;
    this.#ended = true;
    limit.cancel();
    signal.removeEventListener('abort', stop);
    for (const probe of this.#probes) probe.close();
    await Promise.all(following);
    this.#o.write(`${JSON.stringify({ at: this.#now(), ended, frames: this.#frames } satisfies Line)}\n`);
    return { ended, frames: this.#frames, bytes: this.#bytes };
  }

  /** Opens, waits for the loss, opens again. A first time that fails ends it: the command line is wrong then. */
  async #follow(server: 'sip' | 'stat', open: () => Promise<Probe[] | string>): Promise<void> {
    const { say } = this.#o;
    for (let first = true; !this.#ended; first = false) {
      const probes = await open();
      if (this.#ended) return;
      if (typeof probes === 'string') {
        say(`${server}: ${probes}`);
        if (first) this.#over.resolve('given-up');
        await this.#pause();
        continue;
      }
      say(`${server}: recording`);
      await Promise.race(probes.map((probe) => probe.gone));
      if (this.#ended) return;
      const why = probes.find(({ ending }) => ending !== undefined)?.ending?.detail ?? 'closed';
      for (const probe of probes) {
        probe.close();
        this.#probes.delete(probe);
      }
      this.#line({ at: this.#now(), server, state: 'lost' });
      say(`${server}: lost (${why}), trying again`);
      await this.#pause();
    }
  }

  async #openSip({ address, extensions, queues }: SipTarget): Promise<Probe[] | string> {
    const opened = await this.#openAll(address, 'sip', ['calls', 'queues', 'extensions']);
    if (typeof opened === 'string') return opened;
    const [callsLine, queuesLine, extensionsLine] = opened;
    this.#line({ at: this.#now(), server: 'sip', state: 'open' });
    const register = (line: AskingProbe | undefined, dn: string, AddressType: string) =>
      line?.ask('RequestRegisterAddress', {
        ThisDN: dn,
        AddressType,
        RegisterMode: 'ModeShare',
        ControlMode: 'RegisterDefault',
      });
    await oneAfterAnother(queues, (dn) => register(queuesLine, dn, 'Queue'));
    await oneAfterAnother(extensions, (dn) => register(extensionsLine, dn, 'DN'));
    await callsLine?.ask('RequestStartCallMonitoring', {});
    return opened.map(({ probe }) => probe);
  }

  async #openStat({ address, agents, tenant }: StatTarget): Promise<Probe[] | string> {
    const opened = await this.#openAll(address, 'stat', ['stat']);
    if (typeof opened === 'string') return opened;
    this.#line({ at: this.#now(), server: 'stat', state: 'open' });
    const wanted = agents.flatMap((employeeId) =>
      statisticCategories.map((category) => agentStatistic({ employeeId, tenantName: tenant, category })),
    );
    await oneAfterAnother(wanted, (statistic) => opened[0]?.ask('RequestOpenStatistic', statistic));
    return opened.map(({ probe }) => probe);
  }

  /** Registered, and told that the server is usable; else why not. */
  async #openAll(
    address: ServerAddress,
    kind: 'sip' | 'stat',
    names: readonly ConnectionName[],
  ): Promise<AskingProbe[] | string> {
    const { clock, client } = this.#o;
    const { applicationName, password } = client;
    const tls = client.tls === undefined ? {} : { tls: client.tls };
    const opened: AskingProbe[] = [];
    const fail = (why: string): string => {
      for (const { probe } of opened) probe.close();
      return why;
    };
    for (const name of names) {
      const stream = await dial(address, { clock, limitMs: answerMs, ...tls }).catch(
        (error: Error) => error.message,
      );
      if (typeof stream === 'string') return fail(stream);
      const asked = new Map<number, Frame>();
      const onFrame = (seen: SeenFrame) => {
        this.#onFrame(name, asked, seen);
        // Registrations do not survive it: everything is opened again.
        if (seen.frame.message === 'EventLinkDisconnected') probe.close();
      };
      const probe: Probe = new Probe(stream, { clock, keepAliveMs, onFrame });
      this.#probes.add(probe);
      opened.push(new AskingProbe(probe, asked));
      const shaken = await handshake(probe, { kind, tls: address.tls, applicationName, password });
      if (shaken.outcome === 'failed') return fail(shaken.message);
      if (shaken.role === 'Backup') return fail('it is the backup');
      if (shaken.linkConnected === false) return fail('it has no link to its switch');
      probe.forget();
    }
    return opened;
  }

  #onFrame(connection: ConnectionName, asked: ReadonlyMap<number, Frame>, { frame, at }: SeenFrame): void {
    if (this.#ended || keepAlive.has(frame.message)) return;
    const reference = referenceIdOf(frame);
    const request = reference === undefined ? undefined : asked.get(reference);
    this.#frames += 1;
    this.#line({
      at: Math.max(0, at - this.#startedAt),
      connection,
      frame: this.#masked(frame),
      ...(request === undefined ? {} : { asked: this.#masked(request) }),
    });
  }

  #masked(frame: Frame): { message: string; attributes: Record<string, unknown> } {
    const { message, attributes } = this.#o.masker.frame(frame);
    return { message, attributes };
  }

  #line(line: Line): void {
    if (!this.#ended) this.#put(line);
  }

  #put(line: Line | Header): void {
    const text = `${JSON.stringify(line)}\n`;
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes > this.#o.maxBytes) {
      this.#ended = true;
      this.#over.resolve('size');
      return;
    }
    this.#bytes += bytes;
    this.#o.write(text);
  }

  #now(): number {
    return Math.max(0, this.#o.clock.now() - this.#startedAt);
  }

  async #pause(): Promise<void> {
    const pause = Promise.withResolvers<void>();
    const timer = this.#o.clock.setTimer(pauseMs, pause.resolve);
    await Promise.race([pause.promise, this.#over.promise]);
    timer.cancel();
  }
}

const keepAlive = new Set(['KeepAliveRequest', 'KeepAliveResponse']);

/** One connection, with what was asked over it. */
class AskingProbe {
  readonly probe: Probe;
  readonly #asked: Map<number, Frame>;

  constructor(probe: Probe, asked: Map<number, Frame>) {
    this.probe = probe;
    this.#asked = asked;
  }

  /** Remembered for as long as the connection: values of a statistic come under the ReferenceID of its opening. */
  async ask(message: string, attributes: object): Promise<void> {
    const answer = this.probe.ask(message, attributes, answerMs);
    this.#asked.set(this.probe.lastReference, { message, attributes: { ...attributes } });
    await answer;
  }
}

async function oneAfterAnother<T>(
  list: readonly T[],
  ask: (one: T) => Promise<void> | undefined,
): Promise<void> {
  for (let from = 0; from < list.length; from += outstanding)
    await Promise.all(list.slice(from, from + outstanding).map((one) => ask(one)));
}
