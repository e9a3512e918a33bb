/** A peer with a fault fails the check that is made for it, and only that. */

import type { Frame } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { simulator, simulatorPeople } from '../players/simulator.ts';
import { type Hearing, Mutant, type Mutation } from '../testing/mutant.ts';
import { startSite, testContext } from '../testing/site.ts';
import type { Limits } from './context.ts';
import { listOf } from './order.ts';
import type { Row } from './rows.ts';
import { runConformance } from './run.ts';

/** What never comes, where that is the fault, is waited for as long as what does come: that is late on a busy machine. */
const patient: Limits = { answer: 10_000, resync: 10_000, call: 20_000, quiet: 50 };
/** Nothing is expected of the single checks. */
const hasty: Limits = { answer: 300, resync: 300, call: 300, quiet: 50 };

interface Fault {
  readonly limits?: Limits;
  readonly hear?: Hearing;
}

/** Of the test's own context: tests run side by side. */
type OnFinished = (close: () => Promise<void>) => void;

async function checkSip(finished: OnFinished, mutate: Mutation, o: Fault = {}): Promise<Row[]> {
  const site = await startSite();
  finished(() => site.close());
  const { sites, stat, testCalls = '' } = site.addresses;
  const mutant = await Mutant.start(sites[0]?.sip[0] ?? stat[0], mutate, o.hear);
  finished(() => mutant.close());
  const people = await simulatorPeople(testCalls);
  const calls = simulator(testCalls);
  return runConformance(testContext({ calls, limits: o.limits ?? patient }), {
    sip: { address: mutant.address, ...people },
  });
}

async function checkStat(finished: OnFinished, mutate: Mutation, o: Fault = {}): Promise<Row[]> {
  const site = await startSite();
  finished(() => site.close());
  const { stat, testCalls = '' } = site.addresses;
  const mutant = await Mutant.start(stat[0], mutate, o.hear);
  finished(() => mutant.close());
  const calls = simulator(testCalls);
  return runConformance(testContext({ calls, limits: o.limits ?? patient }), {
    stat: { address: mutant.address, agents: ['E1001'], tenant: 'Resources' },
  });
}

const failed = (rows: readonly Row[]) =>
  rows.filter(({ result }) => result === 'fail').map(({ check, seen }) => `${check}: ${seen}`);

const change =
  (message: string, attributes: (of: Frame['attributes']) => object): Mutation =>
  (frame) =>
    frame.message === message
      ? [{ message, attributes: { ...frame.attributes, ...attributes(frame.attributes) } }]
      : [frame];
const leaveOut =
  (fits: (frame: Frame) => boolean): Mutation =>
  (frame) =>
    fits(frame) ? [] : [frame];
const extensionOf = (frame: Frame, name: string) => listOf(frame.attributes.Extensions)[name];
const ofCalls = (frame: Frame) => frame.message.startsWith('EventCall');

/** Gives each frame that fits after the one that comes next. */
function swap(fits: (frame: Frame) => boolean): Mutation {
  const held = new Map<number, Frame>();
  return (frame, connection) => {
    const before = held.get(connection);
    held.delete(connection);
    if (before !== undefined) return [frame, before];
    if (!fits(frame)) return [frame];
    held.set(connection, frame);
    return [];
  };
}

describe.concurrent('a SIP Server', () => {
  it.for<[string, Mutation, RegExp[], Fault?]>([
    [
      'whose role is none',
      change('EventServerConnected', () => ({ ServerRole: 'Main' })),
      [/^opening: EventServerConnected is wrong.*ServerRole/],
    ],
    [
      'whose role is another when it is asked',
      change('EventServerInfo', () => ({ ServerRole: 'Backup' })),
      [/^role: .*Backup after it opened as Primary/, /^query: /],
    ],
    [
      'of another version',
      change('EventServerConnected', () => ({ ProtocolVersion: 'engage-link/9' })),
      [/^opening: speaks "engage-link\/9"/],
    ],
    [
      'whose start is no time',
      change('EventServerConnected', () => ({ ServerStartTime: 1 })),
      [/^opening: ServerStartTime/],
    ],
    [
      'that never says that it is usable',
      leaveOut(({ message }) => message === 'EventLinkConnected'),
      [/^usable: no EventLinkConnected/],
    ],
    [
      'that does not end its resync',
      leaveOut((frame) => extensionOf(frame, 'ResyncDone') === 1),
      [/^resync: no ResyncDone: no answer in time/],
    ],
    [
      'that has no resync at all',
      change('EventACK', () => ({ Extensions: {} })),
      [/^resync: EventACK does not say Resync/],
    ],
    [
      'that forgets live calls',
      leaveOut((frame) => extensionOf(frame, 'Resync') === 1 && frame.message !== 'EventACK'),
      [/^resync-live: the live call is not named/],
    ],
    [
      'that marks live calls as nothing',
      (frame) =>
        extensionOf(frame, 'Resync') === 1 && ofCalls(frame)
          ? [{ ...frame, attributes: { ...frame.attributes, Extensions: {} } }]
          : [frame],
      [/^resync-live: the live call is not named/],
    ],
    [
      'whose snapshots are empty',
      change('EventRegistered', () => ({ Extensions: { AgentStatus: 'Ready' } })),
      [/^snapshot-live: the live call is not in the snapshot/],
    ],
    [
      'that names a party before its call',
      swap(({ message }) => message === 'EventCallCreated'),
      [
        /^order: EventCallPartyAdded before EventCallCreated/,
        /^resync-live: a party is named before its call/,
      ],
    ],
    [
      'that tells the end of a call before that of its parties',
      swap(({ message }) => message === 'EventCallPartyDeleted'),
      [/^order: /],
    ],
    [
      'that diverts before it queues',
      swap(({ message }) => message === 'EventQueued'),
      [/^order: Event(?:Diverted|Abandoned) before EventQueued/],
    ],
    [
      'whose times are milliseconds',
      change('EventCallPartyAdded', ({ TimeinSecs }) => ({ TimeinSecs: Number(TimeinSecs) * 1000 })),
      [/^order: /, /^times: EventCallPartyAdded has a time before 2000 or more than a day ahead/],
    ],
    [
      'that has no times',
      (frame) => {
        const { TimeinSecs: _, TimeinuSecs: __, ...attributes } = frame.attributes;
        return [{ ...frame, attributes }];
      },
      [/^times: Event.* has no TimeinSecs/, /^form: .*TimeinSecs/],
    ],
    [
      'an hour and more behind',
      (frame) =>
        typeof frame.attributes.TimeinSecs === 'number'
          ? [
              {
                ...frame,
                attributes: { ...frame.attributes, TimeinSecs: frame.attributes.TimeinSecs - 7_500 },
              },
            ]
          : [frame],
      [/^times: Event.* is 2 h behind the clock here/],
    ],
    [
      'that gives each client a time of its own',
      (frame, connection) =>
        ofCalls(frame)
          ? [{ ...frame, attributes: { ...frame.attributes, TimeinuSecs: connection } }]
          : [frame],
      [/^same-content: EventCallCreated differs in TimeinuSecs/],
    ],
    [
      'that goes on after the end of monitoring',
      (frame) => [frame],
      [/^stop: \d+ events of calls after EventACK/],
      {
        hear: (frame) =>
          frame.message !== 'RequestStopCallMonitoring' || {
            message: 'EventACK',
            attributes: { ReferenceID: frame.attributes.ReferenceID },
          },
      },
    ],
    [
      'that answers no keep-alive',
      leaveOut(({ message }) => message === 'KeepAliveResponse'),
      [/^keep-alive: no answer in time/],
    ],
    [
      'that says nothing to an unknown request',
      (frame) => [frame],
      [/^unknown-request: no answer in time/],
      { hear: ({ message }) => message !== 'RequestWhatNobodyKnows' },
    ],
    [
      'that has states of its own',
      change('EventCallPartyState', () => ({ PartyState: 7 })),
      [
        /^form: EventCallPartyState PartyState: expected string/,
        /^call: not seen: two connected parties, a party on hold/,
      ],
    ],
    [
      'without virtual queues',
      leaveOut(({ message }) => /^Event(?:Queued|Diverted|Abandoned)$/.test(message)),
      [/^call: not seen: EventQueued, EventDiverted/, /^abandon: not seen: EventQueued, EventAbandoned/],
    ],
    [
      'whose consultations stand alone',
      change('EventCallCreated', () => ({ OrigCallUUID: undefined, PreviousConnID: undefined })),
      [/^consult: not seen: a call of type Consult that names its main call/],
    ],
  ])('%s', async ([, mutate, wanted, fault], { onTestFinished }) => {
    const rows = await checkSip(onTestFinished, mutate, fault);
    const found = failed(rows);
    expect(found.filter((one) => !wanted.some((pattern) => pattern.test(one)))).toEqual([]);
    for (const pattern of wanted) expect(found.join('\n')).toMatch(new RegExp(pattern, 'm'));
  });
});

describe.concurrent('a Stat Server', () => {
  it.for<[string, Mutation, RegExp[], Fault?]>([
    [
      'that tells no value at once',
      leaveOut(({ message }) => message === 'EventInfo'),
      [/^open: .*no value: no answer in time/],
    ],
    [
      'that tells the value of somebody else',
      change('EventInfo', ({ ObjectValue }) => ({ ObjectValue: { ...listOf(ObjectValue), AgentId: 'E9' } })),
      [/^open: .*another agent/, /^close: /],
    ],
    [
      'whose states have no time',
      change('EventInfo', ({ ObjectValue }) => ({ ObjectValue: { ...listOf(ObjectValue), Time: 1 } })),
      [/^times: EventInfo has a time before 2000/],
    ],
    [
      'that refuses everybody',
      (frame) =>
        frame.message === 'EventStatisticOpened'
          ? [
              {
                message: 'EventError',
                attributes: { ReferenceID: frame.attributes.ReferenceID, ErrorCode: 8 },
              },
            ]
          : frame.message === 'EventInfo'
            ? []
            : [frame],
      [/^open: .*refused with code 8/],
    ],
    [
      'that closes nothing',
      (frame) => [frame],
      [/^close: no answer in time/],
      { hear: ({ message }) => message !== 'RequestCloseStatistic' },
    ],
    ['that is silent', () => [], [/^opening: no answer in time/]],
    [
      'that speaks another language',
      () => [Buffer.from('HELO\n')],
      [/^opening: the line is not JSON \(4 bytes/],
    ],
  ])('%s', async ([, mutate, wanted, fault], { onTestFinished }) => {
    const found = failed(await checkStat(onTestFinished, mutate, fault));
    expect(found.filter((one) => !wanted.some((pattern) => pattern.test(one)))).toEqual([]);
    for (const pattern of wanted) expect(found.join('\n')).toMatch(new RegExp(pattern, 'm'));
  });
});

describe.concurrent('whatever a peer does, there is a report', () => {
  const noise = Buffer.from(
    `${JSON.stringify({ message: 'EventNoise', attributes: { a: [{}] } })}\n`.repeat(20_000),
  );

  it.for<[string, Mutation]>([
    ['it floods', () => Array<Uint8Array>(11).fill(noise)],
    ['it sends a line without end', () => Array<Uint8Array>(70).fill(Buffer.alloc(16_384, 0x20))],
    [
      'every frame is nonsense',
      ({ attributes }) => [
        {
          message: 'EventRegistered',
          attributes: { ReferenceID: attributes.ReferenceID, ThisDN: 1, Extensions: [{ deep: null }] },
        },
      ],
    ],
    ['every frame comes three times', (frame) => [frame, frame, frame]],
  ])('%s', async ([, mutate], { onTestFinished }) => {
    const rows = await checkSip(onTestFinished, mutate, { limits: hasty });
    expect(rows.length).toBeGreaterThan(20);
    expect(failed(rows).length).toBeGreaterThan(0);
  });
});
