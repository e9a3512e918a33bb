/** Limits at their edges: counts, shares, the last 24 hours, allowances. */
import { describe, expect, it } from 'vitest';
import { id } from '../testing/snapshot.ts';
import { allowanceOf, allowedKeys, demands, type LimitRules, stopOf, type Totals } from './limits.ts';
import type { LimitClass, Operation } from './operation.ts';

const rules: LimitRules = { deactivations: { percent: 5 }, removals: { percent: 10 }, creations: 50 };

function operations(limit: LimitClass, count: number): Operation[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'user.deactivate' as const,
    id: `${limit}/${index}`,
    engage: { kind: 'person' as const, dbid: id(index), name: '' },
    reason: '',
    serialKey: '',
    counted: { limit, items: [`${limit}/${index}`] },
  }));
}

const totals = (limit: LimitClass, existing: number, applied: readonly string[] = []): Totals => ({
  existing: new Map([[limit, existing]]),
  applied: new Map([[limit, new Set(applied)]]),
});

const isStopped = (
  list: Operation[],
  all: Totals,
  more: Partial<LimitRules> = {},
  allowed = new Set<string>(),
) => stopOf(demands(list, { ...rules, ...more }, all, allowed), 'p1') !== undefined;

describe('deactivations', () => {
  it.each([
    ['5 % of 200 is 10', 10, 200, false],
    ['11 of 200 is too many', 11, 200, true],
    ['5 are always allowed', 5, 10, false],
    ['6 of 10 are too many', 6, 10, true],
    ['5 % of 119 is 5', 6, 119, true],
    ['5 % of 120 is 6', 6, 120, false],
  ])('%s', (_rule, count, existing, stopped) => {
    expect(isStopped(operations('deactivations', count), totals('deactivations', existing))).toBe(stopped);
  });

  it.each([
    [3, 3, false],
    [3, 4, true],
    [0, 1, true],
    [0, 0, false],
  ])('at most %i as a count: %i', (most, count, stopped) => {
    const all = totals('deactivations', 1000);
    expect(isStopped(operations('deactivations', count), all, { deactivations: { count: most } })).toBe(
      stopped,
    );
  });

  it('count together with what was applied within 24 hours, of what there was then', () => {
    const before = Array.from({ length: 6 }, (_, index) => `earlier/${index}`);
    // 194 are left of 200: 5 % of 200 are 10.
    expect(isStopped(operations('deactivations', 4), totals('deactivations', 194, before))).toBe(false);
    expect(isStopped(operations('deactivations', 5), totals('deactivations', 194, before))).toBe(true);
  });

  it('that are tried again count once', () => {
    const again = operations('deactivations', 10);
    const applied = again.flatMap(({ counted }) => counted?.items ?? []);
    expect(isStopped(again, totals('deactivations', 200, applied))).toBe(false);
  });
});

describe('removals', () => {
  it.each([
    ['10 % of 300 are 30', 30, 300, false],
    ['31 of 300 are too many', 31, 300, true],
    ['20 are always allowed', 20, 20, false],
    ['21 of 20 are too many', 21, 20, true],
  ])('%s', (_rule, count, existing, stopped) => {
    const limit = 'removals.queue-member';
    expect(isStopped(operations(limit, count), totals(limit, existing))).toBe(stopped);
  });

  it('are limited by kind', () => {
    const both = [...operations('removals.queue-member', 20), ...operations('removals.role', 20)];
    const all = { existing: new Map(), applied: new Map() };
    expect(isStopped(both, all)).toBe(false);
  });
});

describe('creations', () => {
  it('are counted, and stop nothing: a person is asked instead', () => {
    const none = { existing: new Map(), applied: new Map() };
    expect(demands(operations('creations', 51), rules, none, new Set())).toEqual([
      { limit: 'creations', inPlan: 51, unallowed: 51, before: 0, most: 50 },
    ]);
    expect(isStopped(operations('creations', 51), none)).toBe(false);
  });
});

describe('an allowance', () => {
  const list = [...operations('deactivations', 12), ...operations('removals.role', 30)];
  const all = { existing: new Map<LimitClass, number>([['deactivations', 20]]), applied: new Map() };
  const numbers = allowanceOf(demands(list, rules, all, new Set()));

  it('names the numbers of the plan', () => {
    expect(numbers).toEqual({ deactivations: 12, removals: 30 });
  });

  it('lets the plan pass when every number that is exceeded is given', () => {
    expect(isStopped(list, all, {}, allowedKeys(list, numbers, { deactivations: 12, removals: 30 }))).toBe(
      false,
    );
    expect(isStopped(list, all, {}, allowedKeys(list, numbers, { deactivations: 12 }))).toBe(true);
    expect(isStopped(list, all, {}, allowedKeys(list, numbers, { deactivations: 13, removals: 30 }))).toBe(
      true,
    );
  });

  it('is not undone by what was applied before', () => {
    const earlier = new Set(Array.from({ length: 40 }, (_, index) => `earlier/${index}`));
    const applied = new Map<LimitClass, ReadonlySet<string>>([['removals.role', earlier]]);
    const allowed = allowedKeys(list, numbers, { deactivations: 12, removals: 30 });
    expect(isStopped(list, { ...all, applied }, {}, allowed)).toBe(false);
    expect(isStopped(list, { ...all, applied })).toBe(true);
  });

  it('covers what is left of the plan, and what comes on top up to the usual limit', () => {
    const allowed = allowedKeys(list, numbers, { deactivations: 12, removals: 30 });
    expect(isStopped(list.slice(5), all, {}, allowed)).toBe(false);
    const others = operations('deactivations', 17).slice(12);
    expect(isStopped([...list, ...others], all, {}, allowed)).toBe(false);
    const more = operations('deactivations', 18).slice(12);
    expect(isStopped([...list, ...more], all, {}, allowed)).toBe(true);
  });
});

describe('a stopped plan', () => {
  it('says what is too much and how to allow it', () => {
    const list = operations('deactivations', 12);
    const stop = stopOf(demands(list, rules, totals('deactivations', 20), new Set()), 'abc');
    expect(stop?.detail).toBe(
      'Nothing of this plan was applied: 12 deactivations of users, at most 5. If it is right, allow this one plan by ' +
        'POST /api/v1/sync/runs {"mode":"apply","allow":{"planId":"abc","deactivations":12}}; otherwise correct Engage.',
    );
  });

  it.each<[LimitClass, string]>([
    ['deactivations', '30 deactivations of users, at most 5'],
    ['removals.queue-member', '30 removals of queue members, at most 20'],
    ['removals.role', '30 revocations of the role Supervisor, at most 20'],
    ['removals.user-skill', '30 removals of skills from users, at most 20'],
    ['removals.queue-wrapup-code', '30 wrap-up codes taken from queues, at most 20'],
  ])('names %s in words', (limit, words) => {
    const stop = stopOf(demands(operations(limit, 30), rules, totals(limit, 0), new Set()), 'abc');
    expect(stop?.detail).toContain(`: ${words}.`);
    expect(stop?.exceeded.map((demand) => demand.limit)).toEqual([limit]);
  });

  it('says what was applied within the last 24 hours', () => {
    const all = totals('removals.role', 0, ['earlier/1', 'earlier/2']);
    const stop = stopOf(demands(operations('removals.role', 19), rules, all, new Set()), 'abc');
    expect(stop?.detail).toContain(
      ': 19 revocations of the role Supervisor (and 2 within the last 24 hours), at most 20.',
    );
  });

  it('gives the reason when nothing may be taken away whatever the limits say', () => {
    const some = [...operations('removals.role', 1), ...operations('creations', 1)];
    const list = demands(some, rules, totals('removals.role', 100), new Set());
    expect(stopOf(list, 'abc')).toBeUndefined();
    const stop = stopOf(list, 'abc', 'the clock jumped');
    expect(stop?.detail).toContain(': 1 revocations of the role Supervisor; the clock jumped. If');
    expect(stop?.exceeded.map((demand) => demand.limit)).toEqual(['removals.role']);
  });
});
