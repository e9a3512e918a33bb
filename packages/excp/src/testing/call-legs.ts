/** What the calls of a load must become at the cloud, and whether they did, leg by leg. */
import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { type ExpectedConversation, wrapupCodes } from '@exec/simulators/scenarios';
import { type CallLoadOptions, type LoadEvent, verbs } from './call-load.ts';
import {
  largestTimeDifference,
  type Names,
  outline,
  type SeenConversation,
  seenConversations,
} from './golden.ts';

/** One of each call, in the order of their begins. */
export function expectedOfLoad(
  { production: { agents, queues }, startAt, callsPerSecond }: CallLoadOptions,
  load: readonly LoadEvent[],
): ExpectedConversation[] {
  const uuids = new Set(load.flatMap(({ event }) => event.frame.attributes.CallUUID ?? []));
  return [...uuids].map((uuid, index) => {
    const begin = startAt + Math.floor((index * 1000) / callsPerSecond);
    const employee = agents[index % agents.length]?.employeeId;
    const queue = queues[index % queues.length]?.number;
    return {
      call: String(uuid),
      transfers: [],
      legs: [
        legOf('external', begin, { inbound: 'established', release: 'ended:Self' }),
        legOf(`queue:${queue}`, begin, { queue: 'established', ring: 'ended:Transfer' }),
        legOf(`user:${employee}`, begin, {
          ...{ ring: 'established(alerting)', answer: 'answered', hold: 'held', retrieve: 'retrieved' },
          ...{ code: `disposition:${wrapupCodes[0]}`, release: 'ended:Peer' },
        }),
      ],
    };
  });
}

function legOf(
  participant: ExpectedConversation['legs'][number]['participant'],
  begin: number,
  steps: Partial<Record<keyof typeof verbs, string>>,
): ExpectedConversation['legs'][number] {
  return {
    participant,
    steps: Object.values(steps),
    times: (Object.keys(steps) as (keyof typeof verbs)[]).map((verb) => begin + verbs[verb]),
  };
}

export interface Legs {
  readonly calls: number;
  /** Expected, and not there. */
  readonly lost: number;
  /** There more often than expected, also in a conversation of its own. */
  readonly doubled: number;
  /** There, and not as it was played: other steps, another end, or nobody expected it. */
  readonly wrong: number;
  /** Largest difference of a time from the script, milliseconds. */
  readonly latest: number;
  /** The first conversation that is not as it was played. */
  readonly first?: object;
}

type Faults = Record<'lost' | 'doubled' | 'wrong', number>;

/** Compares in parts what the cloud accepted with what was played; forgets the events of each call that is as played. */
export class LegTally {
  readonly #names: Names;
  /** Calls that are not yet as they were played. */
  readonly #expected = new Map<string, ExpectedConversation>();
  /** By conversation: what is not yet, or no longer, as it was played. */
  readonly #events = new Map<string, ConversationEvent[]>();
  /** Conversations that are as they were played, with their calls. */
  readonly #done = new Map<string, string>();
  #calls = 0;
  #latest = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  add(expected: readonly ExpectedConversation[], accepted: readonly ConversationEvent[]): void {
    this.#calls += expected.length;
    for (const one of expected) this.#expected.set(one.call, one);
    for (const [id, events] of Map.groupBy(accepted, ({ event }) => event.conversationId)) {
      const all = [...(this.#events.get(id) ?? []), ...events];
      this.#events.set(id, all);
      const seen = this.#done.has(id) ? undefined : read(all, this.#names);
      const wanted = this.#expected.get(seen?.call ?? '');
      if (seen === undefined || wanted === undefined || !isEqual(seen, wanted)) continue;
      this.#latest = Math.max(this.#latest, largestTimeDifference(seen, wanted));
      this.#done.set(id, wanted.call);
      this.#expected.delete(wanted.call);
      this.#events.delete(id);
    }
  }

  /** As of what has been added by now. */
  get legs(): Legs {
    const sum: Faults = { lost: 0, doubled: 0, wrong: 0 };
    let first: object | undefined;
    const note = (faults: Partial<Faults>, what: object) => {
      for (const kind of ['lost', 'doubled', 'wrong'] as const) sum[kind] += faults[kind] ?? 0;
      first ??= what;
    };
    const calls = new Set(this.#done.values());
    const pending = new Map<string, SeenConversation[]>();
    for (const [id, events] of this.#events) {
      const seen = this.#done.has(id) ? undefined : read(events, this.#names);
      if (seen === undefined) {
        const more = events.filter(({ kind }) => kind.endsWith('EstablishedEvents')).length;
        note(more > 0 ? { doubled: more } : { wrong: 1 }, { events });
      } else if (this.#expected.has(seen.call))
        pending.set(seen.call, [...(pending.get(seen.call) ?? []), seen]);
      else note(calls.has(seen.call) ? { doubled: seen.legs.length } : { wrong: 1 }, { seen });
    }
    for (const [call, wanted] of this.#expected) {
      const got = pending.get(call) ?? [];
      note(compare(got, wanted), { got, wanted });
    }
    return { calls: this.#calls, ...sum, latest: this.#latest, ...(first === undefined ? {} : { first }) };
  }
}

/** Undefined: they tell of a leg that they do not establish. */
function read(events: readonly ConversationEvent[], names: Names): SeenConversation | undefined {
  try {
    return seenConversations(events, names)[0];
  } catch {
    return undefined;
  }
}

function isEqual(one: SeenConversation, wanted: ExpectedConversation): boolean {
  return JSON.stringify(outline(one, wanted)) === JSON.stringify(outline(wanted));
}

/** Of a call that is not as it was played. */
function compare(got: readonly SeenConversation[], wanted: ExpectedConversation): Faults {
  const faults = { lost: 0, doubled: 0, wrong: 0 };
  const legs = Map.groupBy(
    got.flatMap((one) => one.legs),
    ({ participant }) => participant,
  );
  for (const leg of wanted.legs) {
    const same = legs.get(leg.participant) ?? [];
    legs.delete(leg.participant);
    if (same.length === 0) faults.lost += 1;
    else faults.doubled += same.length - 1;
    faults.wrong += same.filter((one) => one.steps.join() !== leg.steps.join()).length;
  }
  faults.wrong += [...legs.values()].flat().length;
  // What lies beside the legs: a transfer that nobody made.
  return faults.lost + faults.doubled + faults.wrong === 0 ? { ...faults, wrong: 1 } : faults;
}
