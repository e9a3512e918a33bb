import { asId, type EmployeeId } from '@exec/common/ids';
import { wallMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { OutgoingEvent } from './outbox.ts';
import { RecentChanges } from './recent-changes.ts';

const [anna, bert] = ['anna', 'bert'].map((id) => asId<EmployeeId>(id)) as [EmployeeId, EmployeeId];
const change = (employeeId: EmployeeId, value = 'Break'): OutgoingEvent => ({
  kind: 'presence',
  employeeId,
  userId: 'user' as never,
  value: value as never,
  at: wallMs(0),
});

describe('what was sent lately of an agent', () => {
  it('is shown with its result, the newest first', () => {
    const recent = new RecentChanges();
    recent.note(change(anna), 'retried', wallMs(1));
    recent.note(change(anna), 'accepted', wallMs(2));
    expect(recent.of(anna)).toEqual([
      { at: 2, kind: 'presence', value: 'Break', result: 'accepted' },
      { at: 1, kind: 'presence', value: 'Break', result: 'retried' },
    ]);
    expect(recent.of(bert)).toEqual([]);
  });

  it('is at most fifty changes', () => {
    const recent = new RecentChanges();
    for (let at = 0; at < 60; at++) recent.note(change(anna), 'accepted', wallMs(at));
    expect([recent.of(anna).length, recent.of(anna).at(-1)?.at, recent.size]).toEqual([50, 10, 50]);
  });

  it('is forgotten first of whom changed longest ago', () => {
    const recent = new RecentChanges(3);
    recent.note(change(anna), 'accepted', wallMs(1));
    recent.note(change(bert), 'accepted', wallMs(2));
    recent.note(change(anna), 'accepted', wallMs(3));
    recent.note(change(anna), 'accepted', wallMs(4));
    expect([recent.of(anna).length, recent.of(bert).length, recent.size]).toEqual([3, 0, 3]);
  });
});
