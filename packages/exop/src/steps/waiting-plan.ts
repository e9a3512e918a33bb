/** Looks whether the plan of EXCS waits for a person: a deployment that ends so has ended well. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '@exec/common/answers/answer';
import { syncAnswer } from '@exec/common/answers/sync';
import { parseJson } from '@exec/common/json-text';
import type { KeptSecrets } from '../config/state-file.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt, type Vm } from '../ssh/vm.ts';
import { operatorToken } from './service-api.ts';

export type WaitingPlan = NonNullable<Answer<typeof syncAnswer>['review']>;

/** EXCS reads the Config DB and the organisation before it has a plan; a large one is not waited for. */
const LIMIT_MS = 60_000;
const INTERVAL_MS = 1_000;

export type SyncOutlook =
  | { readonly state: 'waits'; readonly plan: WaitingPlan }
  /** Its plans are applied without a person, or it says itself why not. */
  | { readonly state: 'goes-on' }
  /** No plan yet, or no answer. */
  | { readonly state: 'unknown'; readonly reason: string };

/** @param patient waits for the first plan of an EXCS that was just started */
export async function outlookOf(vm: Vm, kept: KeptSecrets, patient: boolean): Promise<SyncOutlook> {
  const token = operatorToken(vm, kept);
  const end = performance.now() + (patient ? LIMIT_MS : 0);
  for (;;) {
    const got = await askOf(vm.session, { ...serviceAt(vm), path: '/api/v1/sync', token });
    if (got.status !== 200)
      return { state: 'unknown', reason: got.status === undefined ? got.reason : `it answers ${got.status}` };
    const parsed = syncAnswer.safeParse(parseJson(got.body));
    if (!parsed.success) return { state: 'unknown', reason: 'it answers what this release does not read' };
    const { last, stopped, review: waiting } = parsed.data;
    if (waiting !== null) return { state: 'waits', plan: waiting };
    if (last !== null || stopped !== null) return { state: 'goes-on' };
    if (performance.now() >= end) return { state: 'unknown', reason: 'its first plan is being made' };
    await pause(INTERVAL_MS);
  }
}
