/** One connection to Redis that fails fast, says whether it is up and takes writes, and comes back by itself for ever. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Secret } from '../config/secret.ts';
import { textOf } from '../errors/text-of.ts';
import { certificatesIn } from '../files/certificates.ts';
import type { FollowedFiles } from '../files/followed-files.ts';
import type { Logger } from '../logging/logging.ts';
import { gaugeFrom } from '../metrics.ts';
import { type Clock, systemClock, type Timer } from '../time/clock.ts';
import { laterBy, type WallMs } from '../time/instants.ts';
import { refusalOfWrites } from './failure.ts';
import { probe } from './probe.ts';
import { checkServer } from './server-check.ts';
import { ServerClock } from './server-clock.ts';

export interface RedisConnectionOptions {
  readonly url: Secret;
  /** PEM file of the certificate authority for `rediss://`. */
  readonly caFile?: string | undefined;
  /** Follows `caFile`. */
  readonly files?: FollowedFiles | undefined;
  /** Shown by CLIENT LIST. */
  readonly name: string;
  readonly logger: Logger;
  readonly clock?: Clock | undefined;
  /** Receives `exec_redis_up`, `exec_redis_writable` and `exec_redis_clock_skew_seconds`. */
  readonly registry?: Registry | undefined;
  /** Until a command without an answer fails with an unknown outcome, in milliseconds; default 1000. */
  readonly commandTimeoutMs?: number | undefined;
  /** Between two probes of an open connection, in milliseconds; default 2000. */
  readonly probeIntervalMs?: number;
  /** A key that holds nothing, for probes of whether Redis takes writes; default `exec:probe`. */
  readonly probeKey?: string;
}

const defaultCommandTimeoutMs = 1000;
const connectTimeoutMs = 3000;
/** How often an open connection is probed: an absent peer does not always close the socket. */
const defaultProbeIntervalMs = 2000;
const failedProbesAllowed = 1;
const longestRetryMs = 5000;
/** How soon a server that stays a replica is left again, to look where its name leads now. */
const demotedAgainMs = 5000;

/** One connection that comes back for ever, with probes that notice a server which hangs or takes no writes. */
export class RedisConnection {
  /** Commands fail at once while it is down, and after 1 s without an answer (outcome unknown then). */
  readonly client: Redis;
  readonly #options: RedisConnectionOptions;
  readonly #clock: Clock;
  readonly #listeners = new Set<(up: boolean) => void>();
  readonly #others = new Set<Redis>();
  readonly #onTime = new Set<(serverTime: WallMs) => void>();
  readonly #serverClock: ServerClock;
  readonly #unfollow: readonly (() => void)[];
  #up = false;
  #closed = false;
  #detail = 'not connected yet';
  /** Why Redis takes no writes, in its words. */
  #refusal: string | undefined;
  #demotedAt = Number.NEGATIVE_INFINITY;
  #probe: Timer | undefined;
  #failedProbes = 0;
  #checked = false;
  #newAuthorities: string | undefined;

  /** Connects in the background; never throws for an absent server. */
  static open(options: RedisConnectionOptions): RedisConnection {
    return new RedisConnection(options);
  }

  private constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.client = this.#connect({ commandTimeout: options.commandTimeoutMs ?? defaultCommandTimeoutMs });
    this.client.on('ready', () => this.#onReady());
    this.client.on('close', () => this.#onDown(this.#detail));
    this.client.on('error', (error: Error) => this.#onError(error));
    this.#unfollow = this.#follow();
    const { registry } = options;
    this.#serverClock = new ServerClock(options.logger, registry);
    if (registry === undefined) return;
    gaugeFrom(registry, { name: 'exec_redis_up', help: 'Whether Redis answers (1) or not (0).' }, () =>
      this.#up ? 1 : 0,
    );
    gaugeFrom(
      registry,
      {
        name: 'exec_redis_writable',
        help: 'Whether Redis takes writes (1) or refuses them (0: a replica, memory or disk full); as last seen.',
      },
      () => (this.#refusal === undefined ? 1 : 0),
    );
  }

  get up(): boolean {
    return this.#up;
  }

  /** Whether it is up and was not seen to refuse writes. */
  get writable(): boolean {
    return this.#up && this.#refusal === undefined;
  }

  /** Why it is down or takes no writes, or what is there: for readiness. */
  get detail(): string {
    return this.#refusal === undefined ? this.#detail : `refuses to write: ${this.#refusal}`;
  }

  /** Calls `listener` at each change of `up`, `writable` or `detail`; the answer ends that. */
  onState(listener: (up: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls `listener` with the time of Redis, milliseconds since 1970, at each probe that learns it; the answer ends that. */
  onTime(listener: (serverTime: WallMs) => void): () => void {
    this.#onTime.add(listener);
    return () => void this.#onTime.delete(listener);
  }

  /** Resolves when it is up; rejects with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#up) return resolve();
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const end = () => {
        stop();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        end();
        reject(signal?.reason as Error);
      };
      const stop = this.onState((up) => {
        if (!up) return;
        end();
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * A further connection for blocking reads: no time limit on commands, but a blocked read whose answer is
   * a second late resolves with null, like one that found nothing. Closed together with this connection.
   */
  blocking(): Redis {
    return this.#further({ blockingTimeout: 10_000, blockingTimeoutGrace: 1000 });
  }

  /**
   * A further connection with the limits of `client`, for what people ask for: on it they hold up no renewal of a lease.
   * A command waits for the connection within its limit: the lease's own would be a detour for it at just the moment at
   * which Redis has come back. Closed together with this connection.
   */
  aside(): Redis {
    return this.#further({
      commandTimeout: this.#options.commandTimeoutMs ?? defaultCommandTimeoutMs,
      enableOfflineQueue: true,
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#probe?.cancel();
    for (const end of this.#unfollow) end();
    this.#setUp(false, 'closed');
    this.#listeners.clear();
    this.#onTime.clear();
    await Promise.all([this.client, ...this.#others].map(end));
  }

  #further(limits: RedisOptions): Redis {
    const client = this.#connect(limits);
    client.on('error', () => {
      // The main connection reports the state of the server; here a listener is only needed to exist.
    });
    this.#others.add(client);
    client.once('end', () => this.#others.delete(client));
    return client;
  }

  #connect(extra: RedisOptions): Redis {
    const { url, name } = this.#options;
    const tls = url.reveal().startsWith('rediss://');
    return new Redis(url.reveal(), {
      connectionName: name,
      // The name says it; CLIENT SETINFO would need one more right.
      disableClientInfo: true,
      connectTimeout: connectTimeoutMs,
      keepAlive: 10_000,
      // Commands fail at once instead of waiting in an unbounded queue, and none is sent a second time.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // What is in flight when the connection breaks fails then, not after a time-out.
      maxRetriesPerRequest: 0,
      enableReadyCheck: true,
      retryStrategy: (attempt) => retryDelay(attempt),
      reconnectOnError: (error) => {
        this.#onReplyError(error);
        return false;
      },
      ...(tls ? { tls: { ...this.#authorities(), ...serverNameOf(url.reveal()) } } : {}),
      ...extra,
    });
  }

  #authorities(): { ca?: string | Buffer } {
    const { caFile } = this.#options;
    if (caFile === undefined) return {};
    return { ca: this.#newAuthorities ?? readFileSync(caFile) };
  }

  /** What changes is used from the next connection on; those that stand stay as they are. */
  #follow(): readonly (() => void)[] {
    const { url, caFile, files } = this.#options;
    const following = [url.onChange((fresh) => this.#useCredentials(fresh))];
    if (caFile !== undefined && files !== undefined)
      following.push(
        files.follow({ REDIS_CA_FILE: caFile }, ({ REDIS_CA_FILE: authorities }) => {
          certificatesIn(authorities);
          this.#newAuthorities = authorities;
          for (const { options } of [this.client, ...this.#others])
            if (options.tls !== undefined) options.tls.ca = authorities;
        }),
      );
    return following;
  }

  /** @throws Error when more than user and password have changed: another Redis holds other data */
  #useCredentials(fresh: string): void {
    const { place, credentials } = addressParts(fresh);
    if (place !== addressParts(this.#options.url.reveal()).place)
      throw new Error('only user and password of REDIS_URL can change while the service runs');
    for (const client of [this.client, ...this.#others]) Object.assign(client.options, credentials);
    if (this.client.status !== 'ready') return;
    // Tried on the connection that stands: it stays logged in when they are refused.
    const { username, password } = credentials;
    const { logger } = this.#options;
    void this.client.call('AUTH', username ?? 'default', password ?? '').then(
      () => logger.info('Redis takes the new password'),
      (error: unknown) =>
        logger.error(
          { 'exec.reason': textOf(error) },
          'Redis refuses the new user or password; the connection stays as long as it stands',
        ),
    );
  }

  /** Sees each error that Redis answers, those of scripts as well. */
  #onReplyError(error: Error): void {
    const refusal = refusalOfWrites(error);
    if (refusal === undefined || this.#closed) return;
    this.#setRefusal(refusal);
    const now = this.#clock.monotonic();
    if (!refusal.startsWith('READONLY') || now - this.#demotedAt < demotedAgainMs) return;
    // A master that became a replica: the name may lead to the new master by now.
    this.#demotedAt = now;
    for (const client of [this.client, ...this.#others]) client.disconnect(true);
  }

  #onReady(): void {
    this.#failedProbes = 0;
    // It is up when it answers, and by then it is known whether it takes writes.
    void this.#runProbe();
    if (this.#checked) return;
    this.#checked = true;
    void checkServer(this.client, this.#options.logger);
  }

  #onError(error: Error): void {
    // Only the message: the error may carry the command, and with AUTH the password.
    const detail =
      error.message === '' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.message;
    if (this.#up || this.#closed) this.#detail = detail;
    else this.#onDown(detail);
  }

  #onDown(detail: string): void {
    this.#probe?.cancel();
    this.#setUp(false, detail === 'connected' ? 'the connection was closed' : detail);
  }

  #setUp(up: boolean, detail: string): void {
    const newDetail = detail !== this.#detail;
    const changed = up !== this.#up;
    this.#up = up;
    this.#detail = detail;
    if (!changed && !newDetail) return;
    if (!this.#closed) {
      const { logger } = this.#options;
      // A replica is left and met again every few seconds; that it takes no writes was said.
      if (this.#refusal !== undefined) logger.debug({ 'exec.detail': detail }, 'Redis is looked for again');
      else if (up) logger.info('Redis is reachable');
      else logger.warn({ 'exec.detail': detail }, 'Redis is not reachable; trying again');
    }
    this.#tell();
  }

  #setRefusal(refusal: string | undefined): void {
    const before = this.#refusal;
    this.#refusal = refusal;
    if (wordOf(before) === wordOf(refusal)) return;
    const { logger } = this.#options;
    if (refusal === undefined) logger.info('Redis takes writes again');
    else logger.error({ 'exec.detail': refusal }, 'Redis takes no writes');
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.#up);
  }

  #scheduleProbe(): void {
    this.#probe?.cancel();
    const interval = this.#options.probeIntervalMs ?? defaultProbeIntervalMs;
    this.#probe = this.#clock.setTimer(interval, () => void this.#runProbe(), { unref: true });
  }

  async #runProbe(): Promise<void> {
    try {
      const { probeKey = 'exec:probe' } = this.#options;
      const { refusal, skewMs } = await probe(this.client, probeKey, this.#clock);
      if (this.#isGone()) return;
      this.#failedProbes = 0;
      this.#setRefusal(refusal);
      this.#serverClock.note(skewMs);
      if (skewMs !== undefined)
        for (const listener of [...this.#onTime]) listener(laterBy(this.#clock.now(), skewMs));
      if (!this.#up) this.#setUp(true, 'connected');
    } catch (error) {
      if (this.#isGone()) return;
      this.#failedProbes += 1;
      if (this.#failedProbes > failedProbesAllowed) {
        this.#onDown(`no answer (${(error as Error).message})`);
        this.client.disconnect(true);
        return;
      }
    }
    this.#scheduleProbe();
  }

  /** Whether there is no open connection any more; the next one is probed anew. */
  #isGone(): boolean {
    return this.#closed || this.client.status !== 'ready';
  }
}

/** A hosted Redis may stand behind a proxy that finds it by this name; addresses have none. */
function serverNameOf(url: string): { readonly servername?: string } {
  const host = URL.parse(url)?.hostname ?? '';
  return host === '' || isIP(host.replace(/^\[|\]$/g, '')) !== 0 ? {} : { servername: host };
}

interface AddressParts {
  /** All but the credentials. */
  readonly place: string;
  readonly credentials: { readonly username: string | null; readonly password: string | null };
}

/** As the client reads an address, without opening a connection. */
function addressParts(url: string): AddressParts {
  const probe = new Redis(url, { lazyConnect: true });
  const { host, port, db, path, tls, username, password } = probe.options;
  probe.disconnect();
  return {
    place: JSON.stringify([host, port, db, path, tls !== undefined]),
    credentials: { username: username ?? null, password: password ?? null },
  };
}

/** What tells one refusal from another: the rest may name a script or a line. */
function wordOf(refusal: string | undefined): string | undefined {
  return refusal?.split(' ', 1)[0];
}

/** Exponential with full jitter: 50 ms at first, at most 5 s. Kept short, since all of a service waits for it. */
function retryDelay(attempt: number): number {
  const ceiling = Math.min(longestRetryMs, 100 * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2);
}

async function end(client: Redis): Promise<void> {
  if (client.status === 'end') return;
  // Between two attempts no socket is open that could report its end: the client then only drops its timer.
  const betweenAttempts = client.status === 'reconnecting';
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.disconnect();
  if (!betweenAttempts) await ended;
}
