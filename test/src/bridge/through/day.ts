/**
 * A random day into two EXCP, each behind bridges of its own before the same pair of SIP Servers, while bridges are
 * killed, a client reads nothing, and the servers change roles.
 */
import type { Socket } from 'node:net';
import { systemClock } from '@exec/common/clock';
import { readiness, Stand, verdict, waitFor } from '@exec/excp/testing';
import {
  type ExpectedConversation,
  type Production,
  planDay,
  playDay,
  produce,
  switchesFor,
  wrapupCodes,
} from '@exec/simulators/scenarios';
import type { SipSwitch } from '@exec/simulators/sip-server';
import type { BridgeProcess } from '../bridge-process.ts';
import { Line } from '../consumer.ts';
import type { NativeSipServer } from '../native-sip-server.ts';
import { BridgePair, NativePair } from '../pairs.ts';
import { checked, type Ends } from './ends.ts';
import type { Outcome, RedisOfRun } from './scenarios.ts';

const seed = 11;
const agents = 24;
const calls = 140;
const durationMs = 48_000;
/** Connections of one server may differ by so much; what lies that near to a gap may have lost something in it. */
const skewMs = 2_000;

/** Times between which not everything could be seen, milliseconds since 1970. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

type Strand = Readonly<{ bridges: BridgePair; instance: { readonly port: number } }>;

interface Site {
  readonly stand: Stand;
  readonly on: SipSwitch;
  readonly production: Production;
  readonly natives: NativePair<NativeSipServer>;
  /** Of each EXCP: what it is connected through. */
  readonly strands: readonly [Strand, Strand];
}

export async function throughDay(redis: RedisOfRun): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const note = (name: string, fault?: string) => outcomes.push({ name: `a day: ${name}`, fault });
  const fault = await checked(async (ends) => {
    const site = await start(redis, ends);
    const playing = play(site);
    playing.catch(() => undefined);
    const begin = systemClock.monotonic();
    const from = (ms: number) => systemClock.sleep(Math.max(0, begin + ms - systemClock.monotonic()));
    await from(8_000);
    note('one EXCP sees nothing while its bridges are killed, the other everything', await oneKilled(site));
    note('a client that reads nothing loses its connection, nobody else', await deafClient(site, ends));
    // Late enough for many calls to be over.
    await from(durationMs / 2);
    const gaps = [await gap(site, rolesChange(site)), await gap(site, allKilled(site))];
    const conversations = await playing;
    await allEnded(site);
    for (const [name, text] of judged(site, conversations, gaps)) note(name, text);
    return undefined;
  });
  return [...outcomes, { name: 'a day: is played to its end', fault }];
}

async function start(redis: RedisOfRun, ends: Ends): Promise<Site> {
  const base = produce([]);
  const [site] = base.sites;
  const production: Production = {
    ...base,
    agents: Array.from({ length: agents }, (_, index) => ({
      employeeId: `D${100 + index}`,
      loginCode: `${8100 + index}`,
      dn: `${6100 + index}`,
      site,
      mapped: true,
    })),
    queues: Array.from({ length: 6 }, (_, index) => ({ number: `${9100 + index}`, site, mapped: true })),
  };
  const switches = switchesFor(production, { now: () => Date.now(), seed: 'through-day' });
  const on = switches.get(site);
  if (on === undefined) throw new Error('there is no switch');
  const natives = await NativePair.sip(on);
  ends.defer(() => natives.close());
  // As small as it may be, so that a client that reads nothing is found out soon.
  const limits = ['link.queue-frames=20000', 'link.queue-bytes=1048576'];
  const pairs = [
    await BridgePair.start('tserver', natives, limits),
    await BridgePair.start('tserver', natives, limits),
  ] as const;
  for (const pair of pairs) ends.defer(() => pair.stop());
  const addresses = (index: 0 | 1) => new Map([[site, pairs[index].addresses]]);
  const stand = await Stand.start({ redis, production, engage: { switches, addresses: addresses(0) } });
  ends.defer(() => stand.close());
  const strand = async (index: 0 | 1): Promise<Strand> => ({
    bridges: pairs[index],
    instance: await stand.excp({ SITES_FILE: await stand.sitesFile(`lane-${index}`, addresses(index)) }),
  });
  const strands = [await strand(0), await strand(1)] as const;
  await stand.ready();
  return { stand, on, production, natives, strands };
}

async function play({ on, production }: Site): Promise<readonly ExpectedConversation[]> {
  const queues = production.queues.map(({ number }) => number);
  const plan = planDay({ ...{ seed, agents, calls, durationMs }, queues: queues.length, wrapupCodes });
  const centre = { agents: production.agents, queues, routingPoint: '8000' };
  const book = await playDay(plan, { clock: systemClock, switch: on, centre });
  return book.conversations;
}

const isReady = async ({ instance }: Strand) => (await readiness(instance.port)).ready;

/** The other EXCP goes on: nothing is lost. */
async function oneKilled({ strands: [strand, other] }: Site): Promise<string | undefined> {
  await Promise.all(strand.bridges.bridges.map((bridge) => bridge.kill()));
  await waitFor(async () => !(await isReady(strand)), 'the EXCP has lost its links');
  const unharmed = await isReady(other);
  await Promise.all(strand.bridges.bridges.map((bridge) => bridge.restart()));
  await waitFor(() => isReady(strand), 'the EXCP is linked again');
  return unharmed ? undefined : 'the other EXCP was not ready';
}

async function deafClient({ strands, natives }: Site, ends: Ends): Promise<string | undefined> {
  const [bridge] = strands[0].bridges.bridges;
  const [native] = natives.servers;
  const linked = await bridge.metric('bridge_clients');
  const address = 'deaf';
  native.addAddress(address);
  const { socket, gone } = await deaf(bridge, address);
  ends.defer(async () => void socket.destroy());
  // More than the buffers of both sockets and the bridge's queue hold.
  await native.flood(address, 400, 60_000);
  await waitFor(
    async () => (await bridge.metric('bridge_clients_dropped_total', 'not-reading')) === 1,
    'the bridge drops the client',
  );
  socket.resume();
  await gone;
  if ((await bridge.metric('bridge_clients')) !== linked) return 'another client has lost its connection';
  return (await Promise.all(strands.map(isReady))).every(Boolean) ? undefined : 'an EXCP is not ready';
}

/** A client that registers an address and reads nothing more. */
async function deaf(
  bridge: BridgeProcess,
  dn: string,
): Promise<{ readonly socket: Socket; readonly gone: Promise<void> }> {
  const line = await Line.open(bridge.port);
  const registered = () => line.frames.some(({ message }) => message === 'EventRegistered');
  // The bridge may be asked for the address before its server has heard of it.
  while (!registered())
    await line.ask('RequestRegisterAddress', {
      ThisDN: dn,
      AddressType: 'DN',
      RegisterMode: 'ModeShare',
      ControlMode: 'RegisterDefault',
    });
  const gone = Promise.withResolvers<void>();
  line.socket.once('close', () => gone.resolve());
  line.socket.pause();
  return { socket: line.socket, gone: gone.promise };
}

/** From the moment at which it begins until both EXCP see everything again. */
async function gap({ strands }: Site, change: Promise<void>): Promise<Gap> {
  const from = Date.now() - skewMs;
  await change;
  await waitFor(
    async () => (await Promise.all(strands.map(isReady))).every(Boolean),
    'both EXCP see again',
    60_000,
  );
  return { from, to: Date.now() + skewMs };
}

/** The old primary is silent from then on; the bridges find out by asking. */
async function rolesChange({ natives, strands }: Site): Promise<void> {
  natives.switchover();
  await waitFor(
    async () => (await Promise.all(strands.map(isReady))).every((ready) => !ready),
    'both EXCP know that they see nothing',
    30_000,
  );
}

async function allKilled({ strands }: Site): Promise<void> {
  const bridges = strands.flatMap((strand) => strand.bridges.bridges);
  await Promise.all(bridges.map((bridge) => bridge.kill()));
  await waitFor(
    async () => (await Promise.all(strands.map(isReady))).every((ready) => !ready),
    'both EXCP have lost their links',
  );
  await Promise.all(bridges.map((bridge) => bridge.restart()));
}

async function allEnded({ stand, strands }: Site): Promise<void> {
  await waitFor(
    async () => {
      const texts = await Promise.all(
        strands.map(async ({ instance }) =>
          (await fetch(`http://127.0.0.1:${instance.port}/metrics`)).text(),
        ),
      );
      return texts.some(
        (text) =>
          /^excp_active(\{.*\})? 1$/m.test(text) && /^excp_open_conversations(\{.*\})? 0$/m.test(text),
      );
    },
    'everything has ended',
    30_000,
  );
  const open = () =>
    [...stand.cloud.state.conversations.all()].filter((one) => one.endedAt === undefined).length;
  await stand.until(
    () => open() === 0,
    () => `${open()} conversations are open`,
  );
}

function* judged(
  { stand }: Site,
  conversations: readonly ExpectedConversation[],
  gaps: readonly Gap[],
): Iterable<readonly [string, string | undefined]> {
  const touched = new Set(
    conversations.filter((one) => gaps.some((gap) => overlaps(one, gap))).map((one): string => one.call),
  );
  const day = { performance: { scenario: { name: 'the day' } }, expected: conversations };
  const wrong = verdict(stand, [day]).wrong.filter((one) => !isOf(one, touched) && !differsInOrderOnly(one));
  const whole = conversations.length - touched.size;
  yield [
    `${whole} of ${calls} calls did not fall into a gap: each is injected once, leg by leg as it was`,
    wrong.length === 0 && whole >= calls / 4
      ? undefined
      : `${wrong.length} differ: ${JSON.stringify(wrong.slice(0, 2))}`,
  ];
  const seen = stand
    .accepted()
    .flatMap(({ event }) =>
      'sourceConfiguration' in event
        ? [[event.conversationId, event.sourceConfiguration.interactionId] as const]
        : [],
    );
  const conversationsOf = Map.groupBy(new Map(seen), ([, call]) => call);
  const split = [...conversationsOf].filter(([, list]) => list.length > 1);
  yield [
    'no call becomes two conversations',
    split.length === 0 ? undefined : JSON.stringify(split.slice(0, 3)),
  ];
  const { record } = stand.cloud;
  const { refused } = record.events();
  yield [
    'nothing is refused or against the rules',
    refused + record.violationCount === 0
      ? undefined
      : JSON.stringify({ refused, violations: record.violations.slice(0, 3) }),
  ];
}

function overlaps({ legs }: ExpectedConversation, { from, to }: Gap): boolean {
  const times = legs.flatMap((leg) => leg.times);
  return Math.min(...times) <= to && Math.max(...times) >= from;
}

interface Outline {
  readonly call: string;
  readonly legs: readonly { readonly steps: readonly string[] }[];
}

interface Wrong {
  readonly got?: Outline;
  readonly wanted?: Outline;
  readonly unexpected?: Outline;
}

/**
 * A disposition comes over another connection than the end of the leg, and between connections there is no order: both
 * orders are right.
 */
function differsInOrderOnly({ got, wanted }: Wrong): boolean {
  const isDisposition = (step: string) => step.startsWith('disposition');
  const ordered = ({ legs, ...rest }: Outline) =>
    JSON.stringify({
      ...rest,
      legs: legs
        .map(({ steps, ...leg }) => ({
          ...leg,
          steps: [...steps.filter((step) => !isDisposition(step)), ...steps.filter(isDisposition)],
        }))
        .map((leg) => JSON.stringify(leg))
        .toSorted(),
    });
  return got !== undefined && wanted !== undefined && ordered(got) === ordered(wanted);
}

/** Whether an entry of the verdict is about one of these calls. */
function isOf({ wanted, unexpected }: Wrong, these: ReadonlySet<string>): boolean {
  return these.has(wanted?.call ?? unexpected?.call ?? '');
}
