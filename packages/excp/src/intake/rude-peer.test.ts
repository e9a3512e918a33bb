/**
 * From the socket to the stream: whatever one peer sends, the connections to the others are read on, nothing is thrown,
 * and what enters the stream can be read and dealt with.
 */

import { systemClock } from '@exec/common/clock';
import { Formats, readValue } from '@exec/common/formats';
import { streamMs, wallMs } from '@exec/common/instants';
import { silentLogger } from '@exec/common/logging';
import {
  accept,
  answer,
  keepAlive,
  LinkServer,
  type PeerConnection,
  readableMetrics,
  reply,
} from '@exec/engage-link/testing';
import { encodeFrame } from '@exec/engage-link/wire';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import { readEntry } from '../events/in-stream-entry.ts';
import { Model, type Output } from '../processor/model.ts';
import { mappingOf } from '../testing/mapping.ts';
import { modelMessages } from '../testing/messages.ts';
import type { Offer } from './backlog.ts';
import { Intake } from './intake.ts';

const formats = new Formats();

const production = produce([scenarioNamed('hold')]);
const [agent] = production.agents;
const map = mappingOf(production);

const messages = [
  ...modelMessages,
  'EventAgentReady',
  'EventACK',
  'EventError',
  'EventRegistered',
  'EventUnregistered',
  'EventServerInfo',
  'EventServerConnected',
  'EventLinkConnected',
  'EventLinkDisconnected',
  'KeepAliveRequest',
  'EventNobodyKnows',
  '__proto__',
];

const now = Math.floor(Date.now() / 1000);
const extreme = fc.constantFrom<unknown[]>(
  0,
  -1,
  1e15,
  Number.MAX_SAFE_INTEGER,
  1.5,
  true,
  null,
  '',
  'x'.repeat(256),
  'x'.repeat(70_000),
  '\u0000\ud83d\ude00',
  [],
  {},
  { a: { b: { c: 1 } } },
);
const usual = {
  CallUUID: fc.constantFrom('A', 'B', 'C'),
  NewCallUUID: fc.constantFrom('A', 'B'),
  RefCallUUID: fc.constantFrom('A', 'B'),
  OrigCallUUID: fc.constantFrom('A', 'B'),
  PreviousConnID: fc.constantFrom('0000000000000001', '0000000000000002'),
  ConnID: fc.constantFrom('0000000000000001', '0000000000000002'),
  CallType: fc.constantFrom('Inbound', 'Consult', 'Outbound', 'Sideways'),
  PartyUUID: fc.constantFrom('P', 'Q', 'R'),
  RefParty: fc.constantFrom('P', 'Q'),
  CtrlParty: fc.constantFrom('P', 'Q'),
  DN: fc.constantFrom(agent?.dn ?? '', '8000', '+49', ''),
  ThisDN: fc.constantFrom(agent?.dn ?? '', 'VQ_Sales', ''),
  ThisQueue: fc.constantFrom('VQ_Sales', 'VQ_Nobody'),
  ThirdPartyDN: fc.constantFrom(agent?.dn ?? '', ''),
  AgentID: fc.constantFrom(agent?.loginCode ?? '', ''),
  PartyType: fc.constantFrom('Extension', 'External', 'RoutingPoint', 'IVR', 'Ghost'),
  PartyState: fc.constantFrom('Alerting', 'Connected', 'Held', 'Failed', 'Null'),
  PartyFlags: fc.subarray(['NoTalk', 'Audit', 'NoListen', 'Loud']),
  Cause: fc.constantFrom('Transfer', 'Conference', 'Empty', 'Whim'),
  ReferenceID: fc.constantFrom(0, 1, 2, 3, 4, 5, 2_147_483_648),
  TimeinSecs: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(now, now - 5, now + 86_000) },
    { weight: 1, arbitrary: fc.constantFrom(0, now + 90_000, 9e15) },
  ),
  TimeinuSecs: fc.constantFrom(0, 999_999, 1_000_000),
  UserData: fc.constantFrom({ DispositionCode: 'Sale' }, { DispositionCode: {} }),
  ISLinkList: fc.constantFrom([{ LinkId: 'L' }], [{}], 'L'),
  Extensions: fc.constantFrom(
    { Resync: 1 },
    { ResyncDone: 1 },
    { ResyncDone: 1, ResyncReliable: 0 },
    { VQID: 'S1' },
    { 'call-0': 'A', 'conn-0': 7, 'ps-0': [], AgentStatus: 'Ready' },
  ),
};
const present = { freq: 6, nil: undefined };
const attributes = fc.record(
  Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [
      name,
      fc.option(
        fc.oneof(
          { weight: 12, arbitrary: value as fc.Arbitrary<unknown> },
          { weight: 1, arbitrary: extreme },
        ),
        present,
      ),
    ]),
  ),
);
const frame = fc.record({ message: fc.constantFrom(...messages), attributes });

/** What the rude peer does next on one of its connections. */
const action = fc.oneof(
  { weight: 20, arbitrary: frame.map((one) => ({ does: 'frame' as const, ...one })) },
  { weight: 3, arbitrary: frame.map((one) => ({ does: 'twice' as const, ...one })) },
  { weight: 1, arbitrary: frame.map((one) => ({ does: 'half' as const, ...one })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { does: 'garbage' as const },
      { does: 'end' as const },
      { does: 'reset' as const },
    ),
  },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

function act(on: PeerConnection, one: Action): void {
  switch (one.does) {
    case 'frame':
      on.write(encodeFrame(one.message, one.attributes));
      return;
    case 'twice':
      for (let n = 0; n < 2; n++) on.write(encodeFrame(one.message, one.attributes));
      return;
    case 'half':
      on.write(encodeFrame(one.message, one.attributes).subarray(0, 20));
      on.end();
      return;
    case 'garbage':
      on.write(Buffer.from([0xff, 0x0a, 0x7b, 0x0a]));
      return;
    case 'end':
      on.end();
      return;
    case 'reset':
      on.reset();
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = AbortSignal.timeout(60_000);
  while (!condition()) {
    if (end.aborted) throw new Error(`not within 60 s: ${what}`);
    await systemClock.sleep(2);
  }
}

const polite = [
  accept({ linked: true }),
  keepAlive,
  reply('RequestRegisterAddress', 'EventRegistered', ({ attributes: { ThisDN } }) => ({
    ThisDN,
    Extensions: {},
  })),
  answer('RequestStartCallMonitoring', (on, { attributes: { ReferenceID } }) => {
    for (const Extensions of [{ Resync: 1 }, { ResyncDone: 1 }])
      on.send('EventACK', { ReferenceID, Extensions });
  }),
];

it('any sequence of frames, cut, doubled, out of order, unknown or extreme, stops no other connection and throws nothing', async () => {
  const [rude, good] = [
    await LinkServer.start({ behaviours: polite }),
    await LinkServer.start({ behaviours: polite }),
  ];
  const [rudeSite, goodSite] = production.sites;
  const offers: Offer[] = [];
  const complete = new Set<string>();
  const servers = (one: LinkServer) => ({
    queues: [one.address],
    extensions: [one.address],
    calls: [one.address],
  });
  const intake = new Intake({
    formats,
    sites: [
      { switch: rudeSite, servers: servers(rude) },
      { switch: goodSite, servers: servers(good) },
    ],
    claimer: { offer: (offer) => void offers.push(offer) },
    coverage: {
      complete: (site, connection) => complete.add(`${site} ${connection}`),
      lost: () => undefined,
    },
    metrics: { received: () => undefined },
    linkMetrics: readableMetrics().metrics,
    link: { applicationName: 'EXCP', password: undefined, limits: { backOffMinMs: 2, backOffMaxMs: 10 } },
    dispositionKey: 'DispositionCode',
    owner: 'one',
    streamNow: async () => streamMs(Date.now()),
    clock: systemClock,
    logger: silentLogger,
  });
  onTestFinished(async () => {
    await intake.stop();
    await rude.close();
    await good.close();
  });
  const gone = new Set<PeerConnection>();
  const open = () =>
    rude.connections.filter((one) => {
      void one.closed.then(() => gone.add(one));
      return !gone.has(one);
    });
  intake.start();
  intake.use(map);
  await until(() => complete.size === 6, 'all connections are complete');
  let marks = 0;
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), action), { minLength: 5, maxLength: 60 }),
      async (actions) => {
        await until(() => open().length > 0, 'the rude peer is dialled');
        for (const [index, one] of actions) {
          const connections = open();
          const on = connections[index % connections.length];
          if (on !== undefined) act(on, one);
        }
        const mark = `mark-${++marks}`;
        const of = { CallUUID: mark, ConnID: '00000000000000aa', CallType: 'Inbound' };
        for (const on of good.connections)
          on.send('EventCallCreated', { ...of, TimeinSecs: now, TimeinuSecs: 1 });
        const came = () => offers.filter(({ call }) => call === `${goodSite}/${mark}`).length;
        await until(() => came() === 3, 'the good peer is heard');
        const settings = { ...defaultSettings, sites: production.sites };
        const model = new Model({ settings, scope: 'org/1', map: () => map, repeatsBefore: wallMs(0) });
        const outputs: Output[] = [];
        for (const [number, { entry }] of offers.splice(0).entries()) {
          const read = readValue(readEntry(formats, entry));
          expect(read, entry.slice(0, 200)).toBeDefined();
          const at = streamMs(Date.now());
          const streamEntry = { id: `${at}-${number}`, waited: 0, entry: read, text: entry };
          outputs.push(...model.accept(streamEntry, at));
          stored++;
        }
        outputs.push(...model.reconsider(streamMs(Date.now() + 100_000)));
        // Whatever passes the link is something that the model can deal with.
        expect(outputs.filter(({ type }) => type === 'fault')).toEqual([]);
        // A connection that is closed because of a frame is opened again.
        expect(good.connections).toHaveLength(3);
      },
    ),
    { numRuns: 120 },
  );
  // Some of it is taken, or nothing would be proven; how much depends on how soon the connections are opened again.
  expect(stored).toBeGreaterThan(marks * 3 + 10);
});
