import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { CallCreated, CallData, Queued } from '../events/engage-events.ts';
import { callOf, draftOf, second } from '../testing/parts.ts';
import * as calls from './calls.ts';
import { limits, type Party } from './state.ts';

const party = (id: string): Party => ({
  ...{ id: asId<PartyUuid>(id), dn: '5001', type: 'Extension', state: 'Connected' },
  ...{ at: second(1), seen: streamMs(1), flags: [] },
});
const of = { site: 'site', call: asId<CallUuid>('M'), at: second(3) } as const;
const created = (o: Partial<CallCreated> = {}): CallCreated => ({
  ...{ kind: 'call-created', type: 'Inbound', ...of },
  ...o,
});
const data = (o: Partial<CallData> = {}): CallData => ({ kind: 'call-data', ...of, ...o });

describe('a call that becomes known', () => {
  it('has all that the call connection says of it', () => {
    const input = created({
      ...{ connId: 'c1', ani: '+1', dnis: '+2', dialed: '+3', links: ['L1'], disposition: 'Sale' },
    });
    expect(calls.callOf(input, streamMs(7))).toEqual({
      ...{ key: 'site/M', site: 'site', uuid: 'M', connIds: ['c1'], type: 'Inbound', at: second(3), seen: 7 },
      ...{ ani: '+1', dnis: '+2', dialed: '+3', links: ['L1'], disposition: 'Sale' },
      ...{ parties: [], removed: [], left: 0 },
    });
    expect(calls.callOf(created(), streamMs(7))).toMatchObject({ connIds: [], links: [] });
  });

  it('is marked when only a queue has named it', () => {
    const input: Queued = { ...of, kind: 'queued', queue: '7000', type: 'Outbound', connId: 'c1' };
    expect(calls.callOf(input, streamMs(7))).toMatchObject({
      ...{ queuedOnly: true, type: 'Outbound', connIds: ['c1'], links: [], dialed: undefined },
    });
  });

  it('is refused beyond the most that a conversation may have', () => {
    const many = Array.from({ length: limits.calls - 1 }, (_, n) => callOf({ key: `site/${n}` }));
    const draft = draftOf({ calls: many });
    expect(calls.addCall(draft, created())?.key).toBe('site/M');
    expect(calls.addCall(draft, created({ call: asId<CallUuid>('N') }))).toBeUndefined();
    expect([draft.state.calls.length, draft.anomalies]).toEqual([limits.calls, ['too-large']]);
  });

  it('is filled in by a repetition, where something was not known', () => {
    const call = callOf({ type: 'Unknown', ani: '+1', queuedOnly: true });
    calls.fillIn(call, created({ type: 'Outbound', ani: '+9', dnis: '+2', dialed: '+3' }));
    expect(call).toMatchObject({ type: 'Outbound', ani: '+1', dnis: '+2', dialed: '+3' });
    expect(call.queuedOnly).toBeUndefined();
    calls.fillIn(call, created({ type: 'Inbound', dialed: '+8' }));
    expect(call).toMatchObject({ type: 'Outbound', dialed: '+3' });
  });
});

describe('data of a call', () => {
  it('take the place of what was known, each on its own', () => {
    const call = callOf({ ani: '+1', dnis: '+2' });
    calls.setData(call, data({ ani: '+9' }));
    expect(call).toMatchObject({ type: 'Inbound', ani: '+9', dnis: '+2' });
    calls.setData(call, data({ type: 'Outbound', dnis: '+8' }));
    expect(call).toMatchObject({ type: 'Outbound', ani: '+9', dnis: '+8' });
  });

  it('name connections, of which the last five are known', () => {
    const call = callOf();
    for (const connId of ['c1', 'c2', 'c2', 'c3', 'c4', 'c5', 'c6']) calls.setData(call, data({ connId }));
    expect(call.connIds).toEqual(['c2', 'c3', 'c4', 'c5', 'c6']);
    calls.setData(call, data());
    expect(call.connIds).toHaveLength(5);
  });

  it('name links, each once, of which the last ten are known', () => {
    const call = callOf({ links: ['L0'] });
    calls.setData(call, data({ links: ['L1', 'L0'] }));
    expect(call.links).toEqual(['L0', 'L1']);
    calls.setData(call, data({ links: Array.from({ length: 10 }, (_, n) => `K${n}`) }));
    expect(call.links).toEqual(Array.from({ length: 10 }, (_, n) => `K${n}`));
  });

  it('attach a disposition, which is the same only once', () => {
    const call = callOf();
    expect(['Sale', 'Sale', 'Refund'].map((value) => calls.setDisposition(call, value))).toEqual([
      ...[true, false, true],
    ]);
    expect(call.disposition).toBe('Refund');
  });
});

describe('parties of a call', () => {
  it('are refused beyond the most that a call may have', () => {
    const call = callOf({
      parties: Array.from({ length: limits.partiesOfCall - 1 }, (_, n) => party(`${n}`)),
    });
    const draft = draftOf({ calls: [call] });
    expect([calls.addParty(draft, call, party('P')), calls.addParty(draft, call, party('Q'))]).toEqual([
      ...[true, false],
    ]);
    expect([call.parties.length, draft.anomalies]).toEqual([limits.partiesOfCall, ['too-large']]);
  });

  it('stay known as removed, the last twenty', () => {
    const parties = Array.from({ length: 22 }, (_, n) => party(`P${n}`));
    const call = callOf({ parties: [...parties, party('stays')] });
    for (const one of parties) calls.removeParty(call, one);
    expect(call.parties.map(({ id }) => id)).toEqual(['stays']);
    expect(call.removed).toEqual(parties.slice(2).map(({ id }) => id));
  });

  it('go unnamed with their call', () => {
    const [one, two] = [party('P'), party('Q')];
    const call = callOf({ parties: [one, two] });
    calls.dropParty(call, one);
    expect([call.parties, call.removed]).toEqual([[two], []]);
  });

  it('keep their flags when only their state is told', () => {
    const one: Party = { ...party('P'), flags: ['NoTalk'] };
    calls.setPartyState(one, { state: 'Held' });
    expect(one).toMatchObject({ state: 'Held', flags: ['NoTalk'] });
    calls.setPartyState(one, { state: 'Held', flags: [] });
    expect(one.flags).toEqual([]);
  });

  it('are replaced in their place', () => {
    const [one, two, other] = [party('P'), party('Q'), party('R')];
    const call = callOf({ parties: [one, two] });
    calls.replaceParty(call, one, other);
    expect(call.parties).toEqual([other, two]);
  });
});

it('a call ends once, and is closed without parties', () => {
  const call = callOf({ parties: [party('P')], links: ['L'], removed: [asId<PartyUuid>('Q')] });
  calls.closeCall(call, second(5));
  calls.endCall(call, second(6));
  expect(call).toMatchObject({ endedAt: second(5), parties: [], links: ['L'], removed: ['Q'] });
  calls.forgetDetails(call);
  expect(call).toMatchObject({ links: [], removed: [] });
});
