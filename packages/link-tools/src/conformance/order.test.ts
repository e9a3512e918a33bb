/** The judges of order find nothing in any call flow of the contract, and what is wrong in wrong ones. */
import type { Frame } from '@exec/engage-link/wire';
import { produce, type Recorded, record, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { AgentOrder, CallOrder, type OrderJudge, QueueOrder } from './order.ts';

interface Judges {
  readonly calls: OrderJudge;
  readonly queues: OrderJudge;
  readonly extensions: OrderJudge;
}

/** As a connection that was open from the begin, or came back, is told it. */
function judge(recorded: readonly Recorded[]): string[] {
  const found: string[] = [];
  const sites = new Map<string, Judges>();
  const fresh = (site: string): Judges => {
    const judges = { calls: new CallOrder(), queues: new QueueOrder(), extensions: new AgentOrder() };
    sites.set(site, judges);
    return judges;
  };
  const take = (one: OrderJudge, frame: Frame) => {
    const fault = one.take(frame);
    if (fault !== undefined) found.push(fault);
  };
  for (const one of recorded) {
    if (one.kind === 'event')
      take((sites.get(one.event.site) ?? fresh(one.event.site))[one.event.stream], one.event.frame);
    if (one.kind !== 'found') continue;
    const judges = fresh(one.site);
    for (const frame of one.resync) take(judges.calls, frame);
    for (const frame of one.registered)
      for (const judging of [judges.queues, judges.extensions]) take(judging, frame);
  }
  return found;
}

describe.each(['add', 'move'] as const)('the order of all call flows, style %s', (transferStyle) => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
    const { recorded } = record(produce([scenario]), { transferStyle });
    expect(recorded.length).toBeGreaterThan(3);
    expect(judge(recorded)).toEqual([]);
  });
});

const event = (message: string, attributes: object): Frame => ({
  message,
  attributes: { CallUUID: 'c1', TimeinSecs: 1_700_000_000, TimeinuSecs: 0, ...attributes },
});
const created = event('EventCallCreated', {});
const added = event('EventCallPartyAdded', { PartyUUID: 'p1' });
const state = event('EventCallPartyState', { PartyUUID: 'p1' });
const left = event('EventCallPartyDeleted', { PartyUUID: 'p1' });
const ended = event('EventCallDeleted', {});

it.each<[string, Frame[], string]>([
  ['created twice', [created, created], 'EventCallCreated for a call that is live'],
  ['added twice', [created, added, added], 'EventCallPartyAdded for a party that is in the call'],
  ['changed before it came', [created, state], 'EventCallPartyState before EventCallPartyAdded'],
  ['changed after it left', [created, added, left, state], 'EventCallPartyState before EventCallPartyAdded'],
  ['left twice', [created, added, left, left], 'EventCallPartyDeleted before EventCallPartyAdded'],
  ['told after its end', [created, ended, added], 'EventCallPartyAdded after EventCallDeleted'],
  ['never created', [state], 'EventCallPartyState before EventCallCreated'],
  [
    'moved without being there',
    [created, event('EventCallPartyMoved', { PartyUUID: 'p1', NewCallUUID: 'c2' })],
    'EventCallPartyMoved for a party that is not in the call',
  ],
  [
    'back in time',
    [created, event('EventCallPartyAdded', { PartyUUID: 'p1', TimeinSecs: 1_699_999_999 })],
    'EventCallPartyAdded with a time before that of the event before it',
  ],
])('a call or party that is %s', (_, frames, fault) => {
  const calls = new CallOrder();
  expect(frames.map((frame) => calls.take(frame)).filter((found) => found !== undefined)).toEqual([fault]);
});

it('of calls that may not have been named nothing is said', () => {
  expect(new CallOrder(() => true).take(state)).toBeUndefined();
});

it('a stay in a queue begins and ends once', () => {
  const stay = (message: string, more: object = {}) =>
    event(message, { ThisDN: 'VQ', Extensions: { VQID: 'v1' }, ...more });
  const queues = new QueueOrder();
  const registered = event('EventRegistered', { ThisDN: 'VQ', Extensions: { 'call-0': 'c0' } });
  const frames = [
    registered,
    stay('EventDiverted', { CallUUID: 'c0', Extensions: { VQID: 'v0' } }),
    stay('EventQueued'),
    stay('EventQueued'),
    stay('EventAbandoned'),
    stay('EventDiverted'),
  ];
  expect(frames.map((frame) => queues.take(frame))).toEqual([
    undefined,
    undefined,
    undefined,
    'EventQueued twice for one stay',
    undefined,
    'EventDiverted for a stay that is over',
  ]);
});

it('an agent is ready only where somebody is logged in', () => {
  const agents = new AgentOrder();
  const at = (message: string, more: object = {}) => agents.take(event(message, { ThisDN: '1', ...more }));
  expect(at('EventAgentReady')).toBeUndefined();
  expect(at('EventRegistered', { Extensions: { AgentStatus: 'LoggedOut' } })).toBeUndefined();
  expect(at('EventAgentReady')).toBe('EventAgentReady where nobody is logged in');
  expect(at('EventAgentLogin')).toBeUndefined();
  expect(at('EventAgentNotReady')).toBeUndefined();
});
