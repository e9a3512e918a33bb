/**
 * The operator at the end of a run: a plan that waits is allowed, as the runbook says. After a clock has jumped EXCS holds
 * back for an hour what deactivates or removes something; all of it is meant here.
 */
import { z } from 'zod';
import type { ServiceProcess } from './service-process.ts';

const overview = z.looseObject({ stopped: z.looseObject({ detail: z.string() }).nullable() });

/** Sends what EXCS itself says is to be sent to allow the plan. Answers whether there was a plan to allow. */
export async function allowWhatWaits(excs: ServiceProcess): Promise<boolean> {
  const { stopped } = overview.parse(await excs.api('sync'));
  const allowance = /POST \/api\/v1\/sync\/runs (\{.*\}\})/.exec(stopped?.detail ?? '')?.[1];
  if (allowance === undefined) return false;
  await excs.api('sync/runs', allowance);
  return true;
}
