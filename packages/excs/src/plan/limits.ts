/** Decides whether a plan may be applied: how much it would take away, deactivate, or make billable. Users that become
 * billable are counted here, and reviewed in `review.ts`. */
import type { Amount } from '@exec/common/config';
import type { LimitClass, Operation } from './operation.ts';

export interface LimitRules {
  readonly deactivations: Amount;
  readonly removals: Amount;
  /** Users created or activated by one plan; undefined: no limit, because a folder limits the scope. */
  readonly creations: number | undefined;
}

/** A share of few things is nearly nothing: at least this many are always allowed. */
export const leastAllowed = { deactivations: 5, removals: 20 } as const;

export interface Totals {
  /** Things of each class that exist now: mapped active users, members of ours, and so on. */
  readonly existing: ReadonlyMap<LimitClass, number>;
  /** Keys of what was applied within the last 24 hours without an allowance. */
  readonly applied: ReadonlyMap<LimitClass, ReadonlySet<string>>;
}

/** Keys that an operator has allowed by naming a plan and its numbers. */
export type Allowed = ReadonlySet<string>;

export interface Demand {
  readonly limit: LimitClass;
  /** In this plan, allowed ones included. */
  readonly inPlan: number;
  /** Not covered by an allowance. */
  readonly unallowed: number;
  /** Applied within the last 24 hours, beside those of this plan. */
  readonly before: number;
  readonly most: number;
}

export interface Stop {
  readonly exceeded: readonly Demand[];
  /** What the operator can do, in one text. */
  readonly detail: string;
}

/**
 * What a plan asks of each limit, with what was applied in the last 24 hours and what an allowance covers.
 *
 * @rule Deactivations and removals count over a rolling day; an item that is tried again counts once.
 * @test limits.test.ts: count together with what was applied within 24 hours, of what there was then
 * @test limits.test.ts: that are tried again count once
 */
export function demands(
  operations: readonly Operation[],
  rules: LimitRules,
  totals: Totals,
  allowed: Allowed,
): Demand[] {
  const items = new Map<LimitClass, Set<string>>();
  for (const { counted } of operations) {
    if (counted === undefined) continue;
    const known = items.get(counted.limit) ?? new Set();
    items.set(counted.limit, known);
    for (const item of counted.items) known.add(item);
  }
  const result: Demand[] = [];
  for (const [limit, keys] of items) {
    const applied = limit === 'creations' ? noKeys : (totals.applied.get(limit) ?? noKeys);
    let unallowed = 0;
    for (const key of keys) if (!allowed.has(key)) unallowed++;
    let before = 0;
    for (const key of applied) if (!keys.has(key)) before++;
    result.push({
      limit,
      inPlan: keys.size,
      unallowed,
      before,
      most: most(limit, rules, (totals.existing.get(limit) ?? 0) + before),
    });
  }
  return result;
}

const noKeys: ReadonlySet<string> = new Set();

/**
 * What is stopped by `demands`; undefined when everything is within its limits.
 *
 * @rule A plan beyond a limit is stopped whole, with nothing applied, and says what would allow it.
 * @test limits.test.ts: says what is too much and how to allow it
 * @test sync/safety.test.ts: is not applied at all, and says what to do
 * @page docs/reference/mapping.md#safety
 * @param doubt why nothing may be deactivated or removed at present, whatever the limits say
 */
export function stopOf(list: readonly Demand[], planId: string, doubt?: string): Stop | undefined {
  const isBeyond = ({ unallowed, before, most: limitNumber }: Demand) => unallowed + before > limitNumber;
  const exceeded = list.filter(
    (demand) =>
      demand.limit !== 'creations' && demand.unallowed > 0 && (isBeyond(demand) || doubt !== undefined),
  );
  if (exceeded.length === 0) return undefined;
  const texts = exceeded.map((demand) => {
    const { limit, inPlan, before, most: limitNumber } = demand;
    if (!isBeyond(demand)) return `${inPlan} ${words(limit)}`;
    return `${inPlan} ${words(limit)}${before > 0 ? ` (and ${before} within the last 24 hours)` : ''}, at most ${limitNumber}`;
  });
  if (doubt !== undefined) texts.push(doubt);
  const allow = JSON.stringify({ mode: 'apply', allow: { planId, ...allowanceOf(list) } });
  return {
    exceeded,
    detail:
      `Nothing of this plan was applied: ${texts.join('; ')}. If it is right, allow this one plan by ` +
      `POST /api/v1/sync/runs ${allow}; otherwise correct Engage.`,
  };
}

export interface AllowanceNumbers {
  readonly deactivations?: number | undefined;
  readonly removals?: number | undefined;
  readonly creations?: number | undefined;
}

/** The numbers of a plan, as an allowance must name them; removals are taken together. */
export function allowanceOf(list: readonly Demand[]): AllowanceNumbers {
  const sum = (matches: (limit: LimitClass) => boolean) =>
    list.filter((demand) => matches(demand.limit)).reduce((total, demand) => total + demand.inPlan, 0);
  const deactivations = sum((limit) => limit === 'deactivations');
  const removals = sum((limit) => limit.startsWith('removals.'));
  const creations = sum((limit) => limit === 'creations');
  return {
    ...(deactivations > 0 ? { deactivations } : {}),
    ...(removals > 0 ? { removals } : {}),
    ...(creations > 0 ? { creations } : {}),
  };
}

/**
 * The keys that an allowance covers: those of each class for which it names the number of the plan.
 *
 * @rule An allowance covers what is left of its plan, and what comes on top only up to the usual limit.
 * @test limits.test.ts: covers what is left of the plan, and what comes on top up to the usual limit
 * @test sync/safety.test.ts: a changed plan needs a new allowance
 */
export function allowedKeys(
  operations: readonly Operation[],
  numbers: AllowanceNumbers,
  given: AllowanceNumbers,
): Set<string> {
  const covers = (limit: LimitClass): boolean => {
    const name = limit.startsWith('removals.') ? 'removals' : (limit as 'deactivations' | 'creations');
    return given[name] !== undefined && given[name] === numbers[name];
  };
  const keys = new Set<string>();
  for (const { counted } of operations)
    if (counted !== undefined && covers(counted.limit)) for (const item of counted.items) keys.add(item);
  return keys;
}

function most(limit: LimitClass, rules: LimitRules, base: number): number {
  if (limit === 'creations') return rules.creations ?? Number.POSITIVE_INFINITY;
  const kind = limit === 'deactivations' ? 'deactivations' : 'removals';
  const rule = rules[kind];
  return 'count' in rule ? rule.count : Math.max(leastAllowed[kind], Math.floor((base * rule.percent) / 100));
}

function words(limit: LimitClass): string {
  switch (limit) {
    case 'deactivations':
      return 'deactivations of users';
    case 'creations':
      return 'users that become billable';
    case 'removals.queue-member':
      return 'removals of queue members';
    case 'removals.role':
      return 'revocations of the role Supervisor';
    case 'removals.user-skill':
      return 'removals of skills from users';
    case 'removals.queue-wrapup-code':
      return 'wrap-up codes taken from queues';
  }
}
