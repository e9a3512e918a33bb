import { describe, expect, it } from 'vitest';
import type { PlanSummary, Session, SyncOverview } from '../api/answers.ts';
import { decisionOf, isTyped, limitRows, progressOf, syncWords } from './sync.ts';

const plan: PlanSummary = {
  planId: 'p1',
  createdAt: '2026-05-06T10:00:00.000Z',
  drift: false,
  billableUsers: 12,
  waitingForSecondRead: 0,
  operations: 34,
  counts: { 'user.create': 12 },
  stopped: null,
  review: { reason: 'first-plan', detail: 'waits' },
  demands: [{ limit: 'creations', inPlan: 12, before: 0, most: 5 }],
  allowance: { creations: 12 },
};
type Steering = Pick<SyncOverview, 'active' | 'paused' | 'stopped' | 'review'>;
const waiting: Steering = {
  active: true,
  paused: false,
  stopped: null,
  review: {
    ...{ planId: 'p1', reason: 'first-plan', detail: '' },
    ...{ operations: 34, billableUsers: 12, counts: { 'user.create': 12 } },
  },
};
const limit: Steering = { ...waiting, review: null, stopped: { reason: 'limit', detail: 'too many' } };

describe('what a person can decide', () => {
  it.each<[string, Steering, PlanSummary | undefined, Session['right'], string]>([
    ['an operator approves the plan that waits', waiting, plan, 'operator', 'approve'],
    ['a reader decides nothing', waiting, plan, 'reader', 'none'],
    ['a standby decides nothing', { ...waiting, active: false }, plan, 'operator', 'none'],
    ['nothing is approved while paused', { ...waiting, paused: true }, plan, 'operator', 'none'],
    [
      'a plan that is not the one that waits is not approved',
      waiting,
      { ...plan, planId: 'p2' },
      'operator',
      'none',
    ],
    ['a plan beyond a limit is allowed', limit, { ...plan, stopped: 'too many' }, 'operator', 'allow'],
    ['without a plan there is nothing', waiting, undefined, 'operator', 'none'],
  ])('%s', (_name, sync, of, right, kind) => {
    expect(decisionOf(sync, of, right).kind).toBe(kind);
  });

  it('asks for the numbers of the plan, and takes no others', () => {
    const decision = decisionOf(waiting, plan, 'operator');
    const numbers = decision.kind === 'none' ? [] : decision.numbers;
    expect(numbers.map(({ name, number }) => [name, number])).toEqual([
      ['operations', 34],
      ['creations', 12],
    ]);
    expect(isTyped(numbers, { operations: '34', creations: '12' })).toBe(true);
    for (const typed of [
      {},
      { operations: '34' },
      { operations: '34', creations: '13' },
      { operations: '34', creations: '' },
    ])
      expect(isTyped(numbers, typed)).toBe(false);
    expect(isTyped([{ name: 'n', label: '', number: 20_000 }], { n: '20,000' })).toBe(true);
  });
});

describe('the synchronisation in words', () => {
  it('names what a person has to do', () => {
    expect(syncWords({ state: 'waiting-for-approval' })).toMatchObject({
      tone: 'ask',
      title: 'Waits for approval',
    });
  });

  it('shows how far it is', () => {
    const running = { startedAt: '', progress: { total: 200, done: 50, etaSeconds: 90 } };
    expect(progressOf({ running })).toEqual({
      part: 0.25,
      text: '50 of 200 operations; about 1 min 30 s left',
    });
    expect(progressOf({ running: null })).toBeUndefined();
  });

  it('says which limit is exceeded', () => {
    expect(limitRows(plan)).toEqual([
      { limit: 'creations', text: '12 users become billable; at most 5 pass unasked', exceeded: true },
    ]);
    expect(
      limitRows({ demands: [{ limit: 'removals.role', inPlan: 1, before: 2, most: null }] })[0],
    ).toMatchObject({
      text: '1 users lose the role Supervisor, 2 more within the last 24 hours; no limit',
      exceeded: false,
    });
  });
});
