import { asId, type CallUuid } from '@exec/common/ids';
import { discoveredAt, engageMicros, type StreamMs, streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { callKey } from '../conversation/state.ts';
import type { CallsFound, QueuesFound } from '../events/snapshots.ts';
import { namedCalls, PendingSnapshots } from './pending-snapshots.ts';

const waitMs = 2_000;
const now = streamMs(100_000);
const later = (ms: number) => streamMs(now + ms);

/** What a connection of the instance `one` names; a session is `<connection>:<number>`. */
function calls(names: readonly string[], o: Partial<CallsFound> = {}): CallsFound {
  return {
    ...{ kind: 'calls-found', site: 'A', session: 'one:1', since: now, complete: true },
    calls: names.map((name) => ({
      created: {
        ...{ kind: 'call-created', site: o.site ?? 'A', at: engageMicros(5), type: 'Inbound' },
        ...{ call: asId<CallUuid>(name), connId: `conn-${name}` },
      },
      parties: [],
    })),
    ...o,
  };
}

const queues = (o: Partial<QueuesFound> = {}): QueuesFound => ({
  ...{ kind: 'queues-found', site: 'A', since: now, queues: [] },
  ...o,
});

/** What is compared at a time: the names of its entries, and the calls that it names. */
function taken(pending: PendingSnapshots, at: StreamMs): readonly [string, ...string[]] | undefined {
  const due = pending.takeDue(at);
  if (due === undefined) return undefined;
  const named = due.item.kind === 'calls-found' ? due.item.calls.map(({ created }) => created.call) : [];
  return [due.ids.join(' '), ...named];
}

describe('a snapshot', () => {
  it.each([
    ['of calls', calls(['M'])],
    ['of queues', queues()],
  ])('%s is compared when late events have had their time, as of its discovery', (_of, item) => {
    const pending = new PendingSnapshots(waitMs);
    expect(pending.firstDue).toBeUndefined();
    expect(pending.add(item, '1-1', now)).toEqual([]);
    expect(pending.firstDue).toBe(later(waitMs));
    expect(pending.takeDue(later(waitMs - 1))).toBeUndefined();
    expect(pending.takeDue(later(waitMs))).toMatchObject({ at: discoveredAt(now), ids: ['1-1'], putOff: 0 });
    expect(pending.takeDue(later(90_000))).toBeUndefined();
  });

  it('is compared at once when more than a thousand wait, the oldest first', () => {
    const pending = new PendingSnapshots(waitMs);
    for (let n = 1; n <= 1_002; n++) pending.add(queues(), `1-${n}`, now);
    expect(taken(pending, now)).toEqual(['1-1']);
    expect(taken(pending, now)).toEqual(['1-2']);
    expect(taken(pending, now)).toBeUndefined();
  });
});

describe('a resynchronisation in parts', () => {
  it('is one snapshot when its last part has come', () => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(calls(['M'], { complete: false }), '1-1', now);
    expect(pending.firstDue).toBeUndefined();
    pending.add(calls(['N']), '1-2', later(10));
    expect(taken(pending, later(waitMs + 10))).toEqual(['1-1 1-2', 'M', 'N']);
  });

  it.each<[string, Partial<CallsFound>, StreamMs, readonly string[]]>([
    ['of the same connection gives up an earlier one', { session: 'one:2' }, later(1), ['1-1']],
    ['of another connection leaves it alone', { session: 'two:1' }, later(1), []],
    ['of the same name on another site leaves it alone', { site: 'B' }, later(1), []],
    ['of another connection leaves it alone for a minute', { session: 'two:1' }, later(59_999), []],
    ['of another connection gives up what takes longer', { session: 'two:1' }, later(60_000), ['1-1']],
    ['goes on in a minute, but is given up then', {}, later(60_000), ['1-1']],
  ])('%s', (_what, o, at, abandoned) => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(calls(['M'], { complete: false }), '1-1', now);
    expect(pending.add(calls(['N'], o), '1-2', at)).toEqual(abandoned);
  });

  it('is given up when two hundred others are under way, the oldest first', () => {
    const pending = new PendingSnapshots(waitMs);
    const begin = (n: number) =>
      pending.add(calls([], { session: `${n}:1`, complete: false }), `1-${n}`, now);
    for (let n = 1; n <= 200; n++) expect(begin(n)).toEqual([]);
    expect(begin(201)).toEqual(['1-1']);
    expect(begin(202)).toEqual(['1-2']);
  });
});

describe('what is left of a snapshot of queues', () => {
  it('waits once more, in its place among the others', () => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(queues(), '1-1', now);
    pending.add(queues(), '1-2', later(waitMs));
    pending.add(queues(), '1-3', later(waitMs + 1));
    const first = pending.takeDue(later(waitMs));
    if (first === undefined) throw new Error('nothing is due');
    const rest = queues({ absent: false });
    expect(pending.putOff(first, rest)).toBe(true);
    expect(taken(pending, later(90_000))).toEqual(['1-2']);
    expect(pending.takeDue(later(2 * waitMs))).toMatchObject({ ids: ['1-1'], item: rest, putOff: 1 });
    expect(taken(pending, later(90_000))).toEqual(['1-3']);
  });

  it('waits behind all that is due before', () => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(queues(), '1-1', now);
    pending.add(queues(), '1-2', later(1));
    pending.add(queues(), '1-3', later(2));
    const first = pending.takeDue(later(waitMs)) ?? expect.fail();
    pending.putOff(first, queues());
    expect(pending.firstDue).toBe(later(waitMs + 1));
    expect([1, 2, 3].map(() => taken(pending, later(90_000))?.[0])).toEqual(['1-2', '1-3', '1-1']);
  });

  it('waits before all that is due later', () => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(queues(), '1-1', now);
    const first = pending.takeDue(later(waitMs)) ?? expect.fail();
    pending.add(queues(), '1-2', later(waitMs + 1));
    pending.putOff(first, queues());
    expect([1, 2].map(() => taken(pending, later(90_000))?.[0])).toEqual(['1-1', '1-2']);
  });

  it('waits eight times', () => {
    const pending = new PendingSnapshots(waitMs);
    pending.add(queues(), '1-1', now);
    for (let n = 0; n < 9; n++) {
      const due = pending.takeDue(later(90_000));
      if (due === undefined) throw new Error('nothing is due');
      expect(pending.putOff(due, queues())).toBe(n < 8);
    }
    expect(pending.firstDue).toBeUndefined();
  });
});

describe('whether a snapshot may still name a call', () => {
  const underWay = (pending: PendingSnapshots) => pending.add(calls([], { complete: false }), '1-1', now);
  const complete = (pending: PendingSnapshots) => pending.add(calls(['M']), '1-1', now);
  const ofQueues = (pending: PendingSnapshots) =>
    pending.add(queues({ queues: [{ queue: '7000', calls: [asId<CallUuid>('M')] }] }), '1-1', now);

  it.each<
    [
      string,
      (pending: PendingSnapshots) => unknown,
      string,
      { call?: string; connId?: string },
      number,
      boolean,
    ]
  >([
    ['nothing was found', () => undefined, 'A', { call: 'M' }, 0, false],
    ['one is under way on its site', underWay, 'A', { call: 'M' }, 59_999, true],
    ['one is under way for too long', underWay, 'A', { call: 'M' }, 60_000, false],
    ['one is under way on another site', underWay, 'B', { call: 'M' }, 0, false],
    ['one is under way, and nothing is named', underWay, 'A', {}, 0, false],
    ['one names it', complete, 'A', { call: 'M' }, 0, true],
    ['one names it by its connection', complete, 'A', { connId: 'conn-M' }, 0, true],
    ['one names it, although its connection is another', complete, 'A', { call: 'M', connId: 'x' }, 0, true],
    [
      'one names it among others',
      (pending) => pending.add(calls(['L', 'M', 'N']), '1-1', now),
      ...(['A', { call: 'M' }, 0, true] as const),
    ],
    ['one names another', complete, 'A', { call: 'N' }, 0, false],
    ['one names another connection', complete, 'A', { connId: 'x' }, 0, false],
    ['one names it on another site', complete, 'B', { call: 'M' }, 0, false],
    ['only a queue names it', ofQueues, 'A', { call: 'M' }, 0, false],
  ])('%s', (_when, found, site, named, passed, may) => {
    const pending = new PendingSnapshots(waitMs);
    found(pending);
    expect(pending.mayName(site, named, later(passed))).toBe(may);
  });
});

it('a snapshot names calls of its own site', () => {
  expect([...namedCalls(calls(['M', 'N'], { site: 'B' }), callKey)]).toEqual(['B/M', 'B/N']);
});
