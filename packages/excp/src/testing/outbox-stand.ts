/** An outbox between a model of the cloud and a model of Redis, on a clock of the test. */

import { Formats } from '@exec/common/formats';
import { Health } from '@exec/common/http';
import { wallMs } from '@exec/common/instants';
import type { Logger } from '@exec/common/logging';
import { silentLogger } from '@exec/common/logging';
import { KeySpace } from '@exec/common/redis';
import { FakeClock } from '@exec/common/testing';
import { excpKeys } from '../keys.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { Outbox, outboxHealth } from '../outbox/outbox.ts';
import type { SendResult } from '../outbox/sender.ts';
import { type CloudScript, ModelCloud, ModelRedis } from './outbox-model.ts';

const formats = new Formats();

const keys = excpKeys(new KeySpace({ prefix: 'test', orgId: 'org', tenantId: 1 }));

export class OutboxStand {
  readonly clock = new FakeClock();
  readonly redis = new ModelRedis();
  readonly cloud: ModelCloud;
  readonly health = new Health({ clock: this.clock });
  readonly results: (readonly [string, SendResult])[] = [];
  readonly #dependencies = outboxHealth(this.health);
  readonly #logger: Logger;
  readonly #entries: readonly OutboxEntry[];
  /** Undefined while the lease is not held. */
  token: string | undefined = this.redis.lease;
  outbox: Outbox;

  /** @param entries everything that will ever be sent, in the order of the out-stream */
  constructor(entries: readonly OutboxEntry[], script: CloudScript, logger: Logger = silentLogger) {
    this.#entries = entries;
    this.#logger = logger;
    this.cloud = new ModelCloud(this.clock, entries, script);
    this.outbox = this.begin();
  }

  /** A term begins with what Redis holds. */
  begin(): Outbox {
    this.outbox = new Outbox(
      {
        formats,
        cloud: this.cloud,
        redis: this.redis.connection,
        keys,
        clock: this.clock,
        logger: this.#logger,
        token: () => this.token,
        maySend: () => true,
        onResult: (entry, result) => this.results.push([entry.id, result]),
        health: this.#dependencies,
        random: () => 0.5,
      },
      {
        entries: this.#entries.filter(({ id }) => this.redis.out.has(id)),
        sent: new Set(this.redis.sending.keys()),
        floors: new Map([...this.redis.sending].map(([id, time]) => [id, wallMs(time)])),
        deadLegs: { ...this.redis.deadLegs },
      },
    );
    return this.outbox;
  }

  /** What the processor does after a commit. */
  commit(...entries: readonly OutboxEntry[]): void {
    for (const { id } of entries) this.redis.out.add(id);
    this.outbox.add(entries);
  }

  /** IDs of the events that the cloud has, in the order in which it accepted them. */
  get accepted(): string[] {
    return this.cloud.accepted.map(({ event }) => this.#idOf(event.eventId));
  }

  /** IDs of the events in dead letters. */
  get dead(): string[] {
    return [...this.redis.letters.values()].flatMap(({ events }) =>
      events.map(({ event }) => this.#idOf(event.event.eventId)),
    );
  }

  get detail(): Readonly<Record<string, string | true>> {
    return Object.fromEntries(
      this.health.ready().dependencies.map(({ name, up, detail }) => [name, up || detail]),
    );
  }

  /** Requests of the cloud, each as the IDs of its events. */
  get requests(): string[] {
    return this.cloud.requests.map((ids) => ids.map((id) => this.#idOf(id)).join(' '));
  }

  #idOf(eventId: string): string {
    return this.#entries.find(({ event }) => event.event.eventId === eventId)?.id ?? eventId;
  }
}
