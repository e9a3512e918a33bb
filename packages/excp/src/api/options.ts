/** What the routes of EXCP read from. */

import type { Clock } from '@exec/common/clock';
import type { Formats } from '@exec/common/formats';
import type { NoteAction } from '@exec/common/http';
import type { IdMap } from '@exec/common/id-map';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';
import type { OutboxEvent } from '../outbox/entry.ts';
import type { RecentEvents } from '../outbox/recent-events.ts';
import type { ConversationRecord } from '../processor/record.ts';

/** What the active instance has in memory, so that nothing has to be read for it. */
export interface InMemory {
  readonly conversations: () => readonly ConversationRecord[];
  /** Events that were neither accepted nor refused for good. */
  readonly waiting: () => readonly OutboxEvent[];
}

export interface RoutesOptions {
  readonly redis: Pick<RedisConnection, 'client'>;
  /** Undefined while this instance stands by. */
  readonly inMemory: () => InMemory | undefined;
  readonly recent: Pick<RecentEvents, 'of'>;
  /** The newest mapping, for names. */
  readonly map: () => IdMap | undefined;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly clock: Clock;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  /** What a person did: one line at `info`. */
  readonly noteAction: NoteAction;
}
