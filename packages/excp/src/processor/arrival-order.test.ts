import { asId, type CallUuid } from '@exec/common/ids';
import { engageMicros, laterBy, streamMs, wallMs } from '@exec/common/instants';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryContent } from '../events/in-stream-entry.ts';
import { ArrivalOrder } from './arrival-order.ts';
import type { StreamEntry } from './store.ts';

const begin = streamMs(1_700_000_000_000);
const second = (n: number) => laterBy(begin, n * 1_000);
/** The SIP Server's clock is not Redis'. */
const serverAhead = 1_234;

interface Entry {
  readonly name: string;
  /** Seconds since the begin. */
  readonly storedAt: number;
  /** Seconds; undefined: no event, but what its instance found. */
  readonly happened?: number | undefined;
  readonly by?: string;
  /** Seconds, as its instance knew them. */
  readonly waited?: number;
}

function contentOf({ name, happened }: Entry): EntryContent {
  if (happened === undefined)
    return { kind: 'agents-found', site: 's', since: begin, dns: [{ dn: name }] } as const;
  const at = engageMicros((begin + (happened + serverAhead) * 1_000) * 1_000);
  return { kind: 'call-created', site: 's', at, call: asId<CallUuid>(name), type: 'Inbound' } as const;
}

function add(order: ArrivalOrder, entry: Entry): void {
  const { name, storedAt, by = 'one', waited = 0 } = entry;
  const stored: StreamEntry = {
    ...{ id: name, waited: waited * 1_000, text: name },
    entry: { received: wallMs(0), content: contentOf(entry), by },
  };
  order.add(stored, second(storedAt - waited), second(storedAt));
}

function taken(order: ArrivalOrder): string {
  const names: string[] = [];
  for (let next = order.take(); next !== undefined; next = order.take()) names.push(next.stored.text);
  return names.join(' ');
}

function orderOf(...entries: readonly Entry[]) {
  const order = new ArrivalOrder();
  for (const entry of entries) add(order, entry);
  return order;
}

describe('the order of arrival', () => {
  it('is that of the stream, at once, while Redis is there', () => {
    const order = orderOf(
      { name: 'a', storedAt: 2, happened: 2 },
      { name: 'b', storedAt: 2, happened: 1, by: 'two', waited: 0.9 },
      { name: 'found', storedAt: 3 },
    );
    expect(order.keptSince).toBeUndefined();
    expect(taken(order)).toBe('a b found');
  });

  it('what one instance stores late comes before what the other heard later', () => {
    const order = new ArrivalOrder();
    // Two was blind: back first, it stores what it found, and what it hears from now on.
    order.wasAway({ from: second(10), to: second(20) });
    add(order, { name: 'two-found', storedAt: 20, by: 'two' });
    add(order, { name: 'two-live', storedAt: 21, happened: 21, by: 'two' });
    add(order, { name: 'one-first', storedAt: 22, happened: 12, waited: 10 });
    add(order, { name: 'one-second', storedAt: 22, happened: 20.5, waited: 1.5 });
    add(order, { name: 'one-live', storedAt: 22.5, happened: 22.5 });
    order.readTo(second(31.9));
    expect(taken(order)).toBe('');
    order.readTo(second(32));
    expect(taken(order)).toBe('one-first two-found one-second two-live one-live');
    expect(order.keptSince).toBeUndefined();
  });

  it('is changed without an own outage, because of what had to wait', () => {
    const order = orderOf({ name: 'live', storedAt: 20, happened: 20, by: 'two' });
    expect(taken(order)).toBe('live');
    add(order, { name: 'later', storedAt: 21.5, happened: 21.5, waited: 1 });
    add(order, { name: 'late', storedAt: 22, happened: 20.5, by: 'two' });
    expect(taken(order)).toBe('');
    expect(order.keptSince).toBe(second(21.5));
    add(order, { name: 'next', storedAt: 32, happened: 32, by: 'two' });
    expect(taken(order)).toBe('late later next');
  });

  it('is changed from the outage on, whatever waits in the stream since long before', () => {
    const order = new ArrivalOrder();
    order.wasAway({ from: second(10), to: second(20) });
    add(order, { name: 'old', storedAt: 2, happened: 2 });
    expect(taken(order)).toBe('old');
    add(order, { name: 'two-found', storedAt: 20, by: 'two' });
    add(order, { name: 'one', storedAt: 22.1, happened: 12, waited: 10 });
    expect(taken(order)).toBe('');
    order.readTo(second(33));
    expect(taken(order)).toBe('one two-found');
  });

  it('is that of the events, where Redis stood still and nobody knows how long they were on their way', () => {
    const order = new ArrivalOrder();
    order.wasAway({ from: second(0), to: second(25) });
    // Both heard all four. The first one was in the socket of a Redis that did nothing: it seems not to have waited.
    add(order, { name: 'a', storedAt: 25, happened: 1 });
    add(order, { name: 'b', storedAt: 25.1, happened: 2, by: 'two', waited: 23 });
    add(order, { name: 'c', storedAt: 25.2, happened: 3, waited: 22 });
    add(order, { name: 'd', storedAt: 25.3, happened: 4, by: 'two', waited: 21 });
    order.readTo(second(40));
    expect(taken(order)).toBe('a b c d');
  });

  it('leaves a connection its order, though the clock of its server was put back', () => {
    const order = new ArrivalOrder();
    order.wasAway({ from: second(10), to: second(20) });
    add(order, { name: 'a', storedAt: 20, happened: 20 });
    add(order, { name: 'b', storedAt: 21, happened: -3_000 });
    add(order, { name: 'found', storedAt: 21 });
    add(order, { name: 'c', storedAt: 22, happened: -2_999 });
    order.readTo(second(40));
    expect(taken(order).replace(' found', '')).toBe('a b c');
  });

  it('never lets what an instance found come before what it heard before', () => {
    const order = new ArrivalOrder();
    order.wasAway({ from: second(10), to: second(20) });
    add(order, { name: 'other', storedAt: 20, happened: 20, by: 'two' });
    // The time in which its own event was on its way is not known.
    add(order, { name: 'heard', storedAt: 25, happened: 24 });
    add(order, { name: 'found', storedAt: 25, waited: 4 });
    order.readTo(second(40));
    expect(taken(order)).toBe('other heard found');
  });

  it('keeps nothing back for more than twenty seconds, however long events have to wait for Redis', () => {
    const order = new ArrivalOrder();
    const delays: number[] = [];
    for (let at = 0; at < 100; at++) {
      add(order, { name: `${at}`, storedAt: at, happened: at - 3, waited: 3 });
      for (const name of taken(order).split(' ').filter(Boolean)) delays.push(at - Number(name));
    }
    expect(delays.length).toBe(80);
    expect(Math.max(...delays)).toBe(20);
  });

  it('keeps a bounded number of bytes back', () => {
    const order = new ArrivalOrder(10);
    for (let at = 0; at < 8; at++)
      add(order, { name: `a${at}`, storedAt: at / 10, happened: -at, waited: 2, by: `${at}` });
    expect(taken(order)).toBe('a5 a4 a3 a2 a1 a0');
    order.readTo(second(11));
    expect(taken(order)).toBe('a7 a6');
  });

  it('loses nothing, takes nothing twice, and keeps the order of each connection', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 4 }),
      by: fc.constantFrom('one', 'two'),
      waited: fc.constantFrom(0, 0, 0.2, 1, 3, 15),
      happened: fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined }),
      reads: fc.boolean(),
      back: fc.constantFrom(false, false, false, true),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const order = new ArrivalOrder(80);
        const added = new Map<string, string[]>();
        const out: string[] = [];
        let now = 0;
        for (const [index, { after, by, waited, happened, reads, back }] of steps.entries()) {
          now += after;
          if (back) order.wasAway({ from: second(now - 3), to: second(now) });
          const of = `${by}-${happened === undefined ? 'found' : 'heard'}-`;
          added.set(of, [...(added.get(of) ?? []), `${of}${index}`]);
          add(order, { name: `${of}${index}`, storedAt: now, by, waited, happened });
          if (reads) order.readTo(second(now));
          out.push(...taken(order).split(' ').filter(Boolean));
        }
        order.readTo(second(now + 1_000));
        out.push(...taken(order).split(' ').filter(Boolean));
        for (const [of, names] of added) expect(out.filter((name) => name.startsWith(of))).toEqual(names);
        expect(out.length).toBe(steps.length);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
