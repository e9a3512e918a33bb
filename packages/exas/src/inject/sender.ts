/**
 * Sends what the outbox holds: at once when the budget allows, in full batches when it is short.
 *
 * A request is built only when its place in the budget is there, so that it carries the newest states. The lease is
 * checked inside Redis before each request (the ledger does that): who lost it sends nothing.
 */
import type { Clock, Timer } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import {
  type CallOptions,
  CloudError,
  type EventBatchResult,
  type Permit,
  type PresenceEvent,
  type RoutingStatusEvent,
} from '@exec/common/genesys-cloud';
import type { Logger } from '@exec/common/logging';
import { chooseLane, retryWaitMs } from './choose.ts';
import type { CloudIdentity } from './cloud-state.ts';
import { type AgentRecord, type LaneKind, laneKinds, type Outbox, type OutgoingEvent } from './outbox.ts';
import { eventIdOf, presenceEventOf, routingStatusEventOf } from './request.ts';

export interface StateSink {
  readonly budget: { acquire(priority: 'events', signal?: AbortSignal): Promise<Permit> };
  readonly events: {
    presence(events: readonly PresenceEvent[], options?: CallOptions): Promise<EventBatchResult>;
    routingStatus(events: readonly RoutingStatusEvent[], options?: CallOptions): Promise<EventBatchResult>;
  };
}

export interface SenderOptions {
  readonly outbox: Outbox;
  readonly cloud: StateSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the events need; undefined while it is not known: nothing is sent. */
  readonly identity: () => CloudIdentity | undefined;
  /** The fencing token; undefined while another instance is active or Redis is away: nothing is sent. */
  readonly token: () => string | undefined;
  /** Stores the agents' records under the token. @throws ExecError `redis.unavailable`, `lease.lost` */
  readonly save: (token: string, agents: readonly AgentRecord[]) => Promise<void>;
  readonly onResult: (event: OutgoingEvent, result: 'accepted' | 'retried' | 'refused') => void;
  readonly random?: () => number;
}

const batchSize = 100;
const maxInFlight = 4;
/** After this time a failing request is given up, and a new one carries the newest states. */
const requestDeadlineMs = 10_000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #abort = new AbortController();
  readonly #random: () => number;
  readonly #running = new Set<Promise<void>>();
  /** Failed tries in a row by agent and lane; an accepted event ends the row. */
  readonly #failures = new Map<string, number>();
  /** By agent and lane, the event whose outcome is unknown: a refusal of its repeat says that the first was accepted. */
  readonly #unknown = new Map<string, string>();
  #pumping = false;
  #timer: Timer | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** Something may be there to send, or may be sent now. */
  wake(): void {
    if (this.#pumping || this.#abort.signal.aborted) return;
    this.#pumping = true;
    this.#pump()
      .catch((error: unknown) =>
        this.#options.logger.error({ err: error }, 'Sending of states was interrupted'),
      )
      .finally(() => {
        this.#pumping = false;
      });
  }

  /** Starts no further request and waits for those on the way. */
  async stop(): Promise<void> {
    this.#abort.abort(new ExecError('service.unavailable', 'The service is stopping.'));
    this.#timer?.cancel();
    await Promise.allSettled(this.#running);
  }

  get #maySend(): boolean {
    const { identity, token } = this.#options;
    return identity() !== undefined && token() !== undefined && !this.#abort.signal.aborted;
  }

  async #pump(): Promise<void> {
    this.#timer?.cancel();
    while (this.#maySend && this.#running.size < maxInFlight && this.#lane() !== undefined) {
      let permit: Permit;
      try {
        permit = await this.#options.cloud.budget.acquire('events', this.#abort.signal);
      } catch (error) {
        if (!this.#abort.signal.aborted) this.#wakeIn(waitOf(error));
        return;
      }
      const kind = this.#maySend ? this.#lane() : undefined;
      const token = this.#options.token();
      const identity = this.#options.identity();
      if (kind === undefined || token === undefined || identity === undefined) {
        permit.release(false);
        continue;
      }
      const events = this.#options.outbox.take(kind, batchSize, this.#options.clock.monotonic());
      this.#track(this.#send(kind, events, { permit, token, identity }));
    }
    this.#wakeForLater();
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#running.delete(tracked);
      this.wake();
    });
    this.#running.add(tracked);
  }

  #lane(): LaneKind | undefined {
    const { outbox, clock } = this.#options;
    const now = clock.monotonic();
    const oldestMs = (kind: LaneKind) => {
      const since = outbox.firstWaiting(kind);
      return since === undefined ? 0 : clock.now() - since;
    };
    const load = (kind: LaneKind) => ({
      ready: outbox.ready(kind, now, batchSize),
      oldestMs: oldestMs(kind),
    });
    return chooseLane({ presence: load('presence'), routingStatus: load('routingStatus') });
  }

  /** Events that must wait come back here when the first of them may go. */
  #wakeForLater(): void {
    const { outbox, clock } = this.#options;
    if (!this.#maySend || laneKinds.every((kind) => outbox.waiting(kind) === 0)) return;
    const next = outbox.nextRetry();
    if (next !== undefined) this.#wakeIn(Math.max(0, next - clock.monotonic()));
  }

  #wakeIn(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(ms, () => this.wake());
  }

  async #send(
    kind: LaneKind,
    events: readonly OutgoingEvent[],
    context: { readonly permit: Permit; readonly token: string; readonly identity: CloudIdentity },
  ): Promise<void> {
    const { permit, token, identity } = context;
    const { outbox, logger } = this.#options;
    try {
      await this.#options.save(token, this.#records(events));
    } catch (error) {
      permit.release(false);
      logger.warn(
        { err: error },
        'States are held back: Redis did not confirm that this instance is the active one',
      );
      for (const event of events) this.#later(event, 'held back: Redis did not answer', false);
      return;
    }
    await this.#deliver(kind, events, identity, permit);
    try {
      const settled = this.#records(events).filter(
        ({ employeeId }) => outbox.agent(employeeId) !== undefined,
      );
      await this.#options.save(token, settled);
    } catch (error) {
      // What is stored says "unknown": the worst that follows is that a successor sends these halves once more.
      logger.debug({ err: error }, 'Accepted states were not stored');
    }
  }

  async #deliver(
    kind: LaneKind,
    events: readonly OutgoingEvent[],
    identity: CloudIdentity,
    permit?: Permit,
  ): Promise<void> {
    try {
      const result = await this.#call(kind, events, identity, permit);
      this.#settle(events, identity, result);
    } catch (error) {
      if (isRefusedRequest(error) && events.length > 1) {
        // One event spoils the whole request: halve until it stands alone.
        const middle = Math.ceil(events.length / 2);
        await this.#deliver(kind, events.slice(0, middle), identity);
        await this.#deliver(kind, events.slice(middle), identity);
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      for (const event of events) {
        if (isRefusedRequest(error)) this.#refuse(event, message);
        else this.#later(event, message, isOutcomeUnknown(error), identity);
      }
      this.#options.logger.warn({ err: error, 'exec.events': events.length }, 'States were not accepted');
    } finally {
      permit?.release(false);
    }
  }

  async #call(
    kind: LaneKind,
    events: readonly OutgoingEvent[],
    identity: CloudIdentity,
    permit?: Permit,
  ): Promise<EventBatchResult> {
    const { events: endpoint } = this.#options.cloud;
    const options: CallOptions = { permit, deadlineMs: requestDeadlineMs };
    if (kind === 'routingStatus') {
      return endpoint.routingStatus(
        events.map((event) => routingStatusEventOf(identity, event)),
        options,
      );
    }
    const presences = events.map((event) => presenceEventOf(identity, event));
    const sendable = presences.filter((event) => event !== undefined);
    const missing = events.filter((_event, index) => presences[index] === undefined);
    const result: EventBatchResult =
      sendable.length === 0
        ? { rejected: new Map(), unattributed: [], repeated: false, correlationId: undefined }
        : await endpoint.presence(sendable, options);
    const rejected = new Map(result.rejected);
    for (const event of missing) {
      const message = `the organisation has no presence ${event.value}`;
      rejected.set(eventIdOf(identity, event), { message, retryable: false });
    }
    return { ...result, rejected };
  }

  #settle(events: readonly OutgoingEvent[], identity: CloudIdentity, result: EventBatchResult): void {
    const { outbox, onResult } = this.#options;
    const [nameless] = result.unattributed;
    for (const event of events) {
      const eventId = eventIdOf(identity, event);
      const rejection = result.rejected.get(eventId);
      if (rejection === undefined && nameless !== undefined) {
        this.#later(event, nameless.message, true, identity);
        continue;
      }
      const isRepeat = result.repeated || this.#unknown.get(failureKey(event)) === eventId;
      if (rejection === undefined || (isRepeat && !rejection.retryable)) {
        this.#failures.delete(failureKey(event));
        this.#unknown.delete(failureKey(event));
        outbox.accepted(event);
        onResult(event, 'accepted');
      } else if (rejection.retryable) {
        this.#later(event, rejection.message, false, identity);
      } else {
        this.#refuse(event, rejection.message);
      }
    }
  }

  #refuse(event: OutgoingEvent, message: string): void {
    this.#failures.delete(failureKey(event));
    this.#options.outbox.refused(event, message);
    this.#options.onResult(event, 'refused');
  }

  #later(event: OutgoingEvent, error: string, outcomeUnknown: boolean, identity?: CloudIdentity): void {
    const key = failureKey(event);
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    if (outcomeUnknown && identity !== undefined) this.#unknown.set(key, eventIdOf(identity, event));
    const notBefore = this.#options.clock.monotonic() + retryWaitMs(failures, this.#random());
    this.#options.outbox.retry(event, { notBefore, error, outcomeUnknown });
    this.#options.onResult(event, 'retried');
  }

  #records(events: readonly OutgoingEvent[]): AgentRecord[] {
    return events.flatMap(({ employeeId }) => this.#options.outbox.agent(employeeId) ?? []);
  }
}

function failureKey({ kind, employeeId }: OutgoingEvent): string {
  return `${kind} ${employeeId}`;
}

/** The cloud looked at the request and will not take it as it is: 400 and 413. */
function isRefusedRequest(error: unknown): boolean {
  return error instanceof CloudError && (error.httpStatus === 400 || error.httpStatus === 413);
}

function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof CloudError && error.outcomeUnknown;
}

function waitOf(error: unknown): number {
  const asked = error instanceof CloudError ? error.retryAfterMs : undefined;
  return Math.min(asked ?? 1000, 60_000);
}
