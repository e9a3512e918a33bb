/**
 * `pnpm dashboards:ask`: runs the demo's contact centre under a real Prometheus and puts every query of every dashboard
 * and every alert to it. Ends with 1 when one has no answer.
 */
import { Screen } from '../../demo/screen.ts';
import { dayDurationMs, waitForDrain, waitForReady, waitForSync } from '../../demo/stages.ts';
import { Cleanup, startWorld } from '../../demo/world.ts';
import { helpIfAsked } from '../../help.ts';
import { requireNode } from '../../require-node.ts';
import { dashboards } from '../dashboards/index.ts';
import { Prometheus } from '../prometheus/server.ts';
import { ask, type Period, unanswered } from './ask.ts';
import { scrapes } from './patience.ts';

requireNode();
helpIfAsked(
  'pnpm dashboards:ask\nputs every query of every dashboard and alert to a Prometheus that watches the demo',
);

/** The budget is small enough for a first sync that can be watched; bridges, so that theirs are asked too (JDK, Maven). */
const options = { agents: 40, calls: 60, budget: 1500, seed: 1, json: false, watch: false, bridge: true };

const cleanup = new Cleanup();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));

/** A day of the contact centre, watched by Prometheus from the first moment. */
async function watchDay(): Promise<{ prometheus: Prometheus; period: Period }> {
  const screen = new Screen(process.stderr);
  const prometheus = await Prometheus.start();
  cleanup.add(() => prometheus.stop());
  let start = 0;
  const world = await startWorld(options, cleanup, {
    step: (text) => screen.progress({ label: 'starting', detail: text }),
    listening: ({ name, url }) => {
      start ||= Date.now() / 1000;
      const job = name.replace(/-\d+$/, '');
      void prometheus.add({ job, instance: name, address: new URL(url).host });
    },
    died: (name, how) => stop.abort(new Error(`${name} ended unexpectedly (${how})`)),
  });
  for (const { name, address } of world.engage.bridges ?? [])
    void prometheus.add({ job: 'bridge', instance: name, address });
  const watch = { world, screen, signal: stop.signal };
  await waitForSync(watch);
  await waitForReady(watch);
  const day = world.engage.playDay({
    seed: options.seed,
    calls: options.calls,
    agents: world.working,
    durationMs: dayDurationMs(options),
    wrapupCodes: world.expectation.wrapupCodes.map(({ name }) => name),
  });
  await waitForDrain(
    watch,
    day.then((result) => ({ day: result, scripts: [] })),
  );
  for (const job of ['excs', 'exas', 'excp', 'bridge']) await scrapes(prometheus, job, 5);
  return { prometheus, period: { start, end: Date.now() / 1000 } };
}

async function run(): Promise<string[]> {
  const { prometheus, period } = await watchDay();
  const faults: string[] = [];
  let queries = 0;
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const rows = await ask(prometheus, dashboard, period);
    queries += rows.flatMap(({ panels }) => panels.flatMap(({ answers }) => answers)).length;
    faults.push(...unanswered(rows).map((text) => `${name}: no data for ${text}`));
  }
  const alerts = await prometheus.rules();
  for (const { name, health, lastError } of alerts)
    if (health !== 'ok') faults.push(`alert ${name}: ${lastError ?? health}`);
  const firing = alerts.filter(({ state }) => state === 'firing').map(({ name }) => name);
  const seconds = Math.round(period.end - period.start);
  const scraped = await prometheus.instant('max by (job) (scrape_samples_scraped)');
  const sizes = scraped.map(({ labels, samples }) => `${labels.job} ${samples[0]?.[1]}`);
  process.stdout.write(
    `${queries} queries of ${Object.keys(dashboards).length} dashboards and ${alerts.length} alerts put to Prometheus after ${seconds} s; series an instance: ${sizes.join(', ')}; firing: ${firing.join(', ') || 'none'}\n`,
  );
  return faults;
}

try {
  const faults = await run();
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
} finally {
  await cleanup.end();
}
