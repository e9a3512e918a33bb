import { describe, expect, it } from 'vitest';
import { Backlog, type Offer } from './backlog.ts';
import { readEntry } from './entry.ts';

function offer(call: string | undefined, opens = false): Offer {
  return { entry: '{}', ...(call === undefined ? {} : { call }), ...(opens ? { what: 'opens' } : {}) };
}

function backlogOf(limits: { backlogOpens: number; backlog: number }) {
  const shed: string[] = [];
  return { shed, backlog: new Backlog(limits, (call) => shed.push(call)) };
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
    expect(readEntry(backlog.first(9).at(-1)?.entry)?.content).toEqual({
      kind: 'call-shed',
      site: 's',
      call: 'b',
    });
    backlog.add(offer('s/b'));
    expect(backlog.size).toBe(4);
  });

  it('never grows beyond its bound, whatever comes', () => {
    const { backlog } = backlogOf({ backlogOpens: 20, backlog: 30 });
    for (let n = 0; n < 500; n++) backlog.add(offer(n % 3 === 0 ? undefined : `s/${n % 40}`, n % 5 === 0));
    expect(backlog.size).toBeLessThanOrEqual(30);
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
