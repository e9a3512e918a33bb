/** One step of a conversation: which call an input is for, what it begins, and what is not as expected. */
import { asId, type CallUuid, type CloudUserId } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { CallCreated, Muted, Queued } from '../events/engage-events.ts';
import { added, agent, changed, customer, deleted, here, moved, party, partyId } from '../testing/parties.ts';
import { callOf, draftOf, home, legOf, said, second } from '../testing/parts.ts';
import { begin, type ConversationInput, knowsLegOf, next, type Step } from './next.ts';
import type { Call, Conversation, Leg } from './state.ts';
import type { StepContext } from './step-context.ts';

const uuid = (name: string) => asId<CallUuid>(name);
const of = { site: 'site', call: uuid('call'), at: second(10) } as const;
const created = (o: Partial<CallCreated> = {}): CallCreated => ({
  ...{ kind: 'call-created', ...of, type: 'Inbound' },
  ...o,
});
const queued = (o: Partial<Queued> = {}): Queued => ({
  ...{ kind: 'queued', ...of, type: 'Inbound', queue: '7000', stay: 'one' },
  ...o,
});
const muted = (o: Partial<Muted> = {}): Muted => ({
  ...{ kind: 'mute', site: 'site', at: second(10), dn: 'dn agent', muted: true },
  ...o,
});

/** All connections have caught up, and nobody works at any telephone. */
const context: Partial<StepContext> = { occupant: () => ({ kind: 'nobody' }), caughtUp: () => true };
const talking: Partial<Conversation> = { calls: [callOf({ parties: [...here] })], legs: [customer, agent] };

function stepped(input: ConversationInput, state: Partial<Conversation> = talking, o = context): Step {
  const draft = draftOf(state, o);
  return next(draft.state, input, draft.context);
}
const outcomeOf = ({ changes, anomalies }: Step) => [...said(changes), ...anomalies];

describe('a conversation begins', () => {
  const first = (input: CallCreated | Queued) => {
    const draft = draftOf({}, context);
    return begin(input, draft.context);
  };

  it('with a call, of which nothing is published yet', () => {
    const { state, changes, done } = first(created({ ani: '+49' }));
    expect(state).toMatchObject({
      ...{ key: home, interactionId: 'call', published: false, reportable: false, touchedAt: 60_000 },
      ...{ calls: [{ key: home, ani: '+49', seen: 60_000 }], legs: [], consults: [], unpublished: [] },
    });
    expect([changes, done]).toEqual([[], false]);
  });

  it('with a stay in a queue, which is published at once', () => {
    const step = first(queued());
    expect([outcomeOf(step), step.state.published]).toEqual([['q:one established'], true]);
  });
});

describe('an input', () => {
  const over: Partial<Conversation> = {
    ...talking,
    calls: [callOf({ parties: [...here], endedAt: second(5) })],
  };
  const elsewhere = callOf({ key: 'site/other', uuid: uuid('other') });

  it.each<[string, ConversationInput, Partial<Conversation>, readonly string[]]>([
    ['of a party that joins adds it', added('N'), talking, ['p:N established']],
    ['of a party that joins a call that has ended is too late', added('N'), over, ['call-ended']],
    ['of the state of a party changes it', changed('A'), talking, ['agent held']],
    ['of the state of a party of a call that has ended is too late', changed('A'), over, ['call-ended']],
    ['of a party that leaves ends it', deleted('A'), talking, ['agent ended']],
    ['of a party that leaves a call that has ended is too late', deleted('A'), over, ['call-ended']],
    ['of a party that moves to a call that is not known is left out', moved('A'), talking, ['unknown-call']],
    [
      'of a party that moves to a call that has ended is left out',
      moved('A'),
      { ...talking, calls: [callOf({ parties: [...here] }), { ...elsewhere, endedAt: second(5) }] },
      ['unknown-call'],
    ],
    [
      'of the end of a call ends it',
      { kind: 'call-deleted', ...of },
      talking,
      ['customer ended', 'agent ended'],
    ],
    [
      'of the end of a call that has ended is a copy',
      { kind: 'call-deleted', ...of },
      over,
      ['repeated-call'],
    ],
    ['of a queue begins a stay', queued(), talking, ['q:one established']],
    [
      'of a queue begins a stay, also late, which has ended',
      queued(),
      over,
      ['q:one established', 'q:one ended'],
    ],
    [
      'of a stay that goes on ends it',
      { kind: 'diverted', ...of, queue: '7000', target: '5001' },
      { ...talking, legs: [customer, agent, legOf('queue', 'q', { dn: '7000' })] },
      ['q ended'],
    ],
    [
      'of a stay that is abandoned ends it',
      { kind: 'abandoned', ...of, queue: '7000' },
      { ...talking, legs: [customer, agent, legOf('queue', 'q', { dn: '7000' })] },
      ['q ended'],
    ],
    [
      'of a call of this conversation that is not known is counted',
      added('N', { call: uuid('x') }),
      talking,
      ['unknown-call'],
    ],
    ['of a call on another site is not of this one', added('N', { site: 'x' }), talking, ['unknown-call']],
    ['of a call that is known already is a copy', created(), talking, ['repeated-call']],
    [
      'of a disposition where nobody talked is counted',
      { kind: 'disposition', site: 'site', at: second(10), dn: '5999', value: 'Sale' },
      talking,
      ['no-leg'],
    ],
    [
      'of a disposition is that of the agent',
      { kind: 'disposition', site: 'site', at: second(10), dn: 'dn agent', value: 'Sale' },
      talking,
      ['agent disposition', 'unmapped-disposition'],
    ],
    [
      'of a call that a snapshot does not name ends it',
      { kind: 'call-missing', ...of, since: streamMs(2_000) },
      talking,
      ['customer ended', 'agent ended'],
    ],
    [
      'of a queue that a snapshot names begins a stay',
      { kind: 'queue-found', ...of, since: streamMs(2_000), queue: '7000', present: true },
      talking,
      ['q:call/7000 established'],
    ],
    [
      'of a call that a snapshot names ends whom it does not name',
      {
        kind: 'call-found',
        site: 'site',
        at: second(10),
        since: streamMs(2_000),
        created: created(),
        parties: [],
      },
      talking,
      ['customer ended', 'agent ended'],
    ],
    ['that nothing has happened publishes nothing', { kind: 'look-again' }, talking, []],
  ])('%s', (_, input, state, wanted) => {
    expect(outcomeOf(stepped(input, state))).toEqual(wanted);
  });

  it('of a party that moves takes it along', () => {
    const state = { ...talking, calls: [callOf({ parties: [...here] }), elsewhere] };
    const { state: after, anomalies } = stepped(moved('A'), state);
    expect([after.calls.map(({ parties }) => parties.map(({ id }) => id)), anomalies]).toEqual([
      [['C'], ['A']],
      [],
    ]);
  });

  it('keeps a conversation, and a look at its waits does not', () => {
    expect(stepped(created()).state.touchedAt).toBe(60_000);
    expect(stepped({ kind: 'look-again' }).state.touchedAt).toBe(1_000);
  });

  it('changes a copy: the state that it is given stays what it was', () => {
    const draft = draftOf(talking, context);
    const before = structuredClone(draft.state);
    next(draft.state, { kind: 'call-deleted', ...of }, draft.context);
    expect(draft.state).toEqual(before);
  });

  it.each([
    [undefined, 'lost-conversation', 'shed'],
    ['lost-conversation', 'lost-conversation', 'gap'],
    ['too-long', 'too-long', 'too-long'],
  ] as const)(
    'of a conversation found gone, because of %s, ends all as the system',
    (why, noted, incomplete) => {
      const step = stepped({ kind: 'gone', at: second(10), ...(why && { why }) });
      expect(step.changes).toMatchObject([
        { leg: 'customer', disconnect: 'System' },
        { leg: 'agent', disconnect: 'System' },
      ]);
      expect([step.anomalies, step.state.incomplete]).toEqual([[noted], incomplete]);
    },
  );

  it('of a conversation found gone is not held back for the queues', () => {
    const step = stepped({ kind: 'gone', at: second(10) }, talking, { ...context, caughtUp: () => false });
    expect(outcomeOf(step)).toEqual(['customer ended', 'agent ended', 'lost-conversation']);
    const last = stepped({ kind: 'call-deleted', ...of }, talking, { ...context, caughtUp: () => false });
    expect(outcomeOf(last)).toEqual(['customer ended']);
  });

  it('of a conversation that has cost something already says what did first', () => {
    const state = { ...talking, incomplete: 'gap' } as const;
    expect(stepped({ kind: 'gone', at: second(10), why: 'too-long' }, state).state.incomplete).toBe('gap');
  });
});

describe('a call that is created in a conversation', () => {
  const ofSecond = (o: Partial<CallCreated> = {}) => created({ call: uuid('second'), type: 'Consult', ...o });
  const main = callOf({ parties: [...here], connIds: ['c1'] });
  const outcome = (input: CallCreated, calls: readonly Call[] = [main]) => {
    const { state, anomalies } = stepped(input, { ...talking, calls: [...calls] });
    return [state.calls.at(-1)?.key, state.calls.at(-1)?.consultOf, state.consults, anomalies];
  };
  const consult = { call: 'site/second', main: home, phase: 'waiting' };

  it.each<[string, CallCreated, readonly Call[], readonly unknown[]]>([
    ['is a further one', ofSecond(), [main], ['site/second', undefined, [], []]],
    [
      'is a consultation of its main call',
      ofSecond({ origCall: uuid('call') }),
      [main],
      ['site/second', home, [consult], []],
    ],
    [
      'is a consultation of the call on its main connection',
      ofSecond({ origConnId: 'c1' }),
      [main],
      ['site/second', home, [consult], []],
    ],
    [
      'is one of its main call, where that is not known by name but by connection',
      ofSecond({ origCall: uuid('x'), origConnId: 'c1' }),
      [main],
      ['site/second', home, [consult], []],
    ],
    [
      'is none of an unknown call',
      ofSecond({ origCall: uuid('x') }),
      [main],
      ['site/second', undefined, [], []],
    ],
    [
      'is none of an unknown connection',
      ofSecond({ origConnId: 'c2' }),
      [main],
      ['site/second', undefined, [], []],
    ],
    [
      'is none of a call of another site on a connection of that name',
      ofSecond({ origConnId: 'c1' }),
      [callOf({ site: 'x', key: 'x/call', connIds: ['c1'] }), callOf()],
      ['site/second', undefined, [], []],
    ],
    ['is none of itself', ofSecond({ origCall: uuid('second') }), [main], ['site/second', undefined, [], []]],
    [
      'is none of itself, by connection',
      ofSecond({ connId: 'c2', origConnId: 'c2' }),
      [main],
      ['site/second', undefined, [], []],
    ],
  ])('%s', (_, input, calls, wanted) => {
    expect(outcome(input, calls)).toEqual(wanted);
  });

  const named = callOf({ key: 'site/second', uuid: uuid('second'), type: 'Unknown', queuedOnly: true });
  it.each<[string, Call, boolean]>([
    ['becomes one when nobody has taken part in it', named, true],
    ['stays what it is when somebody takes part', { ...named, parties: [party('N')] }, false],
    ['stays what it is when somebody has left it', { ...named, removed: [partyId('N')] }, false],
    ['stays what it is when somebody talked in it', { ...named, left: 1 }, false],
    ['stays what it is when it is one already', { ...named, consultOf: 'site/third' }, false],
    [
      'stays what it is when more than a queue has named it',
      { ...named, queuedOnly: undefined as never },
      false,
    ],
  ])('and that a queue has named before: it %s', (_, call, becomes) => {
    const [key, consultOf, consults, anomalies] = outcome(ofSecond({ origCall: uuid('call') }), [main, call]);
    expect([key, anomalies]).toEqual(['site/second', ['repeated-call']]);
    expect([consultOf, consults]).toEqual([becomes ? home : call.consultOf, becomes ? [consult] : []]);
  });

  it('again says what was not known of it', () => {
    const { state } = stepped(created({ ani: '+49' }));
    expect(state.calls).toMatchObject([{ key: home, ani: '+49' }]);
  });

  it('beyond the most that a conversation may have is nothing', () => {
    const many = Array.from({ length: 50 }, (_, n) => callOf({ key: `site/${n}`, connIds: ['c1'] }));
    expect(outcome(ofSecond({ origConnId: 'c1' }), many)).toEqual(['site/49', undefined, [], ['too-large']]);
  });
});

describe('data of a call', () => {
  const dataOf = (o: object): ConversationInput => ({ kind: 'call-data', ...of, ...o });

  it('are kept with it', () => {
    expect(stepped(dataOf({ ani: '+1' })).state.calls).toMatchObject([{ ani: '+1' }]);
  });

  it('may be a disposition', () => {
    expect(outcomeOf(stepped(dataOf({ disposition: 'Sale' })))).toEqual([
      'agent disposition',
      'unmapped-disposition',
    ]);
  });

  /** The other half of the call stands in another call of the conversation, with the same link. */
  it('may say that a party stands for the half on another site', () => {
    const wait = { at: second(9), since: streamMs(59_000), until: streamMs(70_000), later: [] };
    const unclear = party('L', { type: 'External', undecided: { why: 'link', ...wait } });
    const half = callOf({ key: 'x/half', site: 'x', links: ['L1'], at: second(1) });
    const state = { ...talking, calls: [callOf({ parties: [...here, unclear] }), half] };
    const settings = { ...draftOf({}).context.settings, sites: ['site', 'x'] };
    const linked = stepped(dataOf({ links: ['L1'] }), state, { ...context, settings });
    expect(linked.state.calls[0]?.parties.at(-1)).toMatchObject({ id: 'L', link: true });
    const unlinked = stepped(dataOf({ ani: '+1' }), state, { ...context, settings });
    expect(unlinked.state.calls[0]?.parties.at(-1)?.undecided).toBeDefined();
  });
});

describe('a mute button', () => {
  const phone = legOf('phone', 'phone', { dn: 'dn agent' });
  const gone = { ...agent, key: 'gone', endedAt: second(9) };
  const later = { ...agent, key: 'later', at: second(11) };

  it.each<[string, readonly Leg[], Muted, readonly string[]]>([
    ['is that of the leg at its telephone', [customer, agent], muted(), ['agent audio']],
    ['is that of the user before that of others', [phone, agent], muted(), ['agent audio']],
    ['is that of another leg where there is no user', [phone, customer], muted(), ['phone audio']],
    ['of another telephone is nobody’s', [customer, agent], muted({ dn: '5999' }), ['no-leg']],
    ['of another site is nobody’s', [customer, agent], muted({ site: 'x' }), ['no-leg']],
    ['before its leg was there is nobody’s', [customer, later], muted(), ['no-leg']],
    ['after its leg has ended is nobody’s', [customer, gone], muted(), ['no-leg']],
    [
      'that is released changes nothing when it was not pressed',
      [customer, agent],
      muted({ muted: false }),
      [],
    ],
  ])('%s', (_, legs, input, wanted) => {
    expect(outcomeOf(stepped(input, { ...talking, legs: [...legs] }))).toEqual(wanted);
  });

  it.each<[string, readonly Leg[], Muted, boolean]>([
    ['is known', [customer, agent], muted(), true],
    ['is known when it has ended since', [{ ...agent, endedAt: second(11) }], muted(), true],
    ['is not known when it came later', [customer, later], muted(), false],
    ['is not known when it had ended', [customer, gone], muted(), false],
    ['is not known on another site', [customer, agent], muted({ site: 'x' }), false],
    ['is not known at another telephone', [customer, agent], muted({ dn: '5999' }), false],
  ])('says whether its leg %s', (_, legs, input, known) => {
    expect(knowsLegOf(draftOf({ legs: [...legs] }).state, input)).toBe(known);
  });
});

it('what was waited for before an input is decided before the input', () => {
  const lookups = { ...draftOf({}).context.lookups, userOfLogin: () => asId<CloudUserId>('user') };
  const wait = { at: second(2), since: streamMs(1_000), until: streamMs(59_000), later: [] };
  const unclear = party('N', { agentId: 'L', undecided: { why: 'agent', ...wait } });
  const state = { ...talking, calls: [callOf({ parties: [...here, unclear] })] };
  const step = stepped(changed('N', { at: second(20) }), state, { ...context, lookups });
  expect(outcomeOf(step)).toEqual(['p:N established', 'p:N held']);
});
