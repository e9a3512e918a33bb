/** What goes into the registry, one item at a time: Engage events, and what snapshots name. */

import type { Connection } from '@exec/common/config';
import type { CallUuid } from '@exec/common/ids';
import type { StreamMs } from '@exec/common/instants';
import type { Session, StreamPlace } from './connection-clocks.ts';
import type { CallCreated, EngageEvent, PartyAdded } from './engage-events.ts';

interface OfSite {
  readonly site: string;
  /** Stream time before the snapshot was asked for: what became known later is newer than the snapshot. */
  readonly since: StreamMs;
}

/** Live calls that one resynchronisation named; it may take several of these. */
export interface CallsFound extends OfSite {
  readonly kind: 'calls-found';
  /** Names the resynchronisation: instance and number. */
  readonly session: string;
  readonly calls: readonly { readonly created: CallCreated; readonly parties: readonly PartyAdded[] }[];
  /** Whether this was the last part: calls that were not named have ended. */
  readonly complete: boolean;
  /** False: the server does not replay its calls, so nothing has ended that it did not name. */
  readonly reliable?: boolean | undefined;
}

/** Calls that wait in queues, by the registration snapshots. */
export interface QueuesFound extends OfSite {
  readonly kind: 'queues-found';
  /** False: says nothing about calls that it does not name. */
  readonly absent?: boolean;
  readonly queues: readonly { readonly queue: string; readonly calls: readonly CallUuid[] }[];
}

/** Who is logged in at DNs, by the registration snapshots. */
export interface AgentsFound extends OfSite {
  readonly kind: 'agents-found';
  readonly dns: readonly { readonly dn: string; readonly agentId?: string | undefined }[];
}

export type ModelInput = EngageEvent | CallsFound | QueuesFound | AgentsFound;
export type Snapshot = CallsFound | QueuesFound | AgentsFound;

export function isSnapshot(item: ModelInput): item is Snapshot {
  return item.kind === 'calls-found' || item.kind === 'queues-found' || item.kind === 'agents-found';
}

/** The connection that told it. */
export function connectionOfSnapshot({ kind }: Snapshot): Connection {
  if (kind === 'calls-found') return 'calls';
  return kind === 'queues-found' ? 'queues' : 'extensions';
}

/** A resynchronisation is under way until its last part has come. */
export function sessionOf(item: Snapshot): Session {
  return item.kind === 'calls-found'
    ? { name: item.session, isWhole: item.complete }
    : { name: `${item.since}`, isWhole: true };
}

/** A connection that something waits for, and where the stream stood. */
export interface AwaitedConnection {
  readonly site: string;
  readonly connection: Connection;
  /** Place in the stream, see `connection-clocks.ts`. */
  readonly place: StreamPlace;
}
