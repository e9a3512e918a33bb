/** One entry of the stream: an item of the model, or a command, with the time at which it was received. */

import type { Connection } from '@exec/common/config';
import type { Formats, Stored } from '@exec/common/formats';
import { type WallMs, wallMs } from '@exec/common/instants';
import { z } from 'zod';
import type { StreamPlace } from './connection-clocks.ts';
import type { ModelInput } from './snapshots.ts';

/** A dead letter is to be sent again. */
export interface RetryDeadLetter {
  readonly kind: 'retry-dead-letter';
  readonly id: string;
}

/** Part of the call was lost because a bound was reached: what was published of it is closed. */
export interface CallShed {
  readonly kind: 'call-shed';
  readonly site: string;
  readonly call: string;
}

/** A connection has sent everything that it had to send when it was asked. */
export interface ConnectionCaughtUp {
  readonly kind: 'connection-caught-up';
  readonly site: string;
  readonly connection: Connection;
  /** Where the stream stood when it was asked. */
  readonly place: StreamPlace;
}

export type EntryContent = ModelInput | RetryDeadLetter | CallShed | ConnectionCaughtUp;

export interface Entry {
  /** Wall time of the instance that received it. */
  readonly received: WallMs;
  readonly content: EntryContent;
  /** Names the process that received it; undefined: a release before this one, or one that keeps no order did. */
  readonly by?: string | undefined;
}

const what = 'excp:entry';

export function writeEntry(formats: Formats, entry: Entry): string {
  return formats.write(what, { r: entry.received, c: entry.content, i: entry.by });
}

export function readEntry(formats: Formats, text: string | undefined): Stored<Entry> {
  return formats.read(what, text, stored);
}

const kinds = new Set<string>([
  'call-created',
  'call-data',
  'party-added',
  'party-state',
  'party-moved',
  'party-deleted',
  'call-deleted',
  'queued',
  'diverted',
  'abandoned',
  'agent-login',
  'agent-logout',
  'disposition',
  'mute',
  'calls-found',
  'queues-found',
  'agents-found',
  'retry-dead-letter',
  'call-shed',
  'connection-caught-up',
] satisfies EntryContent['kind'][]);

/** What a kind holds is checked where the link is read; what makes the model fail all the same is set aside. */
const stored = z
  .object({ r: z.number(), c: z.custom<EntryContent>(isContent), i: z.string().optional() })
  .transform(({ r, c, i }): Entry => ({ received: wallMs(r), content: c, by: i }));

function isContent(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && kinds.has(String(value.kind));
}
