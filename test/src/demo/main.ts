/** `pnpm demo`: a contact centre, its working day, and the services in between, checked against the fake cloud. */
import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from '@exec/common/trouble';
import { NoServerError } from '@exec/testing/servers';
import { NoJavaError, requireJava } from '../bridge/bridge-process.ts';
import { requireNode } from '../require-node.ts';
import { stopSignal } from '../stop-signal.ts';
import { type DemoOptions, demoCli } from './options.ts';
import { codesOf } from './programme.ts';
import { Screen, table } from './screen.ts';
import { dayDurationMs, waitForDrain, waitForReady, waitForSync } from './stages.ts';
import { verdictOf } from './verdict.ts';
import { Cleanup, startWorld, type World } from './world.ts';

requireNode();

const legend = `contained: what Engage has, or what was played, less what the rules leave out:
           persons outside the folder, calls without a mapped queue or agent
accepted:  what the fake cloud took`;

const read = await demoCli().read<DemoOptions>(process.argv.slice(2));
if ('code' in read) process.exit(read.code);
const { options } = read;
// With --json the last line of standard output is for programs; people read standard error.
const screen = new Screen(options.json ? process.stderr : process.stdout);
const cleanup = new Cleanup();
const death = new AbortController();
const stop = AbortSignal.any([stopSignal(), death.signal]);

async function run(): Promise<boolean> {
  screen.text('EX Engage Connector: a demonstration with simulated Engage servers and a fake cloud\n');
  screen.text(
    `  ${options.agents} agents, ${options.calls} calls, ${options.budget} requests per minute and token\n`,
  );
  if (options.bridge) await requireJava();
  const started = performance.now();
  const world = await startWorld(options, cleanup, {
    step: (text) => screen.progress({ label: 'starting', detail: text }),
    died: (name, how) => death.abort(new Error(`${name} ended unexpectedly (${how})`)),
  });
  screen.done('started', `${world.servers.join('; ')}; logs in ${world.logFolder}`);
  const watch = { world, screen, signal: stop };

  await waitForSync(watch);
  await waitForReady(watch);
  const durationMs = dayDurationMs(options);
  const codes = world.expectation.wrapupCodes.map(({ name }) => name);
  const day = world.engage.playDay({
    seed: options.seed,
    calls: options.calls,
    agents: world.working - world.programme.agents,
    durationMs,
    wrapupCodes: codes,
  });
  const scripts =
    options.calls === 0
      ? Promise.resolve([])
      : world.engage.playScenarios({
          names: [...world.programme.names],
          everyMs: 100,
          firstAgent: world.working - world.programme.agents,
          codes: codesOf(codes),
        });
  const playing = Promise.all([day, scripts]).then(([dayResult, results]) => ({
    day: dayResult,
    scripts: results,
    actors: world.actors,
  }));
  const result = await waitForDrain(watch, playing);
  const verdict = await verdictOf(world, result);
  const seconds = Math.round((performance.now() - started) / 100) / 10;

  screen.text(
    `\n${table(
      ['', 'contained', 'accepted'],
      verdict.rows.map((row) => [row.what, row.expected, row.accepted]),
    )}\n\n${legend}\nrepeated:  ${verdict.figures.duplicates} events came again as they were, and count once\n`,
  );
  for (const fault of verdict.faults) screen.fail('different', fault);
  const { totals } = result.day;
  const figures = {
    ...verdict.figures,
    calls: totals.calls,
    scripts: result.scripts.length,
    answeredCalls: totals.answered,
    abandonedCalls: totals.abandoned,
    agents: options.agents,
    seconds,
  };
  if (verdict.ok) screen.done('equal', `the cloud accepted what the day contained, in ${seconds} s`);
  else screen.fail('not equal', 'the cloud did not accept what the day contained');
  if (options.watch) await keepRunning(world);
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: verdict.ok, ...figures })}\n`);
  return verdict.ok;
}

async function keepRunning({ services, cloud, tokens }: World): Promise<void> {
  screen.text('\nStill running; stop it with Ctrl-C.');
  for (const { name, url } of Object.values(services))
    screen.text(`  ${name.padEnd(8)} ${url}/console/  ${url}/docs  ${url}/metrics`);
  screen.text(`  cloud    ${cloud.url}/__control/state`);
  screen.text('\nLog in to a console with a token:');
  screen.text(`  operator ${tokens.operator}`);
  screen.text(`  reader   ${tokens.reader}`);
  await delay(2 ** 31 - 1, undefined, { signal: stop }).catch(() => undefined);
}

let ok = false;
try {
  ok = await run();
} catch (error) {
  const message = textOf(error);
  screen.fail(
    'failed',
    error instanceof NoServerError || error instanceof NoJavaError || stop.aborted
      ? message
      : `${message}\n${(error as Error).stack}`,
  );
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
} finally {
  await cleanup.end();
}
process.exitCode = ok ? 0 : 1;
