/**
 * What the active instance does: processes and sends, from what Redis holds to the moment the lease is lost. Each term
 * begins with a fresh load; what is remembered of an earlier one counts only when Redis has lost it.
 */
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import type { Announcements, Formats } from '@exec/common/formats';
import type { Dependency } from '@exec/common/http';
import type { IdMap } from '@exec/common/id-map';
import { laterBy, type MonotonicMs } from '@exec/common/instants';
import type { LeaderWork, Lease, LeaseToken, TermControl } from '@exec/common/leadership';
import type { Logger } from '@exec/common/logging';
import type { RedisConnection } from '@exec/common/redis';
import type { ModelSettings } from '../conversation/step-context.ts';
import type { AwaitedConnection } from '../events/snapshots.ts';
import type { ExcpKeys } from '../keys.ts';
import type { ExcpMetrics } from '../metrics.ts';
import { Outbox, type OutboxHealth } from '../outbox/outbox.ts';
import type { RecentEvents } from '../outbox/recent-events.ts';
import type { EventSink } from '../outbox/sender.ts';
import type { DataMark } from '../recovery/data-mark.ts';
import { awayMs, type Outage } from './arrival-order.ts';
import { DealtWith } from './dealt-with.ts';
import type { Memory } from './memory.ts';
import { Outcomes } from './outcomes.ts';
import { Processor } from './processor.ts';
import { loadState, type StoredState } from './store.ts';
import type { StreamClock } from './stream-clock.ts';
import { Suspicion } from './suspicion.ts';

export interface TermsOptions {
  readonly lease: Pick<Lease, 'token'>;
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  /** Who else reads what. */
  readonly announcements: Pick<Announcements, 'reader'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ExcpMetrics;
  readonly cloud: EventSink;
  readonly outboxHealth: OutboxHealth;
  /** Whether the cloud may be sent to: the organisation is proven. */
  readonly maySend: () => boolean;
  readonly settings: ModelSettings;
  readonly scope: string;
  /** This process, as it names itself in the entries that it stores. */
  readonly owner: string;
  readonly map: () => IdMap | undefined;
  readonly streamClock: StreamClock;
  /** Looks whether Redis still has what it had: a term that does not know that it was emptied tells everything anew. */
  readonly beforeLoad: () => Promise<void>;
  readonly memory: Memory;
  readonly mark: Pick<DataMark, 'mark'>;
  /** Whether this instance has events in memory that Redis has not taken. */
  readonly intakeWaits: () => boolean;
  /** Whether Redis takes what is processed. */
  readonly processingHealth: Dependency;
  /** Asks a connection whether it has more to tell. */
  readonly ask: (awaited: AwaitedConnection) => void;
  /** Is told what became of each event. */
  readonly recent: RecentEvents;
}

interface Term {
  readonly processor: Processor;
  readonly outbox: Outbox;
  readonly running: Promise<void>;
  readonly dealtWith: DealtWith;
  /** Of what Redis held when it began. */
  readonly mark: string;
}

/** What a term begins with. */
export interface TermStart {
  readonly state: StoredState;
  /**
   * Mark of what Redis holds: the other instance may remember what was there before, so the lease is left to it.
   * Undefined: the term begins.
   */
  readonly leave: string | undefined;
}

export class Terms implements LeaderWork<TermStart> {
  readonly #options: TermsOptions;
  #term: Term | undefined;
  readonly #suspicion: Suspicion;
  #outage: { readonly from: MonotonicMs; readonly to: MonotonicMs } | undefined;

  constructor(options: TermsOptions) {
    this.#options = options;
    this.#suspicion = new Suspicion(options.clock);
    options.processingHealth.up('at work or standing by');
  }

  get outbox(): Outbox | undefined {
    return this.#term?.outbox;
  }

  /** Conversations that are not over; none while it stands by. */
  get openConversations(): number {
    return this.#term?.processor.openConversations ?? 0;
  }

  /** What people may look at without Redis; undefined while it stands by. */
  get inMemory() {
    if (this.#term === undefined) return undefined;
    const { processor, outbox } = this.#term;
    return {
      conversations: () => processor.conversations,
      waiting: () => outbox.all.all,
    };
  }

  /** The settings of the cloud or the mapping have changed. */
  wake(): void {
    this.#term?.outbox.wake();
  }

  /** Redis is away: what it still has when it comes back may be older than what was sent. */
  redisLost(): void {
    this.#suspicion.redisLost();
  }

  /** Redis is back after `ms`: the other instance may have heard meanwhile what it stores only now. */
  redisBack(ms: number): void {
    const to = this.#options.clock.monotonic();
    if (ms >= awayMs) this.#outage = { from: laterBy(to, -ms), to };
  }

  async load(token: LeaseToken): Promise<TermStart> {
    const { redis, keys, formats, beforeLoad, memory } = this.#options;
    await beforeLoad();
    const leave = await memory.recall(token);
    return { leave, state: await loadState(redis, keys, formats) };
  }

  begin(token: LeaseToken, start: TermStart, control: TermControl): void {
    const why = 'Redis has lost what it had, and the other instance may remember it';
    const { state, leave } = start;
    if (leave !== undefined && control.handOver(why, { again: true })) {
      this.#options.memory.left(leave);
      return;
    }
    this.#term = this.#startTerm(token, state, control);
    this.#options.logger.info(
      { 'exec.conversations': state.records.length, 'exec.events': state.out.length },
      'This instance processes from now on',
    );
  }

  /** Finishes the step and the requests on the way, then ends. */
  async end(): Promise<void> {
    const term = this.#term;
    this.#term = undefined;
    if (term === undefined) return;
    term.processor.stop();
    await term.running;
    await term.outbox.stop();
    this.#remember(term);
  }

  #remember({ processor, outbox, dealtWith, mark }: Term): void {
    const { memory, streamClock } = this.#options;
    const waiting = outbox.all;
    const { records, agents, out } = processor.keep();
    memory.keep({
      ...{ mark, term: processor.term, lastCommit: streamClock.commit, dealtWith, records, agents },
      out: [...waiting.all, ...out],
      sending: waiting.marks,
      deadLegs: waiting.deadLegs,
      clockShift: streamClock.shift,
      clockPlace: streamClock.place,
    });
  }

  #startTerm(token: LeaseToken, state: StoredState, control: TermControl): Term {
    const { lease, redis, keys, formats, clock, logger, metrics, cloud, outboxHealth, maySend } =
      this.#options;
    const { settings, ask, scope, owner, map, streamClock, intakeWaits, processingHealth, mark, recent } =
      this.#options;
    const held = () => (lease.token?.value === token.value ? token.value : undefined);
    // After an outage of Redis the marks of what was sent may be lost as well.
    const sent = this.#suspicion.marksMayBeLost ? new Set(state.out.map((entry) => entry.id)) : state.sending;
    const outcomes = new Outcomes(
      { count: (outcome) => metrics.ended(outcome), waits: (conversation) => outbox.waits(conversation) },
      { records: state.records, entries: state.out, deadLegs: state.deadLegs },
    );
    const outbox = new Outbox(
      {
        cloud,
        redis,
        keys,
        formats,
        clock,
        logger,
        token: held,
        maySend,
        onResult: (entry, result, reason) => {
          metrics.injected(entry.event.kind, result);
          if (result === 'accepted') metrics.delivered((clock.now() - entry.received) / 1000);
          if (result === 'dead') outcomes.refused(entry.conversation);
          recent.note(entry, result, clock.now(), reason);
        },
        health: outboxHealth,
      },
      { entries: state.out, sent, floors: state.floors, deadLegs: state.deadLegs },
    );
    const dealtWith = new DealtWith(state.dealtWith);
    const processor = new Processor(
      {
        redis,
        keys,
        formats,
        clock,
        logger,
        metrics,
        settings,
        ask,
        scope,
        owner,
        map,
        outgoing: outbox,
        outcomes,
        dealtWith,
        streamClock,
        outage: () => this.#lastOutage(),
        intakeWaits,
        health: processingHealth,
        onLeft: (format) => this.#handOver(format, control),
        token: () => (held() === undefined ? undefined : token),
      },
      state,
      { repeatsBefore: this.#suspicion.repeatsBefore },
    );
    // A processor that ended by itself in the middle of its term would leave the instance active and idle.
    const running = processor
      .run()
      .then(() =>
        control.fail(new ExecError('lease.lost', 'Processing ended: Redis says that the lease is not held.')),
      )
      .catch((error: unknown) => control.fail(error));
    return { processor, outbox, running, dealtWith, mark: mark.mark };
  }

  #lastOutage(): Outage | undefined {
    const { streamClock, clock } = this.#options;
    const { now } = streamClock;
    if (this.#outage === undefined || now === undefined) return undefined;
    const streamTimeOf = (time: MonotonicMs) => laterBy(now, time - clock.monotonic());
    return { from: streamTimeOf(this.#outage.from), to: streamTimeOf(this.#outage.to) };
  }

  /** The other instance reads what this one has to leave: it goes on better with the lease than this one. */
  #handOver(format: number, control: TermControl): void {
    const reader = this.#options.announcements.reader(format);
    if (reader !== undefined)
      control.handOver(`${reader.instance} reads format ${format}, in which something is stored`);
  }
}
