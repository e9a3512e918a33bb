/** One conversation with a peer of which nothing is taken for granted: every frame is kept, every wait has an end. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@exec/common/clock';
import type { WallMs } from '@exec/common/instants';
import { looksLikeTls } from '../connection/socket.ts';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  KEEP_ALIVE_REQUEST,
  KEEP_ALIVE_RESPONSE,
  ProtocolError,
  referenceIdOf,
} from '../wire/index.ts';

export interface SeenFrame {
  readonly frame: Frame;
  /** When it came, by our clock. */
  readonly at: WallMs;
}

/**
 * Why the conversation is over. `silent`: a keep-alive request was left unanswered. `flood`: more came than is kept.
 */
export interface ProbeEnding {
  readonly by: 'us' | 'peer' | 'network' | 'protocol' | 'silent' | 'flood';
  /** For the operator; never a byte of what was received. */
  readonly detail: string;
}

export type Answer =
  | ({ readonly kind: 'frame' } & SeenFrame)
  | { readonly kind: 'none' }
  | { readonly kind: 'ended'; readonly ending: ProbeEnding };

export interface ProbeOptions {
  readonly clock: Clock;
  /** Called with every frame, keep-alive too, in order. Default: nobody. */
  readonly onFrame?: (seen: SeenFrame) => void;
  /** Frames kept in {@link Probe.seen}; one more ends the conversation. */
  readonly keep?: number;
  /** Silence in milliseconds after which a keep-alive request is sent; after the same again it is over. Default: never. */
  readonly keepAliveMs?: number;
}

const DEFAULT_KEEP = 200_000;
/** Bytes that may wait for a peer which does not read. */
const WRITE_BUFFER_BYTES = 1_048_576;

interface Waiting {
  readonly fits: (seen: SeenFrame) => boolean;
  readonly done: (answer: Answer) => void;
}

/** Keeps every frame that a peer sends, for tools that judge it; it hides and repairs nothing. */
export class Probe {
  /** Everything that was received, the oldest first. */
  readonly seen: SeenFrame[] = [];
  readonly #stream: Duplex;
  readonly #o: ProbeOptions;
  #keep: number;
  readonly #decoder = new FrameDecoder();
  readonly #waiting = new Set<Waiting>();
  readonly #gone = Promise.withResolvers<void>();
  #ending: ProbeEnding | undefined;
  #lastReference = 0;
  #received = 0;
  #timer: Timer | undefined;

  /** `stream`: connected, and after TLS where that is used. The probe owns it from here on. */
  constructor(stream: Duplex, options: ProbeOptions) {
    this.#stream = stream;
    this.#o = options;
    this.#keep = options.keep ?? DEFAULT_KEEP;
    stream.on('data', (bytes: Buffer) => this.#onData(bytes));
    stream.once('end', () => this.#end('peer', 'closed the connection'));
    stream.on('error', (error: Error) => this.#end('network', `connection lost: ${error.message}`));
    stream.once('close', () => this.#end('peer', 'closed the connection'));
    this.#watchSilence();
  }

  /** Resolves when it is over, whoever ended it. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** ReferenceID of the newest request. */
  get lastReference(): number {
    return this.#lastReference;
  }

  /** Undefined while it goes on. */
  get ending(): ProbeEnding | undefined {
    return this.#ending;
  }

  /** From now on nothing is kept, and any number of frames may come. */
  forget(): void {
    this.#keep = 0;
    this.seen.length = 0;
  }

  send(message: string, attributes: object = {}): void {
    this.sendRaw(encodeFrame(message, attributes));
  }

  /** Any bytes, so that it can be seen what the peer makes of them. */
  sendRaw(bytes: Uint8Array): void {
    if (this.#ending !== undefined) return;
    this.#stream.write(bytes);
    if (this.#stream.writableLength > WRITE_BUFFER_BYTES) this.#end('silent', 'does not read');
  }

  /** Sends a request with a ReferenceID of its own and waits for the frame that repeats it. */
  ask(message: string, attributes: object, limitMs: number): Promise<Answer> {
    this.#lastReference += 1;
    const reference = this.#lastReference;
    const answer = this.until(({ frame }) => referenceIdOf(frame) === reference, limitMs, this.seen.length);
    this.send(message, { ReferenceID: reference, ...attributes });
    return answer;
  }

  /** The first frame that fits, among those kept from `from` on or still to come within `limitMs`. */
  until(fits: (seen: SeenFrame) => boolean, limitMs: number, from = 0): Promise<Answer> {
    for (let index = from; index < this.seen.length; index++) {
      const seen = this.seen[index];
      if (seen !== undefined && fits(seen)) return Promise.resolve({ kind: 'frame', ...seen });
    }
    if (this.#ending !== undefined) return Promise.resolve({ kind: 'ended', ending: this.#ending });
    return new Promise((resolve) => {
      const done = (answer: Answer) => {
        limit.cancel();
        this.#waiting.delete(waiting);
        resolve(answer);
      };
      const waiting: Waiting = { fits, done };
      const limit = this.#o.clock.setTimer(limitMs, () => done({ kind: 'none' }));
      this.#waiting.add(waiting);
    });
  }

  /** Resolves when it is over, at the latest after `limitMs`: whether it is. */
  async ended(limitMs: number): Promise<ProbeEnding | undefined> {
    await this.until(() => false, limitMs, this.seen.length);
    return this.#ending;
  }

  close(): void {
    this.#end('us', 'closed here');
  }

  #onData(bytes: Buffer): void {
    if (this.#ending !== undefined) return;
    if (this.#received === 0 && looksLikeTls(bytes)) {
      this.#end('protocol', 'answers with TLS: its address must begin with tls://');
      return;
    }
    this.#received += bytes.length;
    this.#watchSilence();
    const at = this.#o.clock.now();
    try {
      this.#decoder.push(bytes, (frame) => this.#onFrame({ frame, at }));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#end('protocol', error.message);
    }
  }

  #onFrame(seen: SeenFrame): void {
    if (this.#ending !== undefined) return;
    if (this.#keep > 0 && this.seen.length >= this.#keep) {
      this.#end('flood', `sent more than ${this.#keep} frames`);
      return;
    }
    if (this.#keep > 0) this.seen.push(seen);
    if (seen.frame.message === KEEP_ALIVE_REQUEST) this.send(KEEP_ALIVE_RESPONSE);
    this.#o.onFrame?.(seen);
    for (const waiting of [...this.#waiting])
      if (waiting.fits(seen)) waiting.done({ kind: 'frame', ...seen });
  }

  #watchSilence(asked = false): void {
    const ms = this.#o.keepAliveMs;
    if (ms === undefined || this.#ending !== undefined) return;
    this.#timer?.cancel();
    this.#timer = this.#o.clock.setTimer(ms, () => {
      if (asked) {
        this.#end('silent', 'left a keep-alive request unanswered');
        return;
      }
      this.send(KEEP_ALIVE_REQUEST);
      this.#watchSilence(true);
    });
  }

  #end(by: ProbeEnding['by'], detail: string): void {
    if (this.#ending !== undefined) return;
    const ending: ProbeEnding = { by, detail };
    this.#ending = ending;
    this.#timer?.cancel();
    this.#stream.destroy();
    for (const waiting of [...this.#waiting]) waiting.done({ kind: 'ended', ending });
    this.#gone.resolve();
  }
}
