import { asId, type CallUuid } from '@exec/common/ids';
import { expect, it } from 'vitest';
import type { Queued, Unqueued } from '../events/engage-events.ts';
import { callOf, draftOf, home, legOf, queueOf, said, second } from '../testing/parts.ts';
import type { Draft } from './draft.ts';
import { queued, unqueued } from './queues.ts';
import type { Call, Conversation, Leg } from './state.ts';

const customer = legOf('external', 'customer');
const of = { site: 'site', call: asId<CallUuid>('call'), queue: '7000', at: second(10) } as const;
const enters = (o: Partial<Queued> = {}): Queued => ({ kind: 'queued', type: 'Inbound', ...of, ...o });
const leaves = (kind: Unqueued['kind'], o: Partial<Unqueued> = {}): Unqueued => ({ kind, ...of, ...o });

/** A stay in queue 7000 since second 5. */
const stay = (o: Partial<Leg> = {}) =>
  legOf('queue', 'q:one', { dn: '7000', at: second(5), stay: 'one', ...o });

function played(state: Partial<Conversation>, play: (draft: Draft, call: Call) => void): Draft {
  const draft = draftOf(state);
  const call = draft.call(home);
  if (call !== undefined) play(draft, call);
  return draft;
}

type Row = readonly [
  title: string,
  state: Partial<Conversation>,
  input: Queued,
  changes: readonly string[],
  anomalies?: readonly string[],
];

const rows: readonly Row[] = [
  ['a stay in a mapped queue is a leg', { legs: [customer] }, enters({ stay: 'one' }), ['q:one established']],
  [
    'a stay without an identity is named by call and queue',
    { legs: [customer] },
    enters(),
    ['q:call/7000 established'],
  ],
  ['a stay in a queue that is not mapped is none', { legs: [customer] }, enters({ queue: 'unmapped' }), []],
  [
    'the same stay again changes nothing',
    { legs: [customer, stay()] },
    enters({ stay: 'one' }),
    [],
    ['repeated-stay'],
  ],
  [
    'the same stay again after its end changes nothing',
    { legs: [customer, stay({ endedAt: second(8) })] },
    enters({ stay: 'one' }),
    [],
    ['repeated-stay'],
  ],
  [
    'another stay in the same queue is another leg',
    { legs: [customer, stay()] },
    enters({ stay: 'two' }),
    ['q:two established'],
  ],
  [
    'the same stay in another queue is another leg',
    { legs: [customer, stay()] },
    enters({ stay: 'one', queue: '7001' }),
    ['q:one#2 established'],
  ],
  [
    'a stay without an identity while one lasts is the same',
    { legs: [customer, stay({ stay: undefined })] },
    enters(),
    [],
    ['repeated-stay'],
  ],
  [
    'a stay without an identity after one has ended is another one',
    { legs: [customer, stay({ stay: undefined, endedAt: second(8) })] },
    enters(),
    ['q:call/7000 established'],
  ],
  [
    'a stay that a snapshot found gets its identity when its event comes late',
    { legs: [customer, stay({ stay: undefined, at: second(12) })] },
    enters({ stay: 'one' }),
    [],
  ],
  [
    'a stay that begins after one that was found is another one',
    { legs: [customer, stay({ stay: undefined })] },
    enters({ stay: 'two' }),
    ['q:two established'],
  ],
];

const cases = rows.map(([title, state, input, changes, anomalies = []]) => ({
  title,
  state,
  input,
  changes,
  anomalies,
}));

it.each(cases)('$title', ({ state, input, changes, anomalies }) => {
  const draft = played(state, (all, call) => queued(all, call, input));
  expect(said(draft.changes)).toEqual(changes);
  expect(draft.anomalies).toEqual(anomalies);
});

it('a stay that was found has the identity of its event afterwards', () => {
  const found = stay({ stay: undefined, at: second(12) });
  const draft = played({ legs: [found] }, (all, call) => queued(all, call, enters({ stay: 'one' })));
  expect(draft.leg('q:one')?.stay).toBe('one');
});

it.each<readonly [title: string, state: Partial<Conversation>, input: Partial<Queued>, begin: object]>([
  [
    'says the queue, and what the event says of the numbers',
    { legs: [customer] },
    { ani: '+491', dnis: '+492' },
    {
      is: { kind: 'queue', queueId: queueOf('7000') },
      alerting: false,
      inbound: true,
      ani: '+491',
      dnis: '+492',
    },
  ],
  [
    'says what the call says of the numbers where the event says nothing',
    { legs: [customer], calls: [callOf({ ani: '+493', dnis: '+494' })] },
    {},
    { ani: '+493', dnis: '+494' },
  ],
  [
    'of an outbound call is not inbound',
    { legs: [customer], calls: [callOf({ type: 'Outbound' })] },
    {},
    { inbound: false },
  ],
  ['is invited by the customer', { legs: [legOf('user', 'agent'), customer] }, {}, { invitedBy: 'customer' }],
  [
    'is invited by whoever came first where the customer came later',
    { legs: [legOf('user', 'agent'), legOf('external', 'late', { at: second(11) })] },
    {},
    { invitedBy: 'agent' },
  ],
  [
    'is invited by who consults',
    {
      legs: [customer, legOf('user', 'agent')],
      consults: [{ call: home, main: 'site/main', initiator: 'agent', phase: 'waiting' }],
    },
    {},
    { invitedBy: 'agent' },
  ],
])('the leg of a stay %s', (_, state, input, begin) => {
  const draft = played(state, (all, call) => queued(all, call, enters(input)));
  expect(draft.changes).toMatchObject([begin]);
});

it('a stay that becomes known after the end of its call waits for how it ended', () => {
  const calls = [callOf({ endedAt: second(20) })];
  const draft = played({ calls, legs: [customer] }, (all, call) =>
    queued(all, call, enters({ stay: 'one' })),
  );
  expect(draft.leg('q:one')?.leaving).toMatchObject({ why: 'queue', at: second(20), otherwise: 'Peer' });
});

it('a stay that begins after the end of its call waits from its own begin', () => {
  const calls = [callOf({ endedAt: second(2) })];
  const draft = played({ calls, legs: [customer] }, (all, call) =>
    queued(all, call, enters({ stay: 'one' })),
  );
  expect(draft.leg('q:one')?.leaving).toMatchObject({ why: 'queue', at: second(10) });
});

it.each<readonly [title: string, input: Unqueued, disconnect: string]>([
  ['a number, it is a transfer', leaves('diverted', { stay: 'one', target: '5001' }), 'Transfer'],
  ['another queue that took it, the system ended it', leaves('diverted', { stay: 'one' }), 'System'],
  ['nobody, because the caller gave up, the peer ended it', leaves('abandoned', { stay: 'one' }), 'Peer'],
])('when a stay goes to %s', (_, input, disconnect) => {
  const draft = played({ legs: [customer, stay()] }, (all, call) => unqueued(all, call, input));
  expect(draft.changes).toMatchObject([{ change: 'ended', leg: 'q:one', disconnect, at: second(10) }]);
});

it.each<readonly [title: string, legs: readonly Leg[], input: Partial<Unqueued>, ended: string | undefined]>([
  ['is the one of that identity', [stay({ key: 'other', stay: 'two' }), stay()], { stay: 'one' }, 'q:one'],
  [
    'without an identity is the one of that call',
    [stay({ key: 'other', home: 'site/other' }), stay()],
    {},
    'q:one',
  ],
  [
    'without an identity is one of that queue, when none of that call lasts',
    [stay({ home: 'site/other' })],
    {},
    'q:one',
  ],
  [
    'of an identity that nobody knows is one of that queue that has none',
    [stay({ stay: undefined })],
    { stay: 'one' },
    'q:one',
  ],
  ['of another identity is none', [stay({ stay: 'two' })], { stay: 'one' }, undefined],
  ['of another queue is none', [stay({ dn: '7001' })], {}, undefined],
  ['of another site is none', [stay({ site: 'elsewhere' })], { stay: 'one' }, undefined],
  ['that has ended is none', [stay({ endedAt: second(6) })], { stay: 'one' }, undefined],
])('the stay that ends %s', (_, legs, input, ended) => {
  const state = { legs: [customer, ...legs] };
  const draft = played(state, (all, call) => unqueued(all, call, leaves('diverted', input)));
  expect(said(draft.changes)).toEqual(ended === undefined ? [] : [`${ended} ended`]);
  expect(draft.anomalies).toEqual(ended === undefined ? ['unknown-stay'] : []);
});

it('the end of a stay in a queue that is not mapped is nothing', () => {
  const input = leaves('abandoned', { queue: 'unmapped' });
  const draft = played({ legs: [customer] }, (all, call) => unqueued(all, call, input));
  expect([draft.changes, draft.anomalies]).toEqual([[], []]);
});
