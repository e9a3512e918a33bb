/**
 * What snapshots say that are not compared yet. An event that the same connection tells after its snapshot supposes what
 * it says: a party that joined unseen may be held or leave before the snapshot is compared.
 */
import type { Connection } from '@exec/common/config';
import type { CallUuid, PartyUuid } from '@exec/common/ids';
import { isOpen } from '../conversation/draft.ts';
import type { Call, Conversation } from '../conversation/state.ts';
import type { MappingLookups } from '../conversation/step-context.ts';
import type { Instance } from '../events/connection-clocks.ts';
import type { PartyAdded } from '../events/engage-events.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';

/** Which snapshots an event supposes: those of its own connection, and where it ends a call those of all. */
export interface Supposed {
  readonly connection: Exclude<Connection, 'extensions'>;
  readonly by: Instance | 'all';
}

interface CallsSaid {
  readonly item: CallsFound;
  readonly by: Instance;
  readonly parties: ReadonlyMap<CallUuid, readonly PartyAdded[]>;
  /** Were not known when they were asked for: late events that explain one have all come when it is as it was found. */
  readonly unexplained: Set<PartyUuid>;
}

interface QueuesSaid {
  readonly item: QueuesFound;
  readonly by: Instance;
  readonly waiting: ReadonlyMap<string, ReadonlySet<CallUuid>>;
}

export class NotCompared {
  /** By the name of the entry that holds it. */
  readonly #calls = new Map<string, CallsSaid>();
  readonly #queues = new Map<string, QueuesSaid>();

  add(item: CallsFound | QueuesFound, id: string, by: Instance): void {
    if (item.kind === 'calls-found') {
      const parties = new Map(item.calls.map((one) => [one.created.call, one.parties]));
      this.#calls.set(id, { item, by, parties, unexplained: new Set() });
    } else {
      const waiting = new Map(item.queues.map(({ queue, calls }) => [queue, new Set(calls)]));
      this.#queues.set(id, { item, by, waiting });
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#calls.delete(id);
      this.#queues.delete(id);
    }
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0 && this.#queues.size === 0;
  }

  /** Whether one that is supposed says something of a conversation that is not known and would change it. */
  tellsMoreOf(
    conversation: Conversation,
    { connection, by }: Supposed,
    lookups: Pick<MappingLookups, 'queue'>,
  ): boolean {
    const isSupposed = (said: { readonly by: Instance }) => by === 'all' || said.by === by;
    const calls = conversation.calls.filter(({ endedAt }) => endedAt === undefined);
    if (connection === 'calls')
      for (const said of this.#calls.values())
        if (isSupposed(said) && calls.some((call) => tellsMoreOfParties(call, said))) return true;
    for (const said of this.#queues.values())
      if (isSupposed(said) && calls.some((call) => tellsMoreOfStays(conversation, call, said, lookups)))
        return true;
    return false;
  }
}

function tellsMoreOfParties(call: Call, { item, parties, unexplained }: CallsSaid): boolean {
  const found = call.site === item.site ? parties.get(call.uuid) : undefined;
  if (found === undefined) return false;
  const named = new Set(found.map(({ party }) => party));
  const isNews = ({ party, state }: PartyAdded) => {
    const known = call.parties.find(({ id }) => id === party);
    if (known === undefined) {
      if (call.removed.includes(party)) return false;
      unexplained.add(party);
      return true;
    }
    if (known.state === state) unexplained.delete(party);
    return known.state !== state && (known.seen < item.since || unexplained.has(party));
  };
  const isGone =
    item.reliable !== false && call.parties.some(({ id, seen }) => seen < item.since && !named.has(id));
  return isGone || found.some(isNews);
}

function tellsMoreOfStays(
  { legs }: Conversation,
  { site, key, uuid }: Call,
  { item, waiting }: QueuesSaid,
  lookups: Pick<MappingLookups, 'queue'>,
): boolean {
  if (site !== item.site) return false;
  const stays = legs.filter((leg) => leg.kind === 'queue' && leg.site === site && leg.home === key);
  for (const [queue, calls] of waiting) {
    const here = stays.filter(({ dn }) => dn === queue);
    if (here.some(({ seen }) => seen >= item.since)) continue;
    const open = here.find(isOpen);
    if (calls.has(uuid)) {
      if (open === undefined && lookups.queue(site, queue) !== undefined) return true;
    } else if (item.absent !== false && open !== undefined && open.leaving === undefined) return true;
  }
  return false;
}
