/** Random answers of the cloud and of Redis: what must hold whatever comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import type { EventFault, RedisFault, RequestFault } from '../testing/outbox-model.ts';
import { OutboxStand } from '../testing/outbox-stand.ts';
import type { OutboxEntry } from './entry.ts';

const start = Date.UTC(2026, 0, 5, 8);

/** Calls with two legs each: both are established, have some events, and end. */
function calls(count: number, events: number): OutboxEntry[] {
  let id = 0;
  return Array.from({ length: events }, (_, n) =>
    Array.from({ length: count }, (__, call) =>
      ['p:one', 'p:two'].map((leg, index) =>
        entry({
          id: `1-${++id}`,
          conversation: `site/call-${call}`,
          legs: [leg],
          establishes: n === 0,
          at: start + n * 1_000 + index,
        }),
      ),
    ).flat(),
  ).flat();
}

const none = undefined;
const requestFaults: readonly (RequestFault | undefined)[] = [
  ...[none, none, none],
  ...([400, 401, 403, 413, 429, 500, 503, 'lost-before', 'lost-after', '500-after'] as const),
];
const redisFaults: readonly (RedisFault | undefined)[] = [
  none,
  none,
  none,
  'OOM',
  'READONLY',
  'away',
  'lost',
];
const eventFaults: readonly (EventFault | undefined)[] = [none, none, none, 'later', 'never'];

const run = fc.record({
  calls: fc.integer({ min: 1, max: 6 }),
  events: fc.integer({ min: 2, max: 6 }),
  refusesRepeats: fc.boolean(),
  requests: fc.array(fc.constantFrom(...requestFaults), { maxLength: 50 }),
  redis: fc.array(fc.constantFrom(...redisFaults), { maxLength: 50 }),
  /** By place in the list of entries: refused for now once, or for good whenever it comes. */
  refusals: fc.array(fc.constantFrom(...eventFaults), { maxLength: 30 }),
  /** Entries of one commit. */
  chunk: fc.integer({ min: 1, max: 12 }),
  delays: fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 10 }),
  /** Terms that end in order, and begin again from what Redis holds. */
  restartsAfter: fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 3 }),
});

type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

async function play(r: Run) {
  const entries = calls(r.calls, r.events);
  const refusals = new Map(entries.map(({ event }, index) => [event.event.eventId, r.refusals[index]]));
  const faults = boundedFaults(r.requests);
  const stand = new OutboxStand(entries, {
    refusesRepeats: r.refusesRepeats,
    request: faults,
    delay: (n) => r.delays[n % r.delays.length] ?? 0,
    event: (id, n) => {
      const fault = refusals.get(id);
      // A refusal for now of which nobody is told may let what follows overtake it: nothing can be done about that.
      if (fault === 'later') {
        if (faults(n, []) !== undefined) return undefined;
        refusals.set(id, undefined);
      }
      return fault;
    },
  });
  stand.redis.fault = (n) => r.redis[n - 1];
  const idOf = new Map(entries.map(({ id, event }) => [event.event.eventId, id]));
  stand.cloud.onRequest = (ids) => {
    for (const id of ids)
      if (!stand.redis.sending.has(idOf.get(id) ?? '')) stand.cloud.broken.push(`${id} goes without a mark`);
  };
  for (let at = 0; at < entries.length; at += r.chunk) {
    stand.commit(...entries.slice(at, at + r.chunk));
    await stand.clock.advance(500);
  }
  // A term that ends while Redis takes nothing takes with it what it knew of the times.
  let isForgotten = false;
  for (const wait of r.restartsAfter) {
    await stand.clock.advance(wait);
    const stopped = stand.outbox.stop();
    await stand.clock.advance(7_000);
    await stopped;
    if (r.redis[stand.redis.calls - 1] !== undefined) isForgotten = true;
    // The next term may repeat what this one could not write, and knows of what was sent only that it was.
    stand.cloud.confirmed.clear();
    for (const { id, event } of entries)
      if (stand.redis.sending.has(id)) stand.cloud.unanswered.add(event.event.eventId);
    stand.begin();
  }
  await stand.clock.advance(3_600_000);
  const end = stand.outbox.stop();
  await stand.clock.advance(7_000);
  await end;
  return { entries, stand, refusals, isForgotten };
}

/** No more than the tries that an event has by the contract: beyond them it is refused by right. */
function boundedFaults(list: readonly (RequestFault | undefined)[]) {
  const given = new Map<number, RequestFault | undefined>();
  const alone = new Map<string, number>();
  let serverErrors = 0;
  return (n: number, part: readonly string[]): RequestFault | undefined => {
    if (given.has(n)) return given.get(n);
    let fault = list[n - 1];
    serverErrors = fault === 500 || fault === '500-after' ? serverErrors + 1 : 0;
    if (serverErrors > 3) fault = undefined;
    const [id = ''] = part;
    if (part.length === 1 && (fault === 400 || fault === 413)) {
      const times = (alone.get(id) ?? 0) + 1;
      alone.set(id, times);
      if (times > 4) fault = undefined;
    }
    given.set(n, fault);
    return fault;
  };
}

describe('whatever the cloud and Redis answer', () => {
  it('each event is accepted once or dead with its reason, in order, one request of a conversation at a time', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (r) => {
        const { entries, stand, refusals, isForgotten } = await play(r);
        expect(stand.cloud.broken).toEqual([]);
        expect([stand.outbox.size, stand.redis.out.size, stand.redis.sending.size]).toEqual([0, 0, 0]);

        const accepted = new Set(stand.accepted);
        expect(accepted.size).toBe(stand.accepted.length);
        const dead = new Set(stand.dead);
        expect(dead.size).toBe(stand.dead.length);
        expect([...dead].filter((id) => accepted.has(id))).toEqual([]);
        for (const { id, event } of entries) {
          const { eventId } = event.event;
          // A refusal after a lost answer counts as the refusal of a repeat.
          const isTakenForRepeat = stand.cloud.unanswered.has(eventId) && refusals.get(eventId) === 'never';
          if (!isTakenForRepeat && !followsOne(id))
            expect([id, accepted.has(id) || dead.has(id)]).toEqual([id, true]);
        }
        /** An event of a leg that was never established, though it is taken to be. */
        function followsOne(id: string): boolean {
          const one = entries.find((other) => other.id === id);
          return (
            one !== undefined &&
            stand.cloud.unanswered.has(one.event.event.eventId) &&
            entries.some(
              (other) =>
                other.establishes &&
                other.conversation === one.conversation &&
                other.legs[0] === one.legs[0] &&
                !accepted.has(other.id),
            )
          );
        }
        for (const list of Map.groupBy(stand.cloud.accepted, ({ event }) => event.conversationId).values()) {
          const times = list.map(({ event }) => event.eventDateTime);
          if (!isForgotten) expect(times).toEqual([...new Set(times)].toSorted());
        }
      }),
      { numRuns: Number(process.env.OUTBOX_RUNS ?? 300) },
    );
  });
});
