/**
 * Sends what the outbox holds: at once when the budget allows, in full batches when it is short.
 *
 * A request is built only when its place in the budget is there, so that it carries the newest states. The lease is
 * checked in Redis before each request (the ledger does that) and before each repeat of it: who lost it sends nothing,
 * also when Redis has lost it and this instance cannot know it yet.
 */
import { ExecError } from '@exec/common/errors';
import {
  type CallOptions,
  CloudError,
  Dispatcher,
  deliver,
  type EventBatchResult,
  type EventBudget,
  type Permit,
  type PresenceEvent,
  type RoutingStatusEvent,
  type Verdict,
} from '@exec/common/genesys-cloud';
import type { EmployeeId } from '@exec/common/ids';
import { laterBy } from '@exec/common/instants';
import { isLeaseLost } from '@exec/common/leadership';
import { Trouble, textOf } from '@exec/common/trouble';
import type { PresenceName } from '../state/table.ts';
import { chooseHalf, retryWaitMs } from './choose.ts';
import type { CloudIdentity } from './cloud-state.ts';
import { type HalfKind, halfKinds, type OutgoingEvent } from './outbox.ts';
import { eventIdOf, presenceEventOf, routingStatusEventOf } from './request.ts';
import { holdMs, Storing, type StoringOptions } from './storing.ts';

export interface StateSink {
  readonly budget: EventBudget;
  readonly events: {
    presence(events: readonly PresenceEvent[], options?: CallOptions): Promise<EventBatchResult>;
    routingStatus(events: readonly RoutingStatusEvent[], options?: CallOptions): Promise<EventBatchResult>;
  };
}

export interface SenderOptions extends StoringOptions {
  readonly cloud: StateSink;
  /** What the events need; undefined while it is not known: nothing is sent. */
  readonly identity: () => CloudIdentity | undefined;
  readonly onResult: (event: OutgoingEvent, result: 'accepted' | 'retried' | 'refused') => void;
  readonly random?: () => number;
}

const batchSize = 100;
const maxInFlight = 4;
/** After this time a failing request is given up, and a new one carries the newest states. */
const requestDeadlineMs = 10_000;

/** What goes into one request. */
interface Batch {
  readonly kind: HalfKind;
  readonly events: readonly OutgoingEvent[];
  readonly token: string;
  readonly identity: CloudIdentity;
  /** Aborted when the term ends. */
  readonly term: AbortSignal;
}

/**
 * @rule Nothing is sent, nor sent once more, by an instance for which Redis does not hold the lease at that moment.
 * @test sender.test.ts: confirms before each try, under the token of its batch, that it is still the active one
 * @test sender.test.ts: holds back what it cannot confirm, and sends it again: %s
 * @rule What is sent is stored as unknown before the request; a refusal of a repeat after an unknown outcome counts
 *   as accepted.
 * @test sender.test.ts: marks what it sends as unknown before the request goes, under its token
 * @test sender.test.ts: takes a refusal of a repeat after an unknown outcome for accepted
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #dispatcher: Dispatcher<Batch>;
  /** Aborted when the term ends: a late repeat of its requests would come after the states of the next. */
  #term = new AbortController();
  readonly #random: () => number;
  readonly #storing: Storing;
  readonly #sending: Trouble;
  /** Failed tries in a row by agent and half; an accepted event ends the row. */
  readonly #failures = new Map<string, number>();
  /** By agent and half, the event whose outcome is unknown: a refusal of its repeat says that the first was accepted. */
  readonly #unknown = new Map<string, string>();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    const { logger, outbox, clock, cloud } = options;
    this.#storing = new Storing(options);
    this.#sending = new Trouble({ logger, message: 'States are not accepted' });
    this.#dispatcher = new Dispatcher({
      budget: cloud.budget,
      clock,
      maxInFlight,
      isReady: () => this.#maySend && this.#nextHalf() !== undefined,
      take: () => this.#take(),
      send: (batch, permit) => this.#send(batch, permit),
      nextAt: () => {
        const isIdle = halfKinds.every((kind) => outbox.waiting(kind) === 0);
        return isIdle || !this.#maySend ? undefined : (outbox.nextRetry() ?? 0);
      },
      onError: (error) => {
        this.#sending.failed(error);
        this.#dispatcher.pause(waitOf(error));
      },
    });
  }

  /** Something may be there to send, or may be sent now. */
  wake(): void {
    this.#dispatcher.wake();
  }

  /** Starts no further request and waits for those on the way. */
  async stop(): Promise<void> {
    await this.#dispatcher.stop();
    await this.#storing.stop();
  }

  /** The lease is lost or the term begins anew: what is on its way is given up, its outcome counts as unknown. */
  suspend(): void {
    this.#term.abort(new ExecError('lease.lost', 'The lease is no longer held.'));
    this.#term = new AbortController();
    this.#storing.suspend();
  }

  /** Agents that are not watched any more, or all: nothing is remembered of them. */
  forget(employeeIds?: Iterable<EmployeeId>): void {
    for (const memory of [this.#failures, this.#unknown]) {
      if (employeeIds === undefined) memory.clear();
      else
        for (const employeeId of employeeIds)
          for (const kind of halfKinds) memory.delete(keyOf(kind, employeeId));
    }
  }

  get #maySend(): boolean {
    const { identity, token } = this.#options;
    return identity() !== undefined && token() !== undefined;
  }

  #take(): Batch | undefined {
    const { outbox, clock } = this.#options;
    const [kind, token, identity] = [this.#nextHalf(), this.#options.token(), this.#options.identity()];
    if (kind === undefined || token === undefined || identity === undefined) return undefined;
    const events = outbox.take(kind, batchSize, clock.monotonic());
    return { kind, events, token, identity, term: this.#term.signal };
  }

  #nextHalf(): HalfKind | undefined {
    const { outbox, clock } = this.#options;
    const now = clock.monotonic();
    const oldestMs = (kind: HalfKind) => {
      const since = outbox.firstWaiting(kind);
      return since === undefined ? 0 : clock.now() - since;
    };
    const load = (kind: HalfKind) => ({
      ready: outbox.ready(kind, now, batchSize),
      oldestMs: oldestMs(kind),
    });
    return chooseHalf({ presence: load('presence'), routingStatus: load('routingStatus') });
  }

  async #send(batch: Batch, permit: Permit): Promise<void> {
    const { token, events } = batch;
    const employeeIds = events.map(({ employeeId }) => employeeId);
    try {
      await this.#storing.save(token, employeeIds);
    } catch (error) {
      this.#hold(events, error, new Set());
      return;
    }
    await this.#deliver(batch, permit);
    try {
      await this.#storing.save(token, employeeIds);
    } catch (error) {
      // What is stored says "unknown": the worst that follows is that a successor sends these halves once more.
      this.#storing.failed(error, employeeIds);
    }
  }

  /**
   * Redis is full, read-only or away, or gave the lease to another: nothing more was sent, and all of it goes as soon as
   * this instance may. `unsure`: what an earlier try may have brought to the cloud.
   */
  #hold(events: Iterable<OutgoingEvent>, error: unknown, unsure: ReadonlySet<OutgoingEvent>): void {
    const { clock, outbox, onResult, logger } = this.#options;
    if (isLeaseLost(error)) logger.info('States are held back: another instance holds the lease');
    else
      this.#storing.failed(
        error,
        [...events].map(({ employeeId }) => employeeId),
      );
    const notBefore = laterBy(clock.monotonic(), holdMs);
    this.#dispatcher.pause(holdMs);
    const reason = textOf(error);
    for (const event of events) {
      outbox.retry(event, {
        notBefore,
        error: `held back: ${reason}`,
        outcomeUnknown: unsure.has(event),
      });
      onResult(event, 'retried');
    }
  }

  async #deliver(batch: Batch, permit: Permit): Promise<void> {
    const { clock } = this.#options;
    const { kind, events, identity, term } = batch;
    const open = new Set(events);
    const unsure = new Set<OutgoingEvent>();
    const isKnown = ({ value }: OutgoingEvent) =>
      kind !== 'presence' || identity.presenceIds.has(value as PresenceName);
    for (const event of events.filter((one) => !isKnown(one))) {
      open.delete(event);
      this.#refuse(event, `the organisation has no presence ${event.value}`);
    }
    try {
      const answers = deliver([...open], {
        send: (part, isFirst) => this.#call(batch, part, isFirst ? permit : undefined),
        idOf: (event) => eventIdOf(identity, event),
        clock,
        signal: AbortSignal.any([this.#dispatcher.stopping, term]),
        random: this.#random,
      });
      for await (const { verdicts } of answers)
        for (const verdict of verdicts) {
          if (verdict.kind === 'unknown') {
            unsure.add(verdict.event);
            this.#unknown.set(failureKey(verdict.event), eventIdOf(identity, verdict.event));
          } else if (open.delete(verdict.event)) this.#apply(verdict, identity, unsure.has(verdict.event));
        }
      this.#sending.over();
    } catch (error) {
      if (error instanceof CloudError && error.code === 'cloud.held-back' && !term.aborted) {
        this.#hold(open, error.cause, unsure);
        return;
      }
      const message = textOf(error);
      if (!term.aborted) this.#sending.failed(error, { 'exec.events': open.size });
      for (const event of open) this.#later(event, message, term.aborted || unsure.has(event));
    }
  }

  /** @throws ExecError `lease.lost`, `service.unavailable`: nothing may be sent any more */
  #call(
    { kind, identity, token, term }: Batch,
    events: readonly OutgoingEvent[],
    permit: Permit | undefined,
  ): Promise<EventBatchResult> {
    const { cloud } = this.#options;
    this.#dispatcher.stopping.throwIfAborted();
    if (this.#options.token() !== token) throw new ExecError('lease.lost', 'The lease is no longer held.');
    term.throwIfAborted();
    const options: CallOptions = {
      permit,
      deadlineMs: requestDeadlineMs,
      signal: term,
      confirm: () => this.#options.confirm(token),
    };
    return kind === 'routingStatus'
      ? cloud.events.routingStatus(
          events.map((event) => routingStatusEventOf(identity, event)),
          options,
        )
      : cloud.events.presence(
          events.flatMap((event) => presenceEventOf(identity, event) ?? []),
          options,
        );
  }

  #apply(
    verdict: Exclude<Verdict<OutgoingEvent>, { readonly kind: 'unknown' }>,
    identity: CloudIdentity,
    unsure: boolean,
  ): void {
    const { outbox, onResult } = this.#options;
    const { event } = verdict;
    const key = failureKey(event);
    switch (verdict.kind) {
      case 'accepted':
        break;
      case 'later':
        this.#later(event, verdict.reason, unsure);
        return;
      case 'refused':
        if (verdict.whole?.code === 'cloud.server-error') {
          // Whatever is wrong there, the newest state is tried again.
          this.#later(event, verdict.reason, unsure);
          return;
        }
        if (verdict.whole !== undefined || this.#unknown.get(key) !== eventIdOf(identity, event)) {
          this.#refuse(event, verdict.reason);
          return;
        }
        break;
      default:
        verdict satisfies never;
    }
    this.#failures.delete(key);
    this.#unknown.delete(key);
    outbox.accepted(event);
    onResult(event, 'accepted');
  }

  #refuse(event: OutgoingEvent, message: string): void {
    this.#failures.delete(failureKey(event));
    this.#options.outbox.refused(event, message);
    this.#options.onResult(event, 'refused');
  }

  #later(event: OutgoingEvent, error: string, outcomeUnknown = false): void {
    const key = failureKey(event);
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const wait = retryWaitMs(failures, this.#random());
    const notBefore = laterBy(this.#options.clock.monotonic(), wait);
    this.#options.outbox.retry(event, { notBefore, error, outcomeUnknown });
    this.#options.onResult(event, 'retried');
  }
}

function failureKey({ kind, employeeId }: OutgoingEvent): string {
  return keyOf(kind, employeeId);
}

function keyOf(kind: HalfKind, employeeId: EmployeeId): string {
  return `${kind} ${employeeId}`;
}

function waitOf(error: unknown): number {
  const asked = error instanceof CloudError ? error.retryAfterMs : undefined;
  return Math.min(asked ?? 1000, 60_000);
}
