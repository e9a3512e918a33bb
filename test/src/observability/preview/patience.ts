/** Waits for scrapes: each one is seen in Prometheus itself. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Prometheus } from '../prometheus/server.ts';

const lookEveryMs = 200;
const patienceMs = 30_000;

/**
 * Resolves when so many scrapes of the job succeeded and the alerts were evaluated after them.
 * @param onLook called at each look: what is to happen meanwhile
 * @throws Error when that takes too long
 */
export async function scrapes(
  prometheus: Prometheus,
  job: string,
  wanted: number,
  onLook: () => void = () => undefined,
): Promise<void> {
  const limit = AbortSignal.timeout(patienceMs);
  for (;;) {
    onLook();
    const [counted] = await prometheus.instant(`min(sum_over_time(up{job="${job}"}[1h]))`);
    const seen = counted?.samples[0]?.[1] ?? 0;
    const rules = await prometheus.rules();
    if (seen >= wanted && rules.every(({ health }) => health !== 'unknown')) return;
    if (limit.aborted) throw new Error(`only ${seen} of ${wanted} scrapes of ${job} succeeded`);
    await delay(lookEveryMs);
  }
}
