import { monotonicMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { noLeg } from './dead-letter.ts';
import type { OutboxEntry } from './entry.ts';
import { SendQueue } from './queue.ts';

const limits = { events: 100, bytes: 480_000, ofConversation: 20 };
const ids = (batch: readonly { readonly id: string }[]) => batch.map(({ id }) => id);

/** A queue with these entries, and its first batch. */
function taken(...entries: readonly OutboxEntry[]) {
  const queue = new SendQueue();
  for (const one of entries) queue.add(one);
  return { queue, batch: queue.take(limits) };
}

const three = () =>
  [1, 2, 3].map((n) => entry({ id: `1-${n}`, conversation: 'a', at: 1_000 + n })) as [
    OutboxEntry,
    OutboxEntry,
    OutboxEntry,
  ];

describe('the queue', () => {
  it('gives a conversation in order, one request at a time', () => {
    const { queue, batch } = taken(...three());
    expect(ids(batch)).toEqual(['1-1', '1-2', '1-3']);
    queue.add(entry({ id: '1-4', conversation: 'a' }));
    expect(queue.take(limits)).toEqual([]);
    for (const one of batch) queue.accepted(one);
    queue.finish(batch);
    expect(ids(queue.take(limits))).toEqual(['1-4']);
  });

  it('fills a request across conversations, and none takes more than its share', () => {
    const queue = new SendQueue();
    for (let n = 1; n <= 30; n++) queue.add(entry({ id: `1-${n}`, conversation: 'a' }));
    for (let n = 31; n <= 40; n++) queue.add(entry({ id: `1-${n}`, conversation: `c${n}` }));
    const batch = queue.take({ ...limits, events: 25 });
    expect(batch.filter(({ conversation }) => conversation === 'a')).toHaveLength(20);
    expect(batch).toHaveLength(25);
  });

  it('cuts a request by bytes, but never gives an empty one', () => {
    const queue = new SendQueue();
    queue.add(entry({ id: '1-1', conversation: 'a', bytes: 600_000 }));
    queue.add(entry({ id: '1-2', conversation: 'b', bytes: 10 }));
    expect(ids(queue.take(limits))).toEqual(['1-1']);
    expect(ids(queue.take(limits))).toEqual(['1-2']);
  });

  it('holds back what follows an event that was refused for now, and nothing else', () => {
    const [one, two, last] = three();
    const { queue, batch } = taken(one, two, last);
    queue.accepted(one);
    queue.later(two, monotonicMs(500));
    expect(queue.judge(last, undefined)).toBe('waits');
    queue.finish(batch);
    queue.add(entry({ id: '1-4', conversation: 'b' }));
    expect([queue.heldBack, queue.nextRelease, queue.size]).toEqual([2, 500, 3]);
    expect(ids(queue.take(limits))).toEqual(['1-4']);
    queue.release(monotonicMs(499));
    expect(queue.hasReady).toBe(false);
    queue.release(monotonicMs(500));
    expect(ids(queue.take(limits))).toEqual(['1-2', '1-3']);
    expect(queue.tries('a')).toBe(1);
    queue.accepted(two);
    expect(queue.tries('a')).toBe(0);
  });

  it('moves what is sent again behind what was accepted meanwhile, and all that follows', () => {
    const [one, two, last] = three();
    const { queue, batch } = taken(one, two, last);
    queue.accepted(two);
    queue.accepted(last);
    queue.later(one, monotonicMs(0));
    queue.finish(batch);
    queue.add(entry({ id: '1-4', conversation: 'a', at: 1_004 }));
    queue.release(monotonicMs(0));
    const again = queue.take(limits);
    expect(again.map(({ id, at }) => [id, at])).toEqual([
      ['1-1', 1_004],
      ['1-4', 1_005],
    ]);
    expect(again[0]?.event.event).toMatchObject({
      eventId: one.event.event.eventId,
      eventDateTime: new Date(1_004).toISOString(),
    });
  });

  it('lets an event that names another conversation wait for what was sent of that one before', () => {
    const queue = new SendQueue();
    const target = entry({ id: '1-1', conversation: 'target' });
    queue.add(target);
    queue.add(entry({ id: '1-2', conversation: 'source', after: 'target' }));
    queue.add(entry({ id: '1-3', conversation: 'target' }));
    const first = queue.take({ ...limits, ofConversation: 1 });
    expect(ids(first)).toEqual(['1-1']);
    expect(queue.take(limits)).toEqual([]);
    queue.accepted(target);
    queue.finish(first);
    expect(ids(queue.take(limits)).toSorted()).toEqual(['1-2', '1-3']);
  });

  it('has nothing ready while all that waits has to wait for another conversation, and gives it once then', () => {
    const queue = new SendQueue();
    const [first, second] = [1, 3].map((n) => entry({ id: `1-${n}`, conversation: 'target' })) as [
      OutboxEntry,
      OutboxEntry,
    ];
    queue.add(first);
    queue.add(entry({ id: '1-2', conversation: 'source', after: 'target' }));
    const batch = queue.take(limits);
    expect([ids(queue.take(limits)), queue.hasReady]).toEqual([[], false]);
    queue.accepted(first);
    queue.finish(batch);
    expect(ids(queue.take(limits))).toEqual(['1-2']);
    queue.add(second);
    const next = queue.take(limits);
    queue.accepted(second);
    queue.finish(next);
    expect([ids(next), ids(queue.take(limits))]).toEqual([['1-3'], []]);
  });

  it('takes the parts of an ID of the out-stream as numbers, the first before the second', () => {
    for (const [before, after] of [
      ['9-1', '10-1'],
      ['9-5', '10-1'],
      ['10-9', '10-10'],
    ] as const) {
      const queue = new SendQueue();
      queue.add(entry({ id: before, conversation: 'target' }));
      queue.add(entry({ id: after, conversation: 'source', after: 'target' }));
      expect(ids(queue.take(limits))).toEqual([before]);
      expect(ids(queue.all)).toEqual([before, after]);
    }
    for (const [own, other] of [
      ['9-5', '10-1'],
      ['10-1', '10-1'],
    ] as const) {
      const queue = new SendQueue();
      queue.add(entry({ id: other, conversation: 'target' }));
      queue.add(entry({ id: own, conversation: 'source', after: 'target' }));
      expect(ids(queue.take(limits))).toEqual([other, own]);
    }
  });

  it('takes an answer once, however often it comes', () => {
    const [one, two, last] = three();
    const { queue, batch } = taken(one, two, last);
    queue.accepted(one);
    queue.later(two, monotonicMs(500));
    queue.accepted(one);
    expect([queue.size, queue.tries('a'), queue.overtaken('a')]).toEqual([2, 1, undefined]);
    queue.dead(one, 'letter');
    expect([queue.size, queue.has(two), queue.has(last)]).toEqual([2, true, true]);
    queue.finish(batch);
    queue.accepted(entry({ id: '1-9', conversation: 'unknown' }));
    expect(queue.dead(entry({ id: '1-9', conversation: 'unknown' }), 'letter').deadLeg).toBeUndefined();
    expect(queue.size).toBe(2);
  });

  it('is as before when a request came to nothing, and keeps what was accepted of it', () => {
    const { queue, batch } = taken(...three());
    queue.finish(batch);
    const again = queue.take(limits);
    expect(ids(again)).toEqual(['1-1', '1-2', '1-3']);
    for (const one of again.slice(0, 2)) queue.accepted(one);
    queue.finish(again);
    expect(ids(queue.take(limits))).toEqual(['1-3']);
    expect(queue.size).toBe(1);
  });

  it('lets nothing overtake an event of its conversation that is not dealt with', () => {
    const [one, two, last] = three();
    const other = entry({ id: '1-9', conversation: 'b' });
    const { queue } = taken(one, two, last, other);
    expect(ids(queue.sendable([two, last, other]))).toEqual(['1-9']);
    queue.accepted(one);
    expect(ids(queue.sendable([two, last, other]))).toEqual(['1-2', '1-3', '1-9']);
    queue.later(two, monotonicMs(0));
    expect(ids(queue.sendable([two, last, other]))).toEqual(['1-9']);
  });
});

describe('a refusal for good', () => {
  it.each([
    ['of an event that was never sent before', undefined, undefined, 'dead'],
    ['of one alone that was never sent before', undefined, 'invalid', 'dead'],
    ['of one whose answer was lost', true, undefined, 'repeated'],
    ['of one that was answered with 500', false, undefined, 'repeated'],
    ['of one alone whose answer was lost', true, 'invalid', 'again'],
    ['of one alone that was answered with 500', false, 'invalid', 'again'],
    ['by 500 of one alone whose answer was lost', true, 'server-error', 'again'],
    ['by 500 of one alone that got nothing but 500', false, 'server-error', 'dead'],
  ] as const)('%s', (_, lost, whole, judgement) => {
    const [one] = three();
    const { queue } = taken(one);
    if (lost !== undefined) queue.unknown(one, lost);
    expect(queue.judge(one, whole)).toBe(judgement);
  });

  it('of a whole request, while the event may have been accepted, is asked again alone, a few times', () => {
    const [one] = three();
    const queue = new SendQueue();
    queue.add(one, { sent: true });
    queue.add(entry({ id: '1-9', conversation: 'b' }));
    let batch = queue.take(limits);
    let times = 0;
    for (; queue.judge(one, 'invalid') === 'again'; times++) {
      queue.later(one, monotonicMs(0), { alone: true });
      queue.finish(batch);
      queue.release(monotonicMs(0));
      const others = queue.take(limits);
      batch = others.length === 1 && others[0] === one ? others : queue.take(limits);
      expect(ids(batch)).toEqual(['1-1']);
    }
    expect(times).toBe(5);
  });

  it('takes the leg along when it is its establishment, and what still comes for it', () => {
    const opens = entry({ id: '1-1', legs: ['p:one'], establishes: true });
    const [of, beside] = [entry({ id: '1-2', legs: ['p:one'] }), entry({ id: '1-3', legs: ['p:two'] })];
    const { queue } = taken(opens, of, beside);
    expect(queue.dead(opens, 'letter')).toEqual({
      entries: [opens, of],
      deadLeg: JSON.stringify(['site/call', 'p:one']),
    });
    expect(queue.letterOf(entry({ id: '1-4', legs: ['p:two', 'p:one'] }))).toBe('letter');
    expect([queue.size, queue.letterOf(beside)]).toEqual([1, undefined]);
    expect(queue.deadLegFields('site/call')).toEqual([JSON.stringify(['site/call', 'p:one'])]);
    queue.revive('site/call', 'p:one');
    expect(queue.letterOf(of)).toBeUndefined();
  });

  it('is remembered with its conversation when it establishes no leg, which goes on', () => {
    const [held, retrieved] = [entry({ id: '1-1', legs: ['p:one'] }), entry({ id: '1-2', legs: ['p:one'] })];
    const { queue } = taken(held, retrieved);
    expect(queue.dead(held, 'letter')).toEqual({ entries: [held], deadLeg: undefined });
    expect([queue.size, queue.letterOf(retrieved)]).toEqual([1, undefined]);
    expect(queue.deadLegs).toEqual({ [JSON.stringify(['site/call', noLeg])]: 'letter' });
    const next = new SendQueue(queue.deadLegs);
    expect(next.letterOf(retrieved)).toBeUndefined();
    expect(next.deadLegFields('site/call')).toEqual([JSON.stringify(['site/call', noLeg])]);
  });

  it('is known of dead legs that were stored', () => {
    const queue = new SendQueue({ [JSON.stringify(['site/call', 'p:one'])]: 'letter', rubbish: 'x' });
    expect(queue.letterOf(entry({ id: '1-1' }))).toBe('letter');
    queue.forget('site/call');
    expect(queue.letterOf(entry({ id: '1-1' }))).toBeUndefined();
  });
});
