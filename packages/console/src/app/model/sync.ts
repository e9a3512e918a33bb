/** The state of the synchronisation in words, with what it means and what to do: pure. */
import type { PlanSummary, Session, SyncOverview } from '../api/answers.ts';
import { countText, spanText } from './words.ts';

export type Tone = 'good' | 'busy' | 'ask' | 'bad' | 'quiet';

export interface SyncWords {
  readonly tone: Tone;
  readonly title: string;
  readonly meaning: string;
}

const words: Readonly<Record<SyncOverview['state'], SyncWords>> = {
  standby: {
    tone: 'quiet',
    title: 'Stands by',
    meaning: 'Another instance synchronises. Open its console to approve or pause.',
  },
  idle: { tone: 'good', title: 'In step', meaning: 'The EX organisation shows what Engage says.' },
  reading: { tone: 'busy', title: 'Reads Engage', meaning: 'All objects are read in one consistent view.' },
  comparing: { tone: 'busy', title: 'Compares', meaning: 'The plan is being made; nothing is written.' },
  applying: {
    tone: 'busy',
    title: 'Applies the plan',
    meaning: 'Operations are carried out in order, within the request budget.',
  },
  paused: { tone: 'ask', title: 'Paused', meaning: 'Plans are made and not applied until somebody resumes.' },
  'waiting-for-approval': {
    tone: 'ask',
    title: 'Waits for approval',
    meaning: 'Nothing of the plan is applied before a person has looked at it.',
  },
  stopped: { tone: 'bad', title: 'Stopped', meaning: 'Nothing of the plan was applied.' },
  failing: {
    tone: 'bad',
    title: 'Failing',
    meaning: 'The last cycle met a fault; the next one tries again.',
  },
};

export function syncWords({ state }: Pick<SyncOverview, 'state'>): SyncWords {
  return words[state];
}

/** What a progress bar shows; undefined when nothing is applied. */
export function progressOf(
  sync: Pick<SyncOverview, 'running'>,
): { readonly part: number; readonly text: string } | undefined {
  const progress = sync.running?.progress;
  if (progress === null || progress === undefined || progress.total === 0) return undefined;
  const { done, total, etaSeconds } = progress;
  return {
    part: Math.min(1, done / total),
    text: `${done.toLocaleString('en')} of ${countText(total, 'operation')}; about ${spanText(etaSeconds)} left`,
  };
}

const limitWords: Readonly<Record<string, string>> = {
  deactivations: 'users are set inactive',
  creations: 'users become billable',
  'removals.queue-member': 'members leave queues',
  'removals.role': 'users lose the role Supervisor',
  'removals.user-skill': 'skills are taken from users',
  'removals.queue-wrapup-code': 'wrap-up codes are taken from queues',
};

export interface LimitRow {
  readonly limit: string;
  readonly text: string;
  readonly exceeded: boolean;
}

export function limitRows(plan: Pick<PlanSummary, 'demands'>): readonly LimitRow[] {
  return plan.demands.map(({ limit, inPlan, before, most }) => ({
    limit,
    text:
      `${inPlan.toLocaleString('en')} ${limitWords[limit] ?? limit}` +
      (before > 0 ? `, ${before.toLocaleString('en')} more within the last 24 hours` : '') +
      (most === null ? '; no limit' : `; at most ${most.toLocaleString('en')} pass unasked`),
    exceeded: most !== null && inPlan + before > most,
  }));
}

/** What a person can decide about the newest plan at present. */
export type Decision =
  | { readonly kind: 'none' }
  /** Send the ID of the plan; `numbers` are typed in first. */
  | { readonly kind: 'approve'; readonly planId: string; readonly numbers: readonly Asked[] }
  /** Beyond a limit: an allowance with the numbers of the plan. */
  | { readonly kind: 'allow'; readonly planId: string; readonly numbers: readonly Asked[] };

export interface Asked {
  readonly name: string;
  readonly label: string;
  readonly number: number;
}

const allowanceLabels: Readonly<Record<string, string>> = {
  creations: 'Users that become billable',
  deactivations: 'Users that are set inactive',
  removals: 'Removals of members, skills, codes and roles',
};

export function decisionOf(
  sync: Pick<SyncOverview, 'active' | 'paused' | 'stopped' | 'review'>,
  plan: PlanSummary | undefined,
  right: Session['right'],
): Decision {
  if (right !== 'operator' || plan === undefined || !sync.active || sync.paused) return { kind: 'none' };
  const asked = Object.entries(plan.allowance).flatMap(([name, number]) =>
    number === undefined ? [] : [{ name, label: allowanceLabels[name] ?? name, number }],
  );
  if (sync.stopped?.reason === 'limit' && plan.stopped !== null)
    return { kind: 'allow', planId: plan.planId, numbers: asked };
  if (sync.review !== null && sync.review.planId === plan.planId)
    return {
      kind: 'approve',
      planId: plan.planId,
      numbers: [{ name: 'operations', label: 'Operations of the plan', number: plan.operations }, ...asked],
    };
  return { kind: 'none' };
}

/** Whether what was typed in is what the plan says; empty fields and other numbers are not. */
export function isTyped(numbers: readonly Asked[], typed: Readonly<Record<string, string>>): boolean {
  return numbers.every(({ name, number }) => {
    const text = (typed[name] ?? '').replaceAll(/[\s,.]/g, '');
    return /^\d+$/.test(text) && Number(text) === number;
  });
}
