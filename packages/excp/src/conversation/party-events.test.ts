/** Parties that are known: they change, move to another call, and leave. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { PartyAdded } from '../events/engage-events.ts';
import {
  added,
  adds,
  agent,
  changed,
  changes,
  customer,
  deleted,
  here,
  leaves,
  moved,
  moves,
  party,
  partyId,
  played,
  reported,
  who,
} from '../testing/parties.ts';
import { callOf, home, legOf, second } from '../testing/parts.ts';
import type { Draft } from './draft.ts';
import type { Call, Consult, Party } from './state.ts';

const waits = { at: second(9), since: streamMs(59_000), until: streamMs(70_000), otherwise: 'Self' } as const;

describe('a party that is known', () => {
  const muted = [here[0], party('A', { leg: 'agent', flags: ['NoTalk'] })].filter((one) => one !== undefined);

  it.each<[string, Draft, readonly string[]]>([
    ['is held', played(changes(changed('A'))), ['agent held']],
    [
      'is found by its number where its ID is unknown',
      played(changes(changed('X', { dn: 'dn A' }))),
      ['agent held'],
    ],
    [
      'is not found by a number that two have',
      played(changes(changed('X', { dn: 'dn A' })), { parties: [...here, party('B', { dn: 'dn A' })] }),
      ['unknown-party'],
    ],
    ['is not found by another number', played(changes(changed('X'))), ['unknown-party']],
    [
      'is not found by no number',
      played(changes(changed('X', { dn: '' })), { parties: [party('A', { dn: '', leg: 'agent' })] }),
      ['unknown-party'],
    ],
    [
      'is deaf from now on',
      played(changes(changed('A', { state: 'Connected', flags: ['NoListen'] }))),
      ['agent audio'],
    ],
    [
      'keeps its flags when no others come',
      played(changes(changed('A', { state: 'Connected' })), {
        parties: muted,
        legs: [customer, { ...agent, canSpeak: false }],
      }),
      [],
    ],
    [
      'that listened and may speak takes part from now on',
      played(changes(changed('N', { state: 'Connected', flags: [] })), {
        parties: [...here, party('N', { flags: ['NoTalk'] })],
      }),
      ['p:N established'],
    ],
    [
      'that still listens has no leg',
      played(changes(changed('N', { state: 'Connected' })), {
        parties: [...here, party('N', { flags: ['NoTalk'] })],
      }),
      [],
    ],
    [
      'says nothing of its leg in another call',
      played(changes(changed('A')), { legs: [customer, { ...agent, home: 'site/other' }] }),
      [],
    ],
    [
      'is answered when it talks, whatever came before',
      played(changes(changed('A', { state: 'Connected' })), {
        legs: [customer, { ...agent, alerting: true }],
      }),
      ['agent answered'],
    ],
    ['that fails changes nothing yet', played(changes(changed('A', { state: 'Failed' }))), []],
  ])('%s', (_what, draft, wanted) => {
    expect(reported(draft)).toEqual(wanted);
  });

  it('that speaks up is there from then on', () => {
    const draft = played(changes(changed('N', { flags: [] })), {
      parties: [...here, party('N', { flags: ['NoTalk'] })],
    });
    expect(draft.call(home)?.parties.at(-1)).toMatchObject({ id: 'N', at: second(10), leg: 'p:N' });
    expect(draft.changes[0]).toMatchObject({ at: second(10) });
  });
});

describe('a party that joins with the number of a leg', () => {
  const joins = (o: Parameters<typeof played>[1], input: Partial<PartyAdded> = {}) => {
    const draft = played(adds(added('N', { dn: 'dn agent', ...input })), o);
    return [reported(draft), who(draft)?.at(-1), draft.leg('agent')?.home];
  };
  const consults = callOf({ key: 'site/second', consultOf: home, parties: [party('B', { leg: 'agent' })] });
  const fresh = [['p:N established'], 'N=p:N'];
  const alone = { parties: here.slice(0, 1) };
  const elsewhere = { ...agent, home: 'site/second' };

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      'goes on with it when that is of its consultation',
      joins({ ...alone, legs: [customer, elsewhere], others: [consults] }),
      [[], 'N=agent', home],
    ],
    [
      'goes on with it when this is a consultation of that call',
      joins({
        ...{ ...alone, legs: [customer, elsewhere], call: { consultOf: 'site/second' } },
        others: [{ ...consults, consultOf: undefined }],
      }),
      [[], 'N=agent', home],
    ],
    [
      'goes on with it when it is known to move',
      joins({
        ...{ ...alone, others: [{ ...consults, consultOf: undefined, parties: [] }] },
        legs: [customer, { ...elsewhere, leaving: { ...waits, why: 'moving' } }],
      }),
      [[], 'N=agent', home],
    ],
    [
      'goes on with it when its call is not known any more',
      joins({ ...alone, legs: [customer, elsewhere] }),
      [[], 'N=agent', home],
    ],
    [
      'goes on with it when it is the same party',
      joins({
        ...{ ...alone, legs: [customer, elsewhere] },
        others: [{ ...consults, consultOf: undefined, parties: [party('N', { leg: 'agent' })] }],
      }),
      [[], 'N=agent', home],
    ],
    [
      'goes on with it when it names that party',
      joins(
        { ...alone, legs: [customer, elsewhere], others: [{ ...consults, consultOf: undefined }] },
        { ref: partyId('B') },
      ),
      [[], 'N=agent', home],
    ],
    [
      'is another one in a call that has nothing to do with that one',
      joins({ ...alone, legs: [customer, elsewhere], others: [{ ...consults, consultOf: undefined }] }),
      [...fresh, 'site/second'],
    ],
    [
      'is another one when it waits for something else there',
      joins({
        ...{ ...alone, others: [{ ...consults, consultOf: undefined, parties: [] }] },
        legs: [customer, { ...elsewhere, leaving: { ...waits, why: 'consult' } }],
      }),
      [...fresh, 'site/second'],
    ],
    ['is another one when that is of this call', joins(alone), [...fresh, home]],
    [
      'is another one when that is in this call as well',
      joins({ legs: [customer, elsewhere], others: [consults] }),
      [...fresh, 'site/second'],
    ],
    [
      'is another one when that has ended',
      joins({ ...alone, legs: [customer, { ...elsewhere, endedAt: second(5) }], others: [consults] }),
      [...fresh, 'site/second'],
    ],
    [
      'is another one on another site',
      joins({ ...alone, legs: [customer, { ...elsewhere, site: 'x' }], others: [consults] }),
      [...fresh, 'site/second'],
    ],
    [
      'is another one when that is a stay in a queue',
      joins({
        ...alone,
        legs: [customer, legOf('queue', 'agent', { home: 'site/second' })],
        others: [consults],
      }),
      [...fresh, 'site/second'],
    ],
    [
      'is another one when neither has a number',
      joins({ ...alone, legs: [customer, { ...elsewhere, dn: '' }], others: [consults] }, { dn: '' }),
      [...fresh, 'site/second'],
    ],
  ])('%s', (_what, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('is as it says from then on: on hold, and deaf', () => {
    const draft = played(adds(added('N', { dn: 'dn agent', state: 'Held', flags: ['NoListen'] })), {
      ...{ ...alone, legs: [customer, elsewhere], others: [consults] },
    });
    expect(draft.changes).toMatchObject([
      { change: 'held', held: true, at: second(10) },
      { change: 'audio', canHear: false, at: second(10) },
    ]);
  });

  it('consults, in a call that consults about the call of the leg', () => {
    const consult: Consult = { call: home, main: 'site/second', phase: 'waiting' };
    const main = { ...consults, consultOf: undefined };
    const draft = played(adds(added('N', { dn: 'dn agent' })), {
      ...{ ...alone, legs: [customer, elsewhere], others: [main], call: { consultOf: 'site/second' } },
      more: { consults: [consult] },
    });
    expect([who(draft)?.at(-1), draft.leg('agent')?.home]).toEqual(['N=-', 'site/second']);
    expect(draft.consult(home)?.initiator).toBe('agent');
  });
});

describe('a party of which the twin in another call is not decided yet', () => {
  const twin = (o: Partial<Party> = {}) =>
    party('B', { dn: 'dn N', undecided: { ...waits, why: 'agent', later: [] }, ...o });
  const joins = (one: Party, o: Partial<Call> = {}, input: Partial<PartyAdded> = {}) =>
    played(adds(added('N', input)), {
      others: [callOf({ key: 'site/other', uuid: asId<CallUuid>('other'), parties: [one], ...o })],
    });

  it.each<[string, Draft, boolean]>([
    ['decides it when it has the same number', joins(twin()), true],
    ['decides it when it names it', joins(twin({ dn: 'x' }), {}, { ref: partyId('B') }), true],
    ['leaves one of another number alone', joins(twin({ dn: 'x' })), false],
    ['leaves one of another site alone', joins(twin(), { site: 'x' }), false],
  ])('%s', (_, draft, decided) => {
    expect(draft.call('site/other')?.parties[0]?.undecided === undefined).toBe(decided);
  });

  it('lets it leave where it has left already', () => {
    const gone = twin({ undecided: { ...waits, why: 'agent', later: [{ state: 'gone', at: second(9) }] } });
    expect(joins(gone).call('site/other')?.parties).toEqual([]);
  });
});

describe('a party that moves to another call', () => {
  const other = (parties: readonly Party[] = []) => [
    callOf({ key: 'site/other', uuid: asId<CallUuid>('other'), parties: [...parties] }),
  ];

  it('goes on there with its leg', () => {
    const draft = played(moves(moved('A', { cause: 'Transfer', ctrl: partyId('C') })), { others: other() });
    expect([reported(draft), who(draft), who(draft, 'site/other')]).toEqual([
      [],
      ['C=customer'],
      ['A=agent'],
    ]);
    expect(draft.leg('agent')?.home).toBe('site/other');
    expect(draft.call('site/other')?.parties[0]).toMatchObject({
      cause: 'Transfer',
      ctrl: 'C',
      seen: 60_000,
    });
    expect(draft.call(home)?.removed).toEqual(['A']);
  });

  it('keeps who controls it when nobody says it', () => {
    const draft = played(moves(moved('A')), {
      others: other(),
      parties: [party('A', { leg: 'agent', ctrl: partyId('C') })],
    });
    expect(draft.call('site/other')?.parties[0]).toMatchObject({ ctrl: 'C', cause: undefined });
  });

  it('is there already when it takes part in both', () => {
    const draft = played(moves(moved('A')), { others: other([party('B', { leg: 'agent' })]) });
    expect([who(draft), who(draft, 'site/other')]).toEqual([['C=customer'], ['B=agent']]);
    expect(draft.leg('agent')?.home).toBe(home);
  });

  it('that is unknown changes nothing', () => {
    expect(reported(played(moves(moved('X')), { others: other() }))).toEqual(['unknown-party']);
  });

  it.each([
    ['Queue', second(10)],
    ['RoutingPoint', second(10)],
    ['Extension', undefined],
  ] as const)('without a leg, as %s, says whether the call was routed', (type, routedAt) => {
    const draft = played(moves(moved('N')), { others: other(), parties: [party('N', { type })] });
    expect(draft.call('site/other')).toMatchObject({ parties: [{ id: 'N' }] });
    expect(draft.call('site/other')?.routedAt).toBe(routedAt);
  });
});

describe('a party that leaves', () => {
  const endOf = (draft: Draft, leg: string) => {
    const ended = draft.changes.find((change) => change.change === 'ended' && change.leg === leg);
    return ended?.change === 'ended' ? ended.disconnect : draft.leg(leg)?.leaving?.why;
  };
  const third = [legOf('phone', 'third')];
  const three = { parties: [...here, party('T', { leg: 'third' })], legs: [customer, agent, ...third] };

  it.each<[string, Draft, string | undefined]>([
    ['first, ends by itself', played(leaves(deleted('A'))), 'Self'],
    ['by itself, as the event says', played(leaves(deleted('A', { ctrl: partyId('A') }))), 'Self'],
    ['by another one, as the event says', played(leaves(deleted('A', { ctrl: partyId('C') }))), 'Peer'],
    ['among several, ends by itself', played(leaves(deleted('A')), { ...three, call: { left: 1 } }), 'Self'],
    [
      'that could not be reached has failed',
      played(leaves(deleted('A')), { legs: [customer, { ...agent, failed: true }] }),
      'Error',
    ],
    [
      'that is busy while it rings has failed',
      played(leaves(deleted('A', { cause: 'Busy' })), { legs: [customer, { ...agent, alerting: true }] }),
      'Error',
    ],
  ])('%s', (_what, draft, wanted) => {
    expect(endOf(draft, 'agent')).toBe(wanted);
  });

  it('last, ends as left by the other', () => {
    const draft = played(leaves(deleted('A')), {
      parties: [party('A', { leg: 'agent' })],
      legs: [agent],
      call: { left: 1 },
    });
    const leg = draft.leg('agent');
    expect(leg?.leaving?.otherwise ?? endOf(draft, 'agent')).toBe('Peer');
  });

  it('goes on where else it takes part, and as it is there', () => {
    const other = callOf({ key: 'site/other', parties: [party('B', { leg: 'agent', state: 'Held' })] });
    const draft = played(leaves(deleted('A')), { others: [other] });
    expect(reported(draft)).toEqual(['agent held']);
    expect(draft.leg('agent')?.home).toBe('site/other');
  });

  it('stays as it is when its leg is that of the other call', () => {
    const other = callOf({ key: 'site/other', parties: [party('B', { leg: 'agent', state: 'Held' })] });
    const draft = played(leaves(deleted('A')), {
      others: [other],
      legs: [customer, { ...agent, home: 'site/other' }],
    });
    expect(reported(draft)).toEqual([]);
  });

  it('that is unknown changes nothing', () => {
    const draft = played(leaves(deleted('X')));
    expect([reported(draft), who(draft)]).toEqual([['unknown-party'], ['C=customer', 'A=agent']]);
  });

  it.each<[string, Partial<Party>, number]>([
    ['that talked without a leg counts', {}, 1],
    ['that listened does not count', { flags: ['NoTalk'] }, 0],
    ['that coached does not count', { flags: ['Audit'] }, 0],
    ['that was a routing point does not count', { type: 'RoutingPoint' }, 0],
    ['that was a queue does not count', { type: 'Queue' }, 0],
  ])('%s', (_what, o, left) => {
    const draft = played(leaves(deleted('N')), { parties: [...here, party('N', o)] });
    expect(draft.call(home)?.left).toBe(left);
  });
});
