/**
 * One instance watches all the time and is late; another one connects while calls go on. What one has told may stand in
 * the stream before what the other has yet to read: every conversation is told as it was, all the same.
 */
import {
  arrivals,
  produce,
  Random,
  type Recorded,
  type Recording,
  record,
  scenarios,
  type Visit,
} from '@exec/simulators/scenarios';
import { askedSeed } from '@exec/testing/vitest';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../events/snapshots.ts';
import { namesOf, outline, seenConversations } from '../testing/golden.ts';
import { violations } from '../testing/invariants.ts';
import { mappingOf } from '../testing/mapping.ts';
import { itemsOf, Player, type ReceivedItem } from '../testing/replay.ts';

/** In these something hangs on who logs in when, or on more than four seconds between two events. */
const inexact = ['login-mid-call', 'transfer-to-unmapped-queue'];
const production = produce(
  scenarios.filter(
    ({ solo, settings, name }) =>
      !solo && settings === undefined && !name.includes('site') && !inexact.includes(name),
  ),
);
/** How late the instance is at most that was there before, on all its connections alike, milliseconds. */
const lateMs = 4_000;
/** How long the server takes for what goes on, while it goes on, milliseconds. */
const underWayMs = 1_000;
/** Around the begin of the newcomer, milliseconds. */
const leapWithinMs = 12_000;
/** So many times faster than life: much happens while one is late. */
const speed = 8;
const asked = askedSeed();
const seeds = [1, 2, 3, ...(asked === undefined ? [] : [asked])];

const map = mappingOf(production);

type Event = Recorded & { readonly kind: 'event' };
const happened = ({ event: { time } }: Event) => time.seconds * 1000 + time.microseconds / 1000;

/** What both instances receive, in the order in which they store it. */
function received(
  { recorded }: Recording,
  { at: answered, after, found }: Visit,
  random: Random,
): ReceivedItem[] {
  const events = recorded.filter((one) => one.kind === 'event');
  const begins = answered - random.next() * underWayMs;
  const late = random.next() * lateMs;
  const before = new Set<Recorded>(recorded.slice(0, after));
  const of = (some: readonly Event[]) =>
    arrivals(some, { seed: Math.floor(random.next() * 1e9), skewMs: 20 });
  const all = [
    ...of(events).map((one) => ({ ...one, at: one.at + late, by: 'watcher' })),
    ...of(events.filter((one) => happened(one) > begins)).map((one) => ({
      ...one,
      // What happened before it was answered is sent before that.
      at: before.has(one.recorded) ? Math.min(one.at, answered) : Math.max(one.at, answered),
      by: 'newcomer',
    })),
  ].toSorted((a, b) => a.at - b.at);
  const stored = new Set<Recorded>();
  const items: ReceivedItem[] = [];
  for (const { recorded: one, at, by } of all)
    for (const item of itemsOf(one, at)) {
      items.push({ item, at, by, isRepeat: stored.has(one) });
      stored.add(one);
    }
  const [first, ...others] = found.flatMap((one) => itemsOf(one, begins));
  if (first === undefined) throw new Error('nothing was found');
  const insert = (at: number, some: readonly ModelInput[]) => {
    const place = items.findIndex((one) => one.at > at);
    const snapshots = some.map((item): ReceivedItem => ({ item, at, by: 'newcomer' }));
    items.splice(place < 0 ? items.length : place, 0, ...snapshots);
  };
  insert(answered, others);
  insert(begins, [first]);
  return items;
}

function play(seed: number, leapMs?: number): void {
  const random = new Random(seed);
  const everyMs = 100;
  const lastsMs = production.performances.length * everyMs + 5_000;
  const visits = Array.from({ length: 12 }, () => random.next() * lastsMs).toSorted((a, b) => a - b);
  const transferStyle = seed % 2 === 0 ? 'add' : 'move';
  const recording = record(production, { everyMs, speed, transferStyle, visits });
  const differing: unknown[] = [];
  for (const visit of recording.visits) {
    const items = received(recording, visit, random);
    const leapAt = visit.at + (random.next() - 0.5) * leapWithinMs;
    const leap = leapMs === undefined ? {} : { leap: { at: leapAt, byMs: leapMs } };
    const player = new Player({ map, settings: { sites: [] }, asksAlways: true, ...leap });
    player.playAll(items);
    player.rest((items.at(-1)?.at ?? 0) + 40_000);
    const seen = new Map(seenConversations(player.events, namesOf(production)).map((one) => [one.call, one]));
    for (const { expected, performance } of recording.played)
      for (const wanted of expected) {
        const got = seen.get(wanted.call);
        if (got === undefined || JSON.stringify(outline(got, wanted)) !== JSON.stringify(outline(wanted)))
          differing.push({
            scenario: performance.scenario.name,
            visit: visit.at,
            got: got && outline(got, wanted),
            wanted: outline(wanted),
          });
      }
    expect(violations(player.events)).toEqual([]);
  }
  expect(differing).toEqual([]);
}

it.each(seeds)('an instance that begins to watch changes nothing (seed %d)', (seed) => play(seed));

describe.each([
  [1, 3_000],
  [2, 18_400],
  [3, 3_600_000],
] as const)('seed %d, by %d ms', (seed, byMs) => {
  it("nor does it when the SIP Servers' clock is put forward meanwhile", () => play(seed, byMs));
});
