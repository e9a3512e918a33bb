/** Waits for what only Prometheus can tell: scrapes that succeeded, alerts that changed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Prometheus } from '../prometheus/server.ts';

const lookEveryMs = 200;
const patienceMs = 120_000;
/** The same for `expect.poll`. */
export const patience = { timeout: patienceMs, interval: lookEveryMs };

/**
 * Looks again and again until there is an answer.
 * @throws Error when that takes too long
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const limit = AbortSignal.timeout(patienceMs);
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (limit.aborted) throw new Error(`waited in vain for ${what}`);
    await delay(lookEveryMs);
  }
}

/**
 * Resolves when so many scrapes of each instance of the job succeeded and every alert was evaluated.
 * @param onLook called at each look: what is to happen meanwhile
 */
export async function scrapes(
  prometheus: Prometheus,
  job: string,
  wanted: number,
  onLook: () => void = () => undefined,
): Promise<void> {
  await until(`${wanted} scrapes of ${job}`, async () => {
    onLook();
    const [counted] = await prometheus.instant(`min(sum_over_time(up{job="${job}"}[1h]))`);
    const rules = await prometheus.rules();
    const seen = counted?.samples[0]?.[1] ?? 0;
    return seen >= wanted && rules.every(({ health }) => health !== 'unknown') ? true : undefined;
  });
}
