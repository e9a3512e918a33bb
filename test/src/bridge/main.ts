/**
 * `pnpm test:bridge`: builds the bridge, runs its own tests, then plays the native form of every scenario through it and
 * compares the frames of each connection with those of the simulator, and what EXAS and EXCP behind it inject with the
 * scripts.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { laterBy } from '@exec/common/instants';
import { FakeClock } from '@exec/common/testing';
import { type Performance, produce, Stage, scenarios, switchesFor } from '@exec/simulators/scenarios';
import { SipServerSimulator, type SipSwitch } from '@exec/simulators/sip-server';
import { AgentStates, followSwitch, StatServerSimulator } from '@exec/simulators/stat-server';
import { helpIfAsked } from '../help.ts';
import { requireNode } from '../require-node.ts';
import { BridgeProcess, bridgeFolder, build } from './bridge-process.ts';
import { checkBuild } from './build-command.ts';
import { checkCheck } from './check-command.ts';
import { compareConformance, sideBySide, writePage } from './conformance.ts';
import { Consumer, comparable, Line } from './consumer.ts';
import { faultOfDemo } from './demo-run.ts';
import { NativeSipServer } from './native-sip-server.ts';
import { NativeStatServer } from './native-stat-server.ts';
import { through } from './through/index.ts';
import { checkDescribe, checkSelfTest } from './tools-on-variants.ts';

requireNode();
helpIfAsked(
  'pnpm test:bridge\nbuilds the bridge with Maven, runs its tests, and plays every scenario through it',
);

const streams = ['calls', 'queues', 'extensions'] as const;

/** A switch with both servers before it: the simulator, and the bridge before the double. */
interface Site {
  readonly on: SipSwitch;
  readonly simulator: SipServerSimulator;
  readonly native: NativeSipServer;
  readonly bridge: BridgeProcess;
  direct: Consumer;
  bridged: Consumer;
}

let passed = 0;
let failed = 0;

function report(name: string, fault: string | undefined): void {
  if (fault === undefined) passed += 1;
  else failed += 1;
  if (fault !== undefined) process.stdout.write(`FAIL  ${name}: ${fault}\n`);
}

async function junit(): Promise<void> {
  const folder = join(bridgeFolder, 'bridge/target/surefire-reports');
  for (const file of (await readdir(folder)).filter((one) => one.endsWith('.xml'))) {
    const text = await readFile(join(folder, file), 'utf8');
    const [, tests, errors, failures] =
      /tests="(\d+)" errors="(\d+)" skipped="\d+" failures="(\d+)"/.exec(text) ?? [];
    failed += Number(errors) + Number(failures);
    passed += Number(tests) - Number(errors) - Number(failures);
  }
}

async function consumers(site: Pick<Site, 'on' | 'simulator' | 'bridge'>): Promise<[Consumer, Consumer]> {
  const direct = await Consumer.start(site.simulator.primary.link.address.port, site.on);
  return [direct, await Consumer.start(site.bridge.port, site.on)];
}

/** Waits until the bridge has told as much as the simulator, then compares connection by connection. */
async function compare(
  site: Site,
  from: Readonly<Record<(typeof streams)[number], number>>,
): Promise<string | undefined> {
  // Both sockets of this process are drained in turn: what the simulator has written arrives within some turns.
  for (const stream of streams) {
    const direct = site.direct.lines[stream];
    const bridged = site.bridged.lines[stream];
    await bridged.until(() => bridged.frames.length >= direct.frames.length).catch(() => undefined);
    const [left, right] = [direct.frames.slice(from[stream]), bridged.frames.slice(from[stream])];
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const [a, b] = [left[index], right[index]];
      const [expected, seen] = [a && comparable(a), b && comparable(b)];
      if (expected !== seen)
        return `${site.on.name} ${stream} frame ${index}\n  simulator ${expected}\n  bridge    ${seen}`;
    }
  }
  return undefined;
}

/** Both statistics of every agent, as EXAS opens them. */
async function watchAgents(port: number): Promise<Line> {
  const line = await Line.open(port, false);
  for (const { employeeId } of production.agents)
    for (const [Category, Subject] of [
      ['CurrentState', 'DNStatus'],
      ['CurrentStateReasons', 'DNAction'],
    ])
      await line.ask('RequestOpenStatistic', {
        StatisticObject: { ObjectId: employeeId, ObjectType: 'Agent', TenantName: 'Resources' },
        StatisticMetric: { Category, Subject, MainMask: '*' },
        Notification: { Mode: 'Immediate' },
      });
  return line;
}

/** Of each statistic, in its order; the order between statistics is nobody's promise. */
async function compareStatistics(): Promise<string | undefined> {
  const [direct, bridged] = statistics;
  if (direct === undefined || bridged === undefined) return 'nobody watched';
  await bridged.until(() => bridged.frames.length >= direct.frames.length).catch(() => undefined);
  const byStatistic = ({ frames }: Line) =>
    frames
      .toSorted((a, b) => Number(a.attributes.ReferenceID) - Number(b.attributes.ReferenceID))
      .map(comparable);
  const [left, right] = [byStatistic(direct), byStatistic(bridged)];
  if (left.length < production.agents.length * 4) return `only ${left.length} frames`;
  const index = left.findIndex((frame, at) => frame !== right[at]);
  if (index < 0 && left.length === right.length) return undefined;
  return `frame ${index} of ${left.length}, ${right.length}\n  simulator ${left[index]}\n  bridge    ${right[index]}`;
}

const marks = (site: Site) => ({
  calls: site.direct.lines.calls.frames.length,
  queues: site.direct.lines.queues.frames.length,
  extensions: site.direct.lines.extensions.frames.length,
});

async function quiet(sites: readonly Site[]): Promise<void> {
  let before = '';
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = JSON.stringify(sites.map(marks));
    if (now === before) return;
    before = now;
  }
}

async function play(
  performance: Performance,
  sites: readonly Site[],
  at: (ms: number) => void,
): Promise<string | undefined> {
  let from = sites.map(marks);
  let watching: boolean | undefined;
  let fault: string | undefined;
  const switches = new Map(sites.map(({ on }) => [on.name, on]));
  const stage = new Stage(performance, switches, {
    watching: (on) => {
      watching = on;
    },
  });
  const check = async () => {
    await quiet(sites);
    for (const [index, site] of sites.entries()) fault ??= await compare(site, from[index] ?? marks(site));
  };
  for (const step of performance.scenario.steps) {
    at(step.at);
    step.run(stage);
    if (watching === undefined) continue;
    await check();
    for (const site of sites) {
      if (watching) [site.direct, site.bridged] = await consumers(site);
      else for (const consumer of [site.direct, site.bridged]) consumer.close();
    }
    from = watching ? sites.map(() => ({ calls: 0, queues: 0, extensions: 0 })) : sites.map(marks);
    watching = undefined;
  }
  await check();
  return fault;
}

process.stdout.write('building, and running JUnit\n');
await build().catch((error: { stdout?: string }) => {
  report('the build', error.stdout ?? String(error));
});
await junit();
const tools = await Promise.all([checkBuild(), checkSelfTest(scenarios.length), checkDescribe()]);
for (const [name, fault] of tools.flat()) report(name, fault);

const reports = await compareConformance(report);
process.stdout.write(`\n${sideBySide(reports)}\n\n`);
if (process.argv.includes('--report')) await writePage(reports);

const clock = new FakeClock(Date.UTC(2026, 0, 5, 8));
let now = clock.now();
const production = produce(scenarios);
const switches = switchesFor(production, { now: () => now, seed: 'bridge' });
const states = new AgentStates({ now: () => now });
for (const { employeeId } of production.agents) states.addAgent(employeeId);
const following = [...switches.values()].map((on) => followSwitch(states, on));
const statSimulator = await StatServerSimulator.start({
  clock,
  states,
  keepAliveMs: false,
  recordedFrames: 0,
});
const statNative = await NativeStatServer.start(states);
const statBridge = await BridgeProcess.start('statserver', statNative.port);
const statistics = [
  await watchAgents(statSimulator.primary.link.address.port),
  await watchAgents(statBridge.port),
];
const sites: Site[] = [];
for (const on of switches.values()) {
  const simulator = await SipServerSimulator.start({
    clock,
    switch: on,
    keepAliveMs: false,
    recordedFrames: 0,
  });
  const native = await NativeSipServer.start(on);
  const bridge = await BridgeProcess.start('tserver', native.port);
  const [direct, bridged] = await consumers({ on, simulator, bridge });
  sites.push({ on, simulator, native, bridge, direct, bridged });
}
const [agent] = production.agents;
const [site] = sites;
const queue = production.queues.find((one) => one.site === site?.on.name);
if (agent === undefined || site === undefined || queue === undefined) throw new Error('nobody takes part');
for (const [name, fault] of await checkCheck({
  sip: site.native.port,
  stat: statNative.port,
  dn: agent.dn,
  queue: queue.number,
  agent: agent.employeeId,
}))
  report(name, fault);
try {
  for (const performance of production.performances) {
    const begin = laterBy(now, 60_000);
    for (const [role, { loggedIn = true }] of Object.entries(performance.scenario.cast.agents ?? {})) {
      const agent = performance.agents.get(role);
      const on = agent === undefined ? undefined : switches.get(agent.site);
      if (agent === undefined || !loggedIn) continue;
      on?.login(agent.dn, { agentId: agent.loginCode, employeeId: agent.employeeId });
      on?.ready(agent.dn);
    }
    const fault = await play(performance, sites, (ms) => {
      now = laterBy(begin, ms);
    });
    report(performance.scenario.name, fault);
  }
} finally {
  report('values of every agent over all scenarios', await compareStatistics());
  for (const line of statistics) line.close();
  for (const stop of following) stop();
  report(
    'Stat Server: the bridge ends with 0 on SIGTERM',
    (await statBridge.stop()) === 0 ? undefined : 'it did not',
  );
  await statNative.close();
  await statSimulator.close();
  for (const site of sites) {
    site.direct.close();
    site.bridged.close();
    const code = await site.bridge.stop();
    report(
      `${site.on.name}: the bridge ends with 0 on SIGTERM`,
      code === 0 ? undefined : `it ended with ${code}`,
    );
    await site.native.close();
    await site.simulator.close();
  }
}
process.stdout.write('EXAS and EXCP behind bridges\n');
for (const { name, fault } of await through()) report(name, fault);
report('pnpm demo --bridge: the cloud accepted what the day contained', await faultOfDemo());
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
// What a failed check has left open must not keep the run from ending.
setTimeout(() => process.exit(), 5_000).unref();
