import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { PartyAdded } from '../events/engage-events.ts';
import { callOf, draftOf, home, legOf, said, second } from '../testing/parts.ts';
import { type CallFound, callMissing, queueFound, reconcile } from './apply-snapshot.ts';
import type { Draft } from './draft.ts';
import type { Call, Conversation, Leg, Party } from './state.ts';

const since = streamMs(5_000);
const older = streamMs(4_999);
const foundAt = second(30);
const of = { site: 'site', call: asId<CallUuid>('call') } as const;

/** Parties at a telephone that nobody works at: their legs are `p:` and their ID, unless one is given. */
const party = (id: string, o: Partial<Party> = {}): Party => ({
  ...{ id: asId<PartyUuid>(id), dn: `dn ${id}`, type: 'External', state: 'Connected' },
  ...{ at: second(1), seen: older, flags: [] },
  ...o,
});
const named = (id: string, o: Partial<PartyAdded> = {}): PartyAdded => ({
  ...{ kind: 'party-added', ...of, party: asId<PartyUuid>(id), dn: `dn ${id}`, at: second(2) },
  ...{ type: 'External', state: 'Connected' },
  ...o,
});
const customer = legOf('external', 'customer');
const agent = legOf('user', 'agent');
const both = [party('C', { leg: 'customer' }), party('A', { leg: 'agent' })];

function played(
  parties: readonly Party[],
  play: (draft: Draft) => void,
  o: {
    readonly legs?: readonly Leg[];
    readonly call?: Partial<Call>;
    readonly more?: Partial<Conversation>;
  } = {},
): Draft {
  const calls = [callOf({ parties: [...parties], ...o.call })];
  const draft = draftOf(
    { calls, legs: [...(o.legs ?? [customer, agent])], ...o.more },
    { now: streamMs(9_000) },
  );
  play(draft);
  return draft;
}

/** What is published, what was not as expected, who is in the call. */
const reported = (draft: Draft) => ({
  said: said(draft.changes),
  anomalies: draft.anomalies,
  here: draft.call(home)?.parties.map(({ id }): string => id),
});

describe('a call that a snapshot names', () => {
  const found =
    (parties: readonly PartyAdded[], o: Partial<CallFound> = {}) =>
    (draft: Draft) =>
      reconcile(draft, {
        ...{ kind: 'call-found', site: 'site', at: foundAt, since, parties },
        created: { kind: 'call-created', ...of, at: second(1), type: 'Inbound' },
        ...o,
      });
  const all = [named('C'), named('A')];

  it.each<[string, Draft, Partial<ReturnType<typeof reported>>]>([
    [
      'with the parties that are known changes nothing',
      played(both, found(all)),
      { said: [], here: ['C', 'A'] },
    ],
    [
      'with one more party adds it',
      played(both, found([...all, named('N')])),
      { said: ['p:N established'], here: ['C', 'A', 'N'] },
    ],
    [
      'with a party that has left since does not add it',
      played(both, found([...all, named('N')]), { call: { removed: [asId<PartyUuid>('N')] } }),
      { said: [], here: ['C', 'A'] },
    ],
    ['without a party ends it', played(both, found([named('C')])), { said: ['agent ended'], here: ['C'] }],
    [
      'without a party that is newer keeps it',
      played(
        [party('C', { leg: 'customer' }), party('A', { leg: 'agent', seen: since })],
        found([named('C')]),
      ),
      { said: [], here: ['C', 'A'] },
    ],
    [
      'without a party keeps it where the server does not replay calls',
      played(both, found([named('C')], { reliable: false })),
      { said: [], here: ['C', 'A'] },
    ],
    [
      'with a party on hold holds it',
      played(both, found([named('C'), named('A', { state: 'Held' })])),
      { said: ['agent held'] },
    ],
    [
      'with a party on hold that is newer does not',
      played(
        [party('C', { leg: 'customer' }), party('A', { leg: 'agent', seen: since })],
        found([named('C'), named('A', { state: 'Held' })]),
      ),
      { said: [] },
    ],
    [
      'with a deaf party says so',
      played(both, found([named('C'), named('A', { flags: ['NoListen'] })])),
      { said: ['agent audio'] },
    ],
    [
      'says nothing of a party whose leg is in another call',
      played(both, found([named('C'), named('A', { state: 'Held' })]), {
        legs: [customer, { ...agent, home: 'site/other' }],
      }),
      { said: [] },
    ],
    [
      'answers nobody again whose state is the same',
      played(
        [party('C', { leg: 'customer' }), party('A', { leg: 'agent', state: 'Alerting' })],
        found([named('C'), named('A', { state: 'Alerting' })]),
        { legs: [customer, { ...agent, alerting: true }] },
      ),
      { said: [] },
    ],
    [
      'answers who talks by now',
      played([party('C', { leg: 'customer' }), party('A', { leg: 'agent', state: 'Alerting' })], found(all), {
        legs: [customer, { ...agent, alerting: true }],
      }),
      { said: ['agent answered'] },
    ],
    [
      'without a party that has left already lets it end as it does',
      played(both, found([named('C')]), {
        legs: [
          customer,
          { ...agent, leaving: { why: 'unsure', at: second(9), until: streamMs(70_000), otherwise: 'Self' } },
        ],
      }),
      { said: [], here: ['C'] },
    ],
    [
      'and has ended changes nothing',
      played(both, found([]), { call: { endedAt: second(5) } }),
      {
        ...{ said: [], anomalies: ['call-ended'], here: ['C', 'A'] },
      },
    ],
    [
      'and nobody knows changes nothing',
      played(
        both,
        found([], {
          site: 'other',
          created: { kind: 'call-created', ...of, site: 'other', at: second(1), type: 'Inbound' },
        }),
      ),
      { said: [], anomalies: ['unknown-call'], here: ['C', 'A'] },
    ],
  ])('%s', (_what, draft, wanted) => {
    expect(reported(draft)).toMatchObject({ anomalies: [], ...wanted });
  });

  it('adds a party from its own time on, and what it became by then as of the discovery', () => {
    const draft = played(both, found([...all, named('N', { state: 'Held', flags: ['NoListen'] })]));
    expect(draft.changes).toMatchObject([
      { change: 'established', leg: 'p:N', at: second(2), alerting: false },
      { change: 'held', at: foundAt },
      { change: 'audio', at: foundAt, canHear: false },
    ]);
  });

  it('ends a party at the discovery, by the system', () => {
    expect(played(both, found([named('C')])).changes).toEqual([
      { change: 'ended', leg: 'agent', disconnect: 'System', at: foundAt },
    ]);
  });
});

describe('a snapshot of a queue', () => {
  const found =
    (present: boolean, queue = '7000', site = 'site') =>
    (draft: Draft) =>
      queueFound(draft, { kind: 'queue-found', site, call: of.call, at: foundAt, since, queue, present });
  const stay = (o: Partial<Leg> = {}) => legOf('queue', 'q:one', { dn: '7000', seen: older, ...o });
  const leaving = { why: 'queue', at: second(9), until: streamMs(70_000), otherwise: 'Peer' } as const;
  const ofQueue = (legs: readonly Leg[], play: (draft: Draft) => void, call: Partial<Call> = {}) =>
    said(played([], play, { legs: [customer, ...legs], call }).changes);

  it.each<[string, readonly string[], readonly string[]]>([
    ['with a call that waits begins a stay', ofQueue([], found(true)), ['q:call/7000 established']],
    ['with a call that is known to wait changes nothing', ofQueue([stay()], found(true)), []],
    ['without a call ends its stay', ofQueue([stay()], found(false)), ['q:one ended']],
    ['without a call that does not wait changes nothing', ofQueue([], found(false)), []],
    ['of another queue ends nothing', ofQueue([stay()], found(false, '7001')), []],
    ['of another site ends nothing', ofQueue([stay()], found(false, '7000', 'other')), []],
    ['ends no stay of another call', ofQueue([stay({ home: 'site/other' })], found(false)), []],
    ['ends no other leg at that number', ofQueue([{ ...stay(), kind: 'phone' }], found(false)), []],
    ['ends no stay that is newer', ofQueue([stay({ seen: since })], found(false)), []],
    ['begins none after a newer end', ofQueue([stay({ seen: since, endedAt: second(8) })], found(true)), []],
    [
      'begins another one after an older end',
      ofQueue([stay({ endedAt: second(8) })], found(true)),
      ['q:call/7000 established'],
    ],
    ['lets a stay end that waits for its end', ofQueue([stay({ leaving })], found(false)), []],
    ['that is not mapped begins none', ofQueue([], found(true, 'unmapped')), []],
    ['begins none of a call that has ended', ofQueue([], found(true), { endedAt: second(8) }), []],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it.each([
    ['Inbound', true],
    ['Outbound', false],
  ] as const)('begins a stay of an %s call for the customer, as of the discovery', (type, inbound) => {
    const draft = played([], found(true), { legs: [agent, customer], call: { type, ani: '+1', dnis: '+2' } });
    expect(draft.changes).toMatchObject([
      { at: foundAt, invitedBy: 'customer', alerting: false, inbound, ani: '+1', dnis: '+2' },
    ]);
  });

  it('begins a stay for who was there first, where there is no customer', () => {
    expect(played([], found(true), { legs: [agent] }).changes).toMatchObject([{ invitedBy: 'agent' }]);
  });

  it('ends a stay at the discovery, by the system', () => {
    expect(played([], found(false), { legs: [customer, stay()] }).changes).toEqual([
      { change: 'ended', leg: 'q:one', disconnect: 'System', at: foundAt },
    ]);
  });
});

describe('a known call that a snapshot does not name', () => {
  const missing =
    (o: { readonly site?: string } = {}) =>
    (draft: Draft) =>
      callMissing(draft, { kind: 'call-missing', site: 'site', call: of.call, at: foundAt, since, ...o });
  const old = { seen: older };

  it('has ended, with all its legs, at the discovery, by the system', () => {
    const queue = legOf('queue', 'q');
    const draft = played(both, missing(), { call: old, legs: [customer, agent, queue] });
    const ended = { change: 'ended', disconnect: 'System', at: foundAt } as const;
    expect(draft.changes).toEqual([
      { ...ended, leg: 'customer' },
      { ...ended, leg: 'agent' },
      { ...ended, leg: 'q' },
    ]);
    expect(draft.call(home)).toMatchObject({ endedAt: foundAt, parties: [] });
  });

  it('ends no leg that goes on in another call', () => {
    const other = callOf({ key: 'site/other', parties: [party('B', { leg: 'agent' })] });
    const draft = played(both, missing(), {
      more: { calls: [callOf({ parties: both, ...old }), other], legs: [customer, agent] },
    });
    expect(said(draft.changes)).toEqual(['customer ended']);
  });

  it('has ended also for who is not decided yet, and for who had left it and waits', () => {
    const wait = { at: second(5), until: streamMs(70_000) };
    const unclear = party('N', { undecided: { why: 'agent', ...wait, later: [] } });
    const left = { ...agent, leaving: { why: 'unsure', ...wait, otherwise: 'Self' } } as const;
    const draft = played([unclear], missing(), { call: old, legs: [customer, left] });
    const ended = { change: 'ended', disconnect: 'System', at: foundAt } as const;
    expect(draft.changes).toEqual([
      { ...ended, leg: 'customer' },
      { ...ended, leg: 'agent' },
    ]);
    expect(draft.call(home)?.parties).toEqual([]);
  });

  it('ends no leg of another call', () => {
    const elsewhere = legOf('phone', 'elsewhere', { home: 'site/other' });
    const draft = played(both, missing(), { call: old, legs: [customer, agent, elsewhere] });
    expect(said(draft.changes)).toEqual(['customer ended', 'agent ended']);
  });

  it('gives up the consultations that hang on it, and no others', () => {
    const consult = (call: string, main: string) =>
      ({ call, main, phase: 'begun', initiator: 'one', target: 'two' }) as const;
    const consults = [consult('site/c', home), consult(home, 'site/m'), consult('site/x', 'site/y')];
    const legs = ['one', 'two'].map((key) => legOf('user', key, { home: 'site/x' }));
    const draft = played([], missing(), { call: old, legs, more: { consults } });
    expect(draft.state.consults.map(({ call, phase }) => `${call} ${phase}`)).toEqual([
      ...['site/c waiting', `${home} waiting`, 'site/x begun'],
    ]);
  });

  it.each<[string, Partial<Call>, { readonly site?: string }]>([
    ['goes on when it is newer', { seen: since }, {}],
    ['does not end twice', { ...old, endedAt: second(5) }, {}],
    ['goes on when it is of another site', old, { site: 'other' }],
  ])('%s', (_what, call, o) => {
    const draft = played(both, missing(o), { call });
    expect(reported(draft)).toEqual({ said: [], anomalies: [], here: ['C', 'A'] });
    expect(draft.call(home)?.endedAt).toBe(call.endedAt);
  });
});
