import { describe, expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { Lanes } from './lanes.ts';

const limits = { events: 100, bytes: 480_000, ofLane: 20 };
const all = (batch: readonly { id: string }[]) => batch.map(({ id }) => id);

describe('lanes', () => {
  it('send a conversation in order, one request at a time', () => {
    const lanes = new Lanes();
    for (const id of ['1-1', '1-2', '1-3']) lanes.add(entry({ id, conversation: 'a' }));
    const first = lanes.take(limits);
    expect(all(first)).toEqual(['1-1', '1-2', '1-3']);
    lanes.add(entry({ id: '1-4', conversation: 'a' }));
    expect(lanes.take(limits)).toEqual([]);
    lanes.settle('a', new Set(first));
    expect(all(lanes.take(limits))).toEqual(['1-4']);
  });

  it('fill a request across conversations, and none takes more than its share', () => {
    const lanes = new Lanes();
    for (let n = 1; n <= 30; n++) lanes.add(entry({ id: `1-${n}`, conversation: 'a' }));
    for (let n = 31; n <= 40; n++) lanes.add(entry({ id: `1-${n}`, conversation: `c${n}` }));
    const batch = lanes.take({ ...limits, events: 25 });
    expect(batch.filter(({ conversation }) => conversation === 'a')).toHaveLength(20);
    expect(batch).toHaveLength(25);
  });

  it('cut a request by bytes, but never send an empty one', () => {
    const lanes = new Lanes();
    lanes.add(entry({ id: '1-1', conversation: 'a', bytes: 600_000 }));
    lanes.add(entry({ id: '1-2', conversation: 'b', bytes: 10 }));
    expect(all(lanes.take(limits))).toEqual(['1-1']);
    expect(all(lanes.take(limits))).toEqual(['1-2']);
  });

  it('hold back what follows a refused event, and nothing else', () => {
    const lanes = new Lanes();
    const [one, two] = [entry({ id: '1-1', conversation: 'a' }), entry({ id: '1-2', conversation: 'a' })];
    lanes.add(one);
    lanes.add(two);
    lanes.take(limits);
    lanes.settle('a', new Set([one]), { until: 500, accepted: 0 });
    lanes.add(entry({ id: '1-3', conversation: 'b' }));
    expect(lanes.heldBack).toBe(1);
    expect(lanes.nextRelease).toBe(500);
    expect(all(lanes.take(limits))).toEqual(['1-3']);
    lanes.release(499);
    expect(lanes.hasReady).toBe(false);
    lanes.release(500);
    expect(all(lanes.take(limits))).toEqual(['1-2']);
    expect(lanes.tries('a')).toBe(1);
    lanes.settle('a', new Set([two]));
    expect(lanes.tries('a')).toBe(0);
  });

  it('move what is sent again behind what was accepted meanwhile, and all that follows', () => {
    const lanes = new Lanes();
    const [one, two, three] = [1, 2, 3].map((n) => entry({ id: `1-${n}`, conversation: 'a', at: 1_000 + n }));
    if (one === undefined || two === undefined || three === undefined) throw new Error('three entries');
    for (const each of [one, two, three]) lanes.add(each);
    lanes.take(limits);
    lanes.settle('a', new Set([two, three]), { until: 0, accepted: three.at });
    lanes.add(entry({ id: '1-4', conversation: 'a', at: 1_004 }));
    lanes.release(0);
    const again = lanes.take(limits);
    expect(again.map(({ id, at }) => [id, at])).toEqual([
      ['1-1', 1_004],
      ['1-4', 1_005],
    ]);
    expect(again[0]?.event.event).toMatchObject({
      eventId: one.event.event.eventId,
      eventDateTime: new Date(1_004).toISOString(),
    });
    lanes.settle('a', new Set(again));
    expect(lanes.size).toBe(0);
  });

  it('let an event that names another conversation wait for what was told of that one before', () => {
    const lanes = new Lanes();
    const target = entry({ id: '1-1', conversation: 'target' });
    lanes.add(target);
    lanes.add(entry({ id: '1-2', conversation: 'source', after: 'target' }));
    lanes.add(entry({ id: '1-3', conversation: 'target' }));
    expect(all(lanes.take({ ...limits, ofLane: 1 }))).toEqual(['1-1']);
    expect(lanes.take(limits)).toEqual([]);
    lanes.settle('target', new Set([target]));
    expect(all(lanes.take(limits)).toSorted()).toEqual(['1-2', '1-3']);
  });

  it('are as before when a request came to nothing', () => {
    const lanes = new Lanes();
    lanes.add(entry({ id: '1-1', conversation: 'a' }));
    lanes.take(limits);
    lanes.giveBack(['a']);
    expect(all(lanes.take(limits))).toEqual(['1-1']);
    expect(lanes.size).toBe(1);
  });
});
