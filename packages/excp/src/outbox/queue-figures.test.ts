/** What the queue says of what waits in it: its figures, and the marks with which it is stored. */
import { monotonicMs, wallMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { deadLegField, noLeg } from './dead-letter.ts';
import type { OutboxEntry } from './entry.ts';
import { SendQueue } from './queue.ts';

const limits = { events: 100, bytes: 480_000, ofConversation: 20 };
const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);
const of = (conversation: string, ...names: readonly string[]) =>
  names.map((id, n) => entry({ id, conversation, at: 1_000 + n, received: wallMs(500 + n) }));
const queueOf = (...entries: readonly OutboxEntry[]) => {
  const queue = new SendQueue();
  for (const one of entries) queue.add(one);
  return queue;
};
/** Its first entry is refused for now, until then. */
function held(queue: SendQueue, first: OutboxEntry, until: number): void {
  const batch = queue.take({ ...limits, events: 1 });
  queue.later(first, monotonicMs(until));
  queue.finish(batch);
}

it('is empty at the beginning', () => {
  const queue = new SendQueue();
  expect([queue.size, queue.hasReady, queue.nextRelease, queue.heldBack, queue.oldest]).toEqual([
    ...[0, false, undefined, 0, undefined],
  ]);
  expect([queue.waits('a'), queue.tries('a'), queue.isHeld('a'), queue.overtaken('a')]).toEqual([
    ...[false, 0, false, undefined],
  ]);
  expect([queue.all, [...queue.marks], queue.deadLegs, queue.deadLegFields('a')]).toEqual([[], [], {}, []]);
});

it('counts what waits, by conversation and together', () => {
  const [a1, a2] = of('a', '1-1', '1-3') as [OutboxEntry, OutboxEntry];
  const [b1] = of('b', '1-2') as [OutboxEntry];
  const queue = queueOf(a1, b1, a2);
  expect([queue.size, queue.waits('a'), queue.waits('b'), queue.waits('c')]).toEqual([3, true, true, false]);
  const batch = queue.take(limits);
  for (const one of batch) queue.accepted(one);
  queue.finish(batch);
  expect([queue.size, queue.waits('a'), queue.waits('b')]).toEqual([0, false, false]);
});

it('is as old as what was received first of what waits', () => {
  const [late, early] = [
    entry({ id: '1-1', conversation: 'a', received: wallMs(9) }),
    entry({ id: '1-2', conversation: 'b', received: wallMs(5) }),
  ];
  expect(queueOf(late, early).oldest).toBe(5);
  expect(queueOf(early, late).oldest).toBe(5);
});

it('goes on when the first of those that are held may', () => {
  const [a, b, c] = [...of('a', '1-1', '1-4'), ...of('b', '1-2'), ...of('c', '1-3')].toSorted((one, other) =>
    one.id < other.id ? -1 : 1,
  ) as [OutboxEntry, OutboxEntry, OutboxEntry];
  const queue = queueOf(a, b, c);
  held(queue, a, 700);
  held(queue, b, 500);
  held(queue, c, 600);
  expect([queue.nextRelease, queue.heldBack, queue.hasReady]).toEqual([500, 3, false]);
  expect(['a', 'b', 'x'].map((one) => queue.isHeld(one))).toEqual([true, true, false]);
  queue.release(monotonicMs(550));
  expect([queue.nextRelease, queue.heldBack, ids(queue.take(limits))]).toEqual([600, 2, ['1-2']]);
});

it('tries again as often as it is refused for now, until it is accepted or dead', () => {
  const [one, two] = of('a', '1-1', '1-2') as [OutboxEntry, OutboxEntry];
  const queue = queueOf(one, two);
  for (const tries of [1, 2]) {
    held(queue, one, 0);
    queue.release(monotonicMs(0));
    expect(queue.tries('a')).toBe(tries);
  }
  queue.dead(one, 'letter');
  expect(queue.tries('a')).toBe(0);
});

it('has of the entries that wait those that were certainly not accepted', () => {
  const [sent, fresh, gone] = of('a', '1-1', '1-2', '1-3') as [OutboxEntry, OutboxEntry, OutboxEntry];
  const queue = queueOf(sent, fresh, gone);
  queue.unknown(sent, false);
  queue.accepted(gone);
  expect(ids(queue.unsent([sent, fresh, gone]))).toEqual(['1-2']);
});

it.each<[string, (queue: SendQueue, one: OutboxEntry) => void, 'repeated' | 'dead']>([
  ['said to be a repeat', (queue, one) => queue.add({ ...one, repeat: true }), 'repeated'],
  ['sent before', (queue, one) => queue.add(one, { sent: true }), 'repeated'],
  ['not sent before', (queue, one) => queue.add(one, { sent: false }), 'dead'],
  ['new', (queue, one) => queue.add(one), 'dead'],
])('may have been accepted before when it is %s', (_, add, judgement) => {
  const queue = new SendQueue();
  const [one] = of('a', '1-1') as [OutboxEntry];
  add(queue, one);
  expect(queue.judge(one, undefined)).toBe(judgement);
});

it('knows more of what may have been accepted once more than a 500 says so', () => {
  const [one] = of('a', '1-1') as [OutboxEntry];
  const queue = queueOf(one);
  queue.unknown(one, true);
  queue.unknown(one, false);
  expect(queue.judge(one, 'server-error')).toBe('again');
});

it('marks what may have been accepted, what is on its way, and what has to be after another time', () => {
  const [a1, a2] = of('a', '1-1', '1-2') as [OutboxEntry, OutboxEntry];
  const [b1] = of('b', '1-3') as [OutboxEntry];
  const queue = queueOf(a1, a2, b1);
  expect([...queue.marks]).toEqual([]);
  const batch = queue.take({ ...limits, events: 2 });
  expect([...queue.marks]).toEqual([
    ['1-1', '1'],
    ['1-2', '1'],
  ]);
  queue.accepted(a2);
  queue.later(a1, monotonicMs(0));
  queue.finish(batch);
  queue.unknown(b1, false);
  expect([...queue.marks]).toEqual([
    ['1-3', '1'],
    ['1-1', '1001'],
  ]);
});

/** Nothing waits in it; the second event of the conversation was accepted before the first. */
function laterAcceptedFirst(): SendQueue {
  const [a1, a2] = of('a', '1-1', '1-2') as [OutboxEntry, OutboxEntry];
  const queue = queueOf(a1, a2);
  const batch = queue.take(limits);
  queue.accepted(a2);
  queue.accepted(a1);
  queue.finish(batch);
  return queue;
}

it('remembers of a conversation of which nothing waits what was accepted out of its turn', () => {
  const queue = laterAcceptedFirst();
  queue.add(entry({ id: '1-5', conversation: 'a', at: 900 }));
  expect(queue.take(limits).map(({ at }) => at)).toEqual([1_002]);
});

it('forgets that with the conversation', () => {
  const queue = laterAcceptedFirst();
  queue.forget('a');
  queue.add(entry({ id: '1-5', conversation: 'a', at: 900 }));
  expect(queue.take(limits).map(({ at }) => at)).toEqual([900]);
});

it('keeps times that rise by themselves, and those that were given as the least', () => {
  const queue = new SendQueue();
  queue.add(entry({ id: '1-1', conversation: 'a', at: 900 }), { floor: wallMs(1_000) });
  queue.add(entry({ id: '1-2', conversation: 'a', at: 2_000 }), { floor: wallMs(800) });
  expect(queue.overtaken('a')).toEqual(['1-1', 1_000]);
  expect(queue.take(limits).map(({ at }) => at)).toEqual([1_001, 2_000]);
});

it('names its dead legs as they are stored', () => {
  const fields = { '["a","p:one"]': 'L1', '["a","p:two"]': 'L2', '["b","p:one"]': 'L3' };
  const queue = new SendQueue(fields);
  expect(queue.deadLegs).toEqual(fields);
  expect(queue.deadLegFields('a')).toEqual(['["a","p:one"]', '["a","p:two"]']);
  queue.revive('a', 'p:one');
  queue.revive('x', 'p:one');
  queue.forget('b');
  expect(queue.deadLegs).toEqual({ '["a","p:two"]': 'L2' });
});

it('lets a leg that is refused without a name, or that nothing establishes, take nobody along', () => {
  const queue = queueOf(entry({ id: '1-1', legs: [], establishes: true }), entry({ id: '1-2' }));
  const [nameless, plain] = queue.all as [OutboxEntry, OutboxEntry];
  expect(queue.dead(nameless, 'L')).toEqual({ entries: [nameless], deadLeg: undefined });
  expect(queue.dead(plain, 'L')).toEqual({ entries: [plain], deadLeg: undefined });
  // The next term knows by it that the conversation is not complete.
  expect(queue.deadLegs).toEqual({ [deadLegField('site/call', noLeg)]: 'L' });
});

it('gives a request that is full by its bytes, and the next one the rest', () => {
  const sized = (id: string, conversation: string, bytes: number) => entry({ id, conversation, bytes });
  const room = limits.bytes - 1_024;
  const queue = queueOf(sized('1-1', 'a', room - 10), sized('1-2', 'b', 10), sized('1-3', 'c', 1));
  expect(ids(queue.take(limits))).toEqual(['1-1', '1-2']);
  expect(ids(queue.take(limits))).toEqual(['1-3']);
});

it.each([
  ['with others when it was refused for now', {}, ['1-2', '1-1']],
  ['alone when that was said', { alone: true }, ['1-2']],
] as const)('goes %s', (_, o, wanted) => {
  const [a, b] = [...of('a', '1-1'), ...of('b', '1-2')] as [OutboxEntry, OutboxEntry];
  const queue = queueOf(a);
  const batch = queue.take(limits);
  queue.later(a, monotonicMs(0), o);
  queue.finish(batch);
  queue.add(b);
  queue.release(monotonicMs(0));
  const next = queue.take(limits);
  expect(ids(next)).toEqual(wanted);
  for (const one of next) queue.accepted(one);
  queue.finish(next);
  expect(ids(queue.take(limits))).toEqual(wanted.length === 1 ? ['1-1'] : []);
});

it.each<[string, (queue: SendQueue, one: OutboxEntry) => void]>([
  ['accepted', (queue, one) => queue.accepted(one)],
  ['refused for good', (queue, one) => queue.dead(one, 'letter')],
])('goes with others again when what went alone is %s', (_, answer) => {
  const [a1, a2, b] = [...of('a', '1-1', '1-2'), ...of('b', '1-3')] as [
    OutboxEntry,
    OutboxEntry,
    OutboxEntry,
  ];
  const queue = queueOf(a1, a2);
  const batch = queue.take(limits);
  queue.later(a1, monotonicMs(0), { alone: true });
  queue.finish(batch);
  queue.release(monotonicMs(0));
  const alone = queue.take(limits);
  expect(ids(alone)).toEqual(['1-1']);
  answer(queue, a1);
  queue.finish(alone);
  queue.add(b);
  expect(ids(queue.take(limits))).toEqual(['1-2', '1-3']);
});
