/** Which plans wait for a person, in each mode, and what an approval covers. */
import { describe, expect, it } from 'vitest';
import { id } from '../testing/snapshot.ts';
import { demands, type LimitRules } from './limits.ts';
import type { Operation } from './operation.ts';
import { approvedKeys, type ReviewMode, reviewOf } from './review.ts';

const limits: LimitRules = { deactivations: { count: 100 }, removals: { count: 100 }, creations: 2 };

const step = (type: 'user.activate' | 'user.deactivate', about: number, after = 'active'): Operation => ({
  type,
  id: `${type}/${about}`,
  engage: { kind: 'person', dbid: id(about), name: '' },
  reason: '',
  serialKey: '',
  after,
  ...(type === 'user.activate' ? { counted: { limit: 'creations' as const, items: [`user/${about}`] } } : {}),
});
const source: Operation = {
  type: 'source.create',
  id: 'source/create/1',
  engage: { kind: 'tenant', dbid: id(1), name: '' },
  reason: '',
  serialKey: 'source',
  source: { name: 'Engage 1', description: '' },
};
const activations = (count: number) =>
  Array.from({ length: count }, (_, index) => step('user.activate', index));

function review(
  operations: readonly Operation[],
  mode: ReviewMode,
  more: {
    readonly isFirst?: boolean;
    readonly approved?: ReadonlySet<string>;
    readonly folder?: boolean;
  } = {},
) {
  const approved = more.approved ?? new Set();
  const rules = more.folder === true ? { ...limits, creations: undefined } : limits;
  const list = demands(operations, rules, { existing: new Map(), applied: new Map() }, approved);
  const plan = { id: 'p1', operations, billableUsers: 7, demands: list };
  return reviewOf(plan, { mode, isFirst: more.isFirst ?? false }, approved);
}

describe('a plan', () => {
  const away = step('user.deactivate', 1);
  it.each<[string, Operation[], ReviewMode, Parameters<typeof review>[2], string | undefined]>([
    ['that is empty waits for nobody', [], 'always', { isFirst: true }, undefined],
    ['of the Source alone waits for nobody', [source], 'always', { isFirst: true }, undefined],
    ['waits when it is the first', [source, away], 'first', { isFirst: true }, 'first-plan'],
    [
      'waits when it is the first, also with a folder',
      [away],
      'first',
      { isFirst: true, folder: true },
      'first-plan',
    ],
    ['that is not the first does not wait', [away], 'first', {}, undefined],
    ['waits when every plan does', [away], 'always', {}, 'every-plan'],
    ['waits for nobody in the mode never, be it the first', [away], 'never', { isFirst: true }, undefined],
    ['of as many users as may be created waits for nobody', activations(2), 'never', {}, undefined],
    ['of more users than may be created waits', activations(3), 'never', {}, 'creations'],
    ['of more users than may be created waits in later plans too', activations(3), 'first', {}, 'creations'],
    [
      'of any number of users waits for nobody with a folder',
      activations(300),
      'never',
      { folder: true },
      undefined,
    ],
  ])('%s', (_what, operations, mode, more, expected) => {
    expect(review(operations, mode, more)?.reason).toBe(expected);
  });

  it('that waits says its totals and the next command', () => {
    const { detail } = review([source, step('user.deactivate', 1)], 'first', { isFirst: true }) ?? {};
    expect(detail).toBe(
      'Plan p1 waits for approval: it is the first of this deployment (SYNC_REVIEW=first). It has 1 operation; ' +
        '7 users would become billable. Nothing of it is applied. To look at it: exop sync plan ' +
        '(GET /api/v1/sync/plan). To approve it: exop sync approve p1 ' +
        '(POST /api/v1/sync/approve {"planId":"p1"}).',
    );
  });

  it.each<[ReviewMode, string]>([
    ['always', 'every plan is to be approved (SYNC_REVIEW=always). It has 3 operations;'],
    ['never', 'it makes more users billable than SYNC_MAX_CREATIONS allows unasked. It has 3 operations;'],
  ])('that waits in the mode %s says why', (mode, text) => {
    expect(review(activations(3), mode)?.detail).toContain(text);
  });
});

describe('an approval', () => {
  it.each<[ReviewMode]>([['first'], ['always'], ['never']])(
    'in the mode %s covers the plan and what is left of it, and no more users than it showed',
    (mode) => {
      const approved = approvedKeys(activations(30), mode);
      expect(review(activations(30), mode, { approved })).toBeUndefined();
      expect(review(activations(30).slice(10), mode, { approved })).toBeUndefined();
      const more = activations(33);
      expect(review(more, mode, { approved })?.reason).toBe(mode === 'always' ? 'every-plan' : 'creations');
    },
  );

  it('of every plan covers a step only as it was shown', () => {
    const approved = approvedKeys([step('user.deactivate', 1, 'inactive')], 'always');
    expect(review([step('user.deactivate', 1, 'inactive')], 'always', { approved })).toBeUndefined();
    expect(review([step('user.deactivate', 1, 'deleted')], 'always', { approved })?.reason).toBe(
      'every-plan',
    );
  });
});
