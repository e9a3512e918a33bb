/** What the routes of EXCP read from. */

import type { Clock } from '@exec/common/clock';
import type { Formats } from '@exec/common/formats';
import type { NoteAction } from '@exec/common/http';
import type { RedisConnection } from '@exec/common/redis';
import type { ExcpKeys } from '../keys.ts';

export interface RoutesOptions {
  readonly redis: RedisConnection;
  readonly keys: ExcpKeys;
  readonly formats: Formats;
  readonly clock: Clock;
  /** Organisation and tenant: part of every ID. */
  readonly scope: string;
  /** What a person did: one line at `info`. */
  readonly noteAction: NoteAction;
}
