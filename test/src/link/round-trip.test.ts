/** A link is recorded while scenarios are played; told again to EXCP or EXAS, the recording gives the same conversations and states. */
import { systemClock } from '@exec/common/clock';
import { asId, type EmployeeId } from '@exec/common/ids';
import { Site } from '@exec/exas/testing';
import { outline, seenConversations } from '@exec/excp/testing';
import {
  Masker,
  parseRecording,
  play,
  Recorder,
  ReplayServer,
  type Script,
  scriptOf,
} from '@exec/link-tools';
import {
  type ExpectedConversation,
  type Played,
  type Production,
  produce,
  ScenarioRunner,
  scenarioNamed,
  switchesFor,
} from '@exec/simulators/scenarios';
import { SipServerSimulator } from '@exec/simulators/sip-server';
import { testRedis } from '@exec/testing/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { exasSite, startExas } from './into-exas.ts';
import { excpStand } from './into-excp.ts';

const masker = new Masker(Buffer.from('the key of this test'));
const signal = new AbortController().signal;
const speed = 10;

const played = [
  'inbound-queue-call',
  'two-queues-at-once',
  'hold',
  'abandon-in-queue',
  'outbound-call',
  'internal-call',
  'transfer-to-agent',
  'consult-completed',
  'conference',
  'disposition-during-call',
] as const;

interface Session {
  readonly text: string;
  readonly production: Production;
  readonly outcome: readonly Played[];
}

/** Plays the scenarios side by side, ten times as fast as they are written, while a recording runs. */
async function session(): Promise<Session> {
  const production = produce(played.map(scenarioNamed));
  const clock = systemClock;
  const now = () => clock.now();
  const [switchName] = production.sites;
  const switches = switchesFor(production, { now, seed: 'round trip' });
  const on = switches.get(switchName);
  if (on === undefined) throw new Error('no switch');
  const sip = await SipServerSimulator.start({ switch: on, clock });
  const lines: string[] = [];
  const open = Promise.withResolvers<void>();
  const stop = new AbortController();
  const recorder = new Recorder({
    clock,
    client: { applicationName: 'record' },
    masker,
    sip: {
      address: sip.primary.link.address,
      extensions: production.agents.map(({ dn }) => dn),
      queues: production.queues.map(({ number }) => number),
    },
    switchName,
    write: (line) => lines.push(line),
    say: () => open.resolve(),
    maxMs: 120_000,
    maxBytes: 100_000_000,
    signal: stop.signal,
  }).run();
  await open.promise;
  const outcome = await new ScenarioRunner({ clock, switches, speed }).playAll(production.performances, 250);
  stop.abort();
  expect(await recorder).toMatchObject({ ended: 'stopped' });
  await sip.close();
  return { text: lines.join(''), production, outcome };
}

type Shown = Parameters<Site['untilShown']>[0] extends ReadonlyMap<EmployeeId, infer State> ? State : never;

let taken: Promise<Session> | undefined;
const recorded = (): Promise<Session> => {
  taken ??= session();
  return taken;
};

async function replayOf(text: string, kind: 'sip' | 'stat', faster: number) {
  const script = scriptOf(parseRecording(text));
  script.times.move(script.startedAt, systemClock.now(), faster);
  const server = await ReplayServer.start({
    kind,
    stretches: script[kind],
    times: script.times,
    host: '127.0.0.1',
    port: 0,
  });
  onTestFinished(() => server.close());
  const run = () =>
    play({ clock: systemClock, script, servers: [server], speed: faster, signal, patienceMs: 60_000 });
  return { script, server, run };
}

/** The same in tokens: what the cloud can know of it. */
function masked(
  conversation: ExpectedConversation,
  script: Script,
  codes: ReadonlySet<string>,
): ExpectedConversation {
  const token = (text: string) => masker.text(text);
  const who = <Name extends string>(name: Name): Name => {
    const [, kind, value = '', nth = ''] = /^(user|queue):([^#]+)(#\d+)?$/.exec(name) ?? [];
    return (kind === undefined ? name : `${kind}:${token(value)}${nth}`) as Name;
  };
  expect(script.switchName).toBe(token('SIP_Switch'));
  return {
    ...conversation,
    call: token(conversation.call),
    legs: conversation.legs.map((leg) => ({
      ...leg,
      participant: who(leg.participant),
      steps: leg.steps.map((step) => {
        const code = /^disposition:(.+)$/.exec(step)?.[1];
        if (code === undefined) return step;
        expect(codes).toContain(token(code));
        return `disposition:${token(code)}`;
      }),
      ...(leg.number === undefined ? {} : { number: token(leg.number) }),
      ...(leg.goesOnIn === undefined ? {} : { goesOnIn: token(leg.goesOnIn) }),
    })),
    transfers: conversation.transfers.map((one) => ({
      ...one,
      by: who(one.by),
      moves: who(one.moves),
      to: who(one.to),
      ...(one.reaches === undefined ? {} : { reaches: who(one.reaches) }),
    })),
  };
}

/** Who invited whom, and for which queue somebody was called, depend on what was known when a leg was told. */
const comparable = (one: ReturnType<typeof outline>) => ({
  ...one,
  legs: one.legs.map(({ invitedBy: _, ...leg }) => leg),
});

it.each([1, 4])('the conversations of a recording that is told to EXCP %d times as fast', async (faster) => {
  const { text, production, outcome } = await recorded();
  for (const { employeeId, loginCode, dn } of production.agents)
    for (const value of [employeeId, loginCode, dn]) expect(text).not.toContain(`"${value}"`);
  const { script, server, run } = await replayOf(text, 'sip', faster);
  const { stand, names, codes } = await excpStand({ script, server: server.address, redis: testRedis() });
  onTestFinished(() => stand.close());
  await stand.excp();
  expect(await run()).toMatchObject({ cut: undefined });
  const loginOf = new Map(names.people.map(({ loginCode, employeeId }) => [loginCode, employeeId]));
  const userName = new Map(
    production.agents.map(({ employeeId, loginCode }) => [
      stand.ids.user(loginOf.get(masker.text(loginCode)) ?? ''),
      masker.text(employeeId),
    ]),
  );
  const view = {
    users: userName,
    queues: new Map(names.queues.map((number) => [stand.ids.queue(number), number])),
    codes: new Map([...codes].map(([name, id]) => [id, name])),
  };
  const wanted = outcome
    .flatMap(({ expected }) => expected)
    .map((one) => masked(one, script, new Set(codes.keys())))
    .toSorted((a, b) => a.call.localeCompare(b.call));
  const ends = wanted
    .flatMap(({ legs }) => legs)
    .filter(({ steps }) => steps.some((step) => step.startsWith('ended')));
  const seen = () => seenConversations(stand.accepted(), view);
  await stand.until(
    () => stand.accepted().filter(({ kind }) => kind === 'communicationEndedEvents').length >= ends.length,
    () => JSON.stringify(stand.cloud.record.events()),
  );
  const found = new Map(seen().map((one) => [one.call, one]));
  expect(
    wanted.map((one) => {
      const got = found.get(one.call);
      return got === undefined ? undefined : comparable(outline(got, one));
    }),
  ).toEqual(wanted.map((one) => comparable(outline(one))));
  expect([...found.keys()].toSorted()).toEqual(wanted.map(({ call }) => call));
  expect(stand.cloud.record.violations).toEqual([]);
});

it('the states of a recording that is told to EXAS are those of the live link', async () => {
  const live = await Site.start({ agents: 5, redis: testRedis() });
  onTestFinished(() => live.close());
  await live.exas();
  const [ready, back, away, gone, talking] = live.employees as [
    EmployeeId,
    EmployeeId,
    EmployeeId,
    EmployeeId,
    EmployeeId,
  ];
  const opened = Promise.withResolvers<void>();
  const stop = new AbortController();
  const lines: string[] = [];
  const recorder = new Recorder({
    clock: systemClock,
    client: { applicationName: 'record' },
    masker,
    stat: { address: live.statServers.primary.link.address, agents: live.employees, tenant: 'Resources' },
    switchName: 'SIP_Switch',
    write: (line) => lines.push(line),
    say: () => opened.resolve(),
    maxMs: 120_000,
    maxBytes: 100_000_000,
    signal: stop.signal,
  }).run();
  await opened.promise;
  for (const employeeId of live.employees) live.login(employeeId);
  for (const employeeId of [ready, back, talking]) live.states.ready(employeeId);
  const call = { connId: '006c02462a161006', type: 'Inbound', state: 'Connected' } as const;
  live.states.call(talking, call);
  live.states.call(back, { ...call, connId: '006c02462a161007' });
  live.states.endCall(back, '006c02462a161007');
  live.states.notReady(away);
  live.states.logout(gone);
  const idle = { presence: 'OnQueue', routingStatus: 'Idle' } as const;
  const wanted = new Map<EmployeeId, Shown>([
    [ready, idle],
    [back, idle],
    [away, { presence: 'Busy', routingStatus: 'OffQueue' }],
    [gone, { presence: 'Offline', routingStatus: 'OffQueue' }],
    [talking, { presence: 'OnQueue', routingStatus: 'Interacting' }],
  ]);
  await live.untilShown(wanted);
  stop.abort();
  await recorder;

  const text = lines.join('');
  for (const employeeId of live.employees) expect(text).not.toContain(employeeId);
  const { script, server, run } = await replayOf(text, 'stat', 2);
  const { site, employees } = await exasSite({ script, redis: testRedis() });
  onTestFinished(() => site.close());
  await startExas(site, server.address);
  expect(await run()).toMatchObject({ cut: undefined });
  const tokenOf = (employeeId: EmployeeId) => asId<EmployeeId>(masker.text(employeeId));
  expect(employees.toSorted()).toEqual(live.employees.map(tokenOf).toSorted());
  await site.untilShown(new Map([...wanted].map(([employeeId, state]) => [tokenOf(employeeId), state])));
});
