/** Asks a started service whether it is ready, and finds out why it is not. */

import { setTimeout as pause } from 'node:timers/promises';
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';
import { askOf } from '../ssh/onward.ts';
import { lastWords, serviceAt, type Vm } from '../ssh/vm.ts';

/** The service is asked this often while it starts. Nothing tells us when it is ready, so we have to ask. */
const INTERVAL_MS = 1_000;

const answer = z.looseObject({
  ready: z.boolean(),
  active: z.boolean().optional(),
  dependencies: z
    .array(
      z.looseObject({
        name: z.string(),
        up: z.boolean(),
        detail: z.string().default(''),
        required: z.boolean().default(true),
      }),
    )
    .default([]),
});

export interface Readiness {
  readonly ready: boolean;
  readonly active: boolean | undefined;
  /** Why it is not ready; of a ready service what it misses without needing it. */
  readonly detail: string;
  readonly answered: boolean;
}

export async function readiness(vm: Vm): Promise<Readiness> {
  const got = await askOf(vm.session, {
    ...serviceAt(vm),
    path: '/health/ready',
    // Why a dependency is away is told to whom it knows.
    ...(vm.token === undefined ? {} : { token: vm.token.reveal() }),
  });
  if (got.status === undefined)
    return { ready: false, active: undefined, detail: `no answer: ${got.reason}`, answered: false };
  const parsed = answer.safeParse(parseJson(got.body));
  if (!parsed.success)
    return {
      ready: false,
      active: undefined,
      detail: `answers ${got.status}, but is no service of ours`,
      answered: true,
    };
  const down = parsed.data.dependencies.filter((dependency) => !dependency.up);
  return {
    ready: got.status === 200 && parsed.data.ready,
    active: parsed.data.active,
    detail: down.map(({ name, detail }) => (detail === '' ? name : `${name}: ${detail}`)).join('; '),
    answered: true,
  };
}

/** Waits until the service is ready, its container ends for good, or the time is over. */
export async function waitReady(vm: Vm, limitMs: number): Promise<Readiness> {
  const end = performance.now() + limitMs;
  for (;;) {
    const now = await readiness(vm);
    if (now.ready) return now;
    const container = now.answered ? '' : await containerState(vm);
    // 78: the service refuses its settings, and will at every restart.
    const hopeless = container.includes('(78)');
    if (hopeless || performance.now() >= end) return { ...now, detail: await whyNot(vm, now, container) };
    await pause(Math.min(INTERVAL_MS, Math.max(1, end - performance.now())));
  }
}

async function containerState(vm: Vm): Promise<string> {
  const filter = `--filter label=com.docker.compose.project=${vm.project}`;
  const result = await vm.script(`docker ps -a ${filter} --format '{{.Status}}'`);
  return result.code === 0 ? result.stdout.trim().split('\n').join(' ') : '';
}

async function whyNot(vm: Vm, last: Readiness, container: string): Promise<string> {
  if (last.answered) return last.detail || 'not ready, without a reason';
  const filter = `--filter label=com.docker.compose.project=${vm.project}`;
  const script = `id=$(docker ps -aq ${filter} | head -n 1); [ -n "$id" ] && docker logs --tail 3 "$id" 2>&1`;
  const logs = await vm.script(script);
  const parts = [last.detail, container === '' ? 'no container' : `container: ${container}`];
  if (logs.code === 0 && logs.stdout.trim() !== '') parts.push(`last words: ${lastWords(logs)}`);
  return parts.join('; ');
}
