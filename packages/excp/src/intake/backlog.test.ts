import { Formats, readValue } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../events/in-stream-entry.ts';
import { Backlog, type BacklogLimits, type Offer } from './backlog.ts';

const formats = new Formats();

function offer(call: string | undefined, opens = false): Offer {
  return { entry: '{}', ...(call === undefined ? {} : { call }), ...(opens ? { what: 'opens' } : {}) };
}

const noBytes = { backlogOpensBytes: Number.POSITIVE_INFINITY, backlogBytes: Number.POSITIVE_INFINITY };

function backlogOf(limits: Partial<BacklogLimits> & Pick<BacklogLimits, 'backlogOpens' | 'backlog'>) {
  const shed: string[] = [];
  const onShed = (call: string) => void shed.push(call);
  return {
    shed,
    backlog: new Backlog({
      formats,
      limits: { ...noBytes, ...limits },
      onShed,
      now: () => wallMs(1_700_000),
    }),
  };
}

const calls = (backlog: Backlog) =>
  backlog.first(1_000).map(({ call, what }) => `${call}${what ? ` ${what}` : ''}`);

describe('the backlog', () => {
  it('takes no new calls beyond its first bound, and nothing of them later', () => {
    const { backlog, shed } = backlogOf({ backlogOpens: 2, backlog: 10 });
    backlog.add(offer('s/a', true));
    backlog.add(offer('s/a'));
    backlog.add(offer('s/b', true));
    backlog.add(offer('s/b'));
    backlog.add(offer('s/a'));
    expect(calls(backlog)).toEqual(['s/a opens', 's/a', 's/a']);
    expect(shed).toEqual(['s/b']);
  });

  it('beyond its second bound loses the call that began last, whole, and says so', () => {
    const { backlog, shed } = backlogOf({ backlogOpens: 100, backlog: 4 });
    for (const one of ['s/a', 's/b']) backlog.add(offer(one, true));
    for (const one of ['s/a', 's/b', 's/a']) backlog.add(offer(one));
    expect(shed).toEqual(['s/b']);
    expect(calls(backlog)).toEqual(['s/a opens', 's/a', 's/a', 's/b sheds']);
    // The ends that follow are measured from when it was shed.
    expect(readValue(readEntry(formats, backlog.first(9).at(-1)?.entry))).toEqual({
      received: 1_700_000,
      content: { kind: 'call-shed', site: 's', call: 'b' },
    });
    backlog.add(offer('s/b'));
    expect(backlog.size).toBe(4);
  });

  it('comes to an end when nothing is left to shed but calls of one event each, which began before', () => {
    const { backlog, shed } = backlogOf({ backlogOpens: 2, backlog: 3 });
    for (let n = 0; n < 50; n++) backlog.add(offer(`s/known-${n}`));
    expect(shed).toHaveLength(47);
    expect(calls(backlog).slice(0, 4)).toEqual(['s/known-0', 's/known-1', 's/known-2', 's/known-3 sheds']);
    backlog.add(offer('s/known-0'));
    expect(shed).toHaveLength(48);
  });

  it('sheds nothing to make room for what was claimed already and is offered once more', () => {
    const { backlog, shed } = backlogOf({ backlogOpens: 5, backlog: 5 });
    for (let n = 0; n < 5; n++) backlog.add(offer('s/live', n === 0));
    backlog.addAgain(Array.from({ length: 100 }, (_, n) => offer(`s/claimed-${n}`)));
    expect(shed).toEqual([]);
    expect(backlog.size).toBe(105);
    expect(calls(backlog).slice(100)).toEqual(['s/live opens', ...Array(4).fill('s/live')]);
    backlog.remove(backlog.first(100));
    expect(backlog.size).toBe(5);
  });

  it('is bounded in bytes too: a few calls with very long values go before thousands of usual ones', () => {
    const bytes = 100_000;
    const { backlog, shed } = backlogOf({
      backlogOpens: 1_000,
      backlog: 1_000,
      backlogOpensBytes: bytes,
      backlogBytes: bytes,
    });
    const long = (call: string) => ({ ...offer(call), entry: 'x'.repeat(30_000) });
    for (let n = 0; n < 4; n++) backlog.add(long(`s/${n}`));
    expect(shed).toEqual(['s/3']);
    backlog.add(offer('s/new', true));
    expect(shed).toEqual(['s/3']);
    backlog.add({ ...long('s/2'), entry: 'x'.repeat(8_000) });
    backlog.add(offer('s/newer', true));
    expect(backlog.bytes).toBeLessThanOrEqual(bytes);
    const snapshot = { entry: 'x'.repeat(2 * bytes) };
    backlog.add(snapshot);
    expect(backlog.bytes).toBeLessThanOrEqual(bytes);
  });

  it('never grows beyond its bound, whatever comes', () => {
    const { backlog } = backlogOf({ backlogOpens: 20, backlog: 30 });
    for (let n = 0; n < 500; n++) backlog.add(offer(n % 3 === 0 ? undefined : `s/${n % 40}`, n % 5 === 0));
    const notices = backlog.first(1_000).filter(({ what }) => what === 'sheds');
    expect(backlog.size - notices.length).toBeLessThanOrEqual(30);
    // One for each call, however often something of it comes.
    expect(notices.length).toBeLessThanOrEqual(40);
  });

  it('gives and removes in order, also what was put back in front', () => {
    const { backlog } = backlogOf({ backlogOpens: 100, backlog: 100 });
    const offers = ['s/1', 's/2', 's/3', 's/4'].map((call) => offer(call));
    for (const one of offers) backlog.add(one);
    backlog.remove(backlog.first(2));
    expect(calls(backlog)).toEqual(['s/3', 's/4']);
    backlog.addAgain(offers.slice(0, 2));
    expect(calls(backlog)).toEqual(['s/1', 's/2', 's/3', 's/4']);
    backlog.remove(offers.slice(1, 3));
    expect(calls(backlog)).toEqual(['s/1', 's/4']);
  });
});
