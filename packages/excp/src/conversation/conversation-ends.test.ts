/** While the end of the last leg is held for a queue that may still say something: what comes after that end. */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { type EngageMicros, engageMicros, streamMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import type { ModelInput } from '../events/snapshots.ts';
import { mappingOf } from '../testing/mapping.ts';
import { callOf, draftOf, legOf, said, second } from '../testing/parts.ts';
import { Player } from '../testing/replay.ts';
import type { Change } from './changes.ts';
import { holdLastEnd, keepForDispositions, updateRetention } from './conversation-ends.ts';
import type { Conversation, Leg } from './state.ts';
import { defaultSettings, type StepContext } from './step-context.ts';

const production = produce([scenarioNamed('disposition-unmapped')]);
const map = mappingOf(production);
const [site] = production.sites;
const [agent] = production.agents;
const start = Date.UTC(2026, 0, 5, 8);
const call = asId<CallUuid>('M');

/** One call of an agent; each step some milliseconds after the other. The queues have said nothing yet. */
function play(dispositions: readonly string[]): Player {
  const player = new Player({ map, settings: { sites: [] } });
  let now = start;
  const step = (item: (at: EngageMicros) => ModelInput): void => {
    now += 50;
    player.play(item(engageMicros(now * 1000)), now);
  };
  const of = (party: string, at: EngageMicros) => ({ site, call, party: asId<PartyUuid>(party), at });
  const dn = agent?.dn ?? '';
  step((at) => ({ kind: 'call-created', site, call, connId: 'conn-M', at, type: 'Inbound' }));
  step((at) => ({ kind: 'party-added', ...of('P', at), dn: '+49301', type: 'External', state: 'Connected' }));
  step((at) => ({
    kind: 'party-added',
    ...of('Q', at),
    dn,
    type: 'Extension',
    state: 'Connected',
    agentId: agent?.loginCode,
  }));
  step((at) => ({ kind: 'party-deleted', ...of('P', at), dn: '+49301' }));
  step((at) => ({ kind: 'party-deleted', ...of('Q', at), dn }));
  step((at) => ({ kind: 'call-deleted', site, call, at }));
  for (const value of dispositions) step((at) => ({ kind: 'disposition', site, call, dn, value, at }));
  expect(kinds(player)).not.toContain('communicationDispositionAppliedEvents');
  expect(
    kinds(player).filter((kind) => kind === 'communicationEndedEvents'),
    'of the customer alone',
  ).toHaveLength(1);
  player.answer();
  player.rest(now + 60_000);
  return player;
}

const kinds = (player: Player): string[] => player.events.map(({ kind }) => kind);

it('a disposition that comes meanwhile is sent after the end', () => {
  const player = play(['Sale']);
  expect(kinds(player).slice(-2)).toEqual([
    'communicationEndedEvents',
    'communicationDispositionAppliedEvents',
  ]);
});

it('one disposition is taken after the end, however early a second one comes', () => {
  const player = play(['Sale', 'Complaint', 'Sale']);
  expect(kinds(player).slice(-2)).toEqual([
    'communicationEndedEvents',
    'communicationDispositionAppliedEvents',
  ]);
  expect(player.anomalies.get('late-disposition')).toBe(1);
});

const [customer, user] = [legOf('external', 'customer'), legOf('user', 'agent')];
const over = (leg: Leg, at: number, o: Partial<Leg> = {}): Leg => ({ ...leg, endedAt: second(at), ...o });
const endOf = (leg: string, at: number): Change => ({
  ...{ change: 'ended', leg, disconnect: 'Self', at: second(at) },
});

describe('the end of the last leg', () => {
  const both = { legs: [over(customer, 8), over(user, 9)] };
  const held = (
    state: Partial<Conversation> = both,
    o: {
      readonly changes?: readonly Change[];
      readonly context?: Partial<StepContext>;
      released?: string;
    } = {},
  ) => {
    const draft = draftOf(state, o.context);
    draft.changes.push(...(o.changes ?? [endOf('customer', 8), endOf('agent', 9)]));
    if (o.released !== undefined) draft.released.add(o.released);
    holdLastEnd(draft);
    return draft;
  };

  it('is taken back while a queue may still report a stay before it', () => {
    const draft = held({ legs: [over(customer, 8), over(user, 9, { disposableUntil: streamMs(90_000) })] });
    expect(said(draft.changes)).toEqual(['customer ended']);
    expect(draft.leg('agent')).toEqual({
      ...user,
      leaving: {
        ...{ why: 'last', at: second(9), since: 60_000, place: 7, until: 62_000 },
        ...{ upTo: second(9), otherwise: 'Self' },
      },
    });
  });

  it('is that of the leg that ended last, of two the one that was heard of last', () => {
    const changes = [endOf('agent', 9), endOf('customer', 8)];
    expect(said(held(both, { changes }).changes)).toEqual(['customer ended']);
    const same = { legs: [over(customer, 9), over(user, 9)] };
    expect(said(held(same, { changes: [endOf('agent', 9), endOf('customer', 9)] }).changes)).toEqual([
      'agent ended',
    ]);
  });

  it('waits for stays up to the end of any leg', () => {
    const draft = held({ legs: [over(customer, 12), over(user, 9)] }, { changes: [endOf('agent', 9)] });
    expect(draft.leg('agent')?.leaving).toMatchObject({ at: second(9), upTo: second(12) });
  });

  it('asks for the queues of each of its sites, up to then', () => {
    const asked: unknown[] = [];
    const caughtUp = (...o: unknown[]) => asked.push(o) > 0;
    const calls = [callOf(), callOf({ key: 'x/call', site: 'x' }), callOf({ key: 'site/two' })];
    const draft = held({ ...both, calls }, { context: { caughtUp } });
    expect(said(draft.changes)).toEqual(['customer ended', 'agent ended']);
    expect(asked).toEqual([
      ['site', 'queues', second(9), 7],
      ['x', 'queues', second(9), 7],
    ]);
    const behind = { caughtUp: (site: string) => site !== 'x' };
    expect(said(held({ ...both, calls }, { context: behind }).changes)).toEqual(['customer ended']);
  });

  it.each<[string, Parameters<typeof held>]>([
    ['of a call that is not reported', [{ ...both, reportable: false }]],
    ['while another one lasts', [{ legs: [customer, over(user, 9)] }, { changes: [endOf('agent', 9)] }]],
    ['that was held back already', [both, { released: 'agent' }]],
    [
      'that goes on elsewhere',
      [both, { changes: [endOf('customer', 8), { ...endOf('agent', 9), into: 'x' } as Change] }],
    ],
    ['of a leg that is not known', [{ legs: [] }, { changes: [endOf('agent', 9)] }]],
    ['that came before', [both, { changes: [{ change: 'disposition', leg: 'agent', at: second(9) }] }]],
  ])('is not taken back: %s', (_, [state, o]) => {
    const draft = held(state, o);
    expect(draft.changes).toHaveLength(o?.changes?.length ?? 2);
    expect(draft.leg('agent')?.leaving).toBeUndefined();
  });
});

describe('a conversation is kept', () => {
  const ended = [callOf({ endedAt: second(8) }), callOf({ key: 'site/two', endedAt: second(9) })];
  const settings = { ...defaultSettings, lingerMs: 10_000 };
  const kept = (state: Partial<Conversation>, now = 60_000) => {
    const draft = draftOf(
      { calls: ended, legs: [over(user, 9)], touchedAt: streamMs(55_000), ...state },
      { settings, now: streamMs(now) },
    );
    return [updateRetention(draft), draft.state.overAt, draft.state.keepUntil];
  };
  const disposable = over(user, 9, { disposableUntil: streamMs(80_000) });
  const undecided = { why: 'agent', at: second(2), until: streamMs(70_000), later: [] } as const;
  const party = {
    id: asId<PartyUuid>('P'),
    dn: '1',
    type: 'Extension',
    state: 'Connected',
    flags: [],
  } as const;
  const unclear = { ...party, at: second(2), seen: streamMs(1), undecided };

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      'while a call of it lasts',
      kept({ calls: [callOf(), ...ended.slice(1)] }),
      [false, undefined, undefined],
    ],
    ['while a leg of it lasts', kept({ legs: [user] }), [false, undefined, undefined]],
    [
      'while it is not decided who takes part',
      kept({ calls: [callOf({ endedAt: second(8), parties: [unclear] })] }),
      [false, undefined, undefined],
    ],
    ['for what comes late, after the last thing that was heard', kept({}), [false, second(9), 65_000]],
    ['no longer than that', kept({}, 65_000), [true, second(9), 65_000]],
    ['until the time for dispositions is over', kept({ legs: [disposable] }), [false, second(9), 80_000]],
    ['until then, and no longer', kept({ legs: [disposable] }, 80_000), [true, second(9), 80_000]],
    [
      'for late events alone when it has its disposition',
      kept({ legs: [{ ...disposable, disposed: true }] }),
      [false, second(9), 65_000],
    ],
    [
      'for late events alone when it is not reported',
      kept({ legs: [disposable], reportable: false }),
      [false, second(9), 65_000],
    ],
    ['from when it was over first', kept({ overAt: second(3) }), [false, second(3), 65_000]],
    ['though it never had a call', kept({ calls: [] }), [false, 0, 65_000]],
    [
      'anew, when it goes on',
      kept({ legs: [user], overAt: second(3), keepUntil: streamMs(1) }),
      [false, undefined, undefined],
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('as what a disposition may be about, once it is over', () => {
    const calls = [callOf({ links: ['L1'], removed: [asId<PartyUuid>('P')], endedAt: second(9) })];
    const consults = [{ call: 'c', main: 'm', phase: 'over' }] as const;
    const after = (o: Partial<Conversation>) => {
      const draft = draftOf({
        calls,
        consults: [...consults],
        legs: [over(customer, 8), over(user, 9)],
        ...o,
      });
      keepForDispositions(draft);
      const { legs, consults: left, calls: of } = draft.state;
      return [legs.map(({ key }) => key), left.length, of[0]?.links, of[0]?.removed];
    };
    const whole = [['customer', 'agent'], 1, ['L1'], ['P']];
    expect(after({ overAt: second(9) })).toEqual([['agent'], 0, [], []]);
    expect(after({})).toEqual(whole);
    expect(after({ overAt: second(9), published: false })).toEqual(whole);
  });
});
