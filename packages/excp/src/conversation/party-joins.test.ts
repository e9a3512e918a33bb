/** A party that joins: which leg it gets, what is waited for before, and what is published of it. */
import { asId, type CloudUserId } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { PartyAdded } from '../events/engage-events.ts';
import { added, adds, agent, customer, party, partyId, played, reported, who } from '../testing/parties.ts';
import { callOf, home, legOf, queueOf, said, second } from '../testing/parts.ts';
import { toUndecided } from './party-joins.ts';
import { defaultSettings, type StepContext } from './step-context.ts';

const lookups: StepContext['lookups'] = {
  userOfLogin: (_, code) => (code === 'L' ? asId<CloudUserId>('by login') : undefined),
  userOfEmployee: (employee) => (employee === 'E' ? asId<CloudUserId>('by employee') : undefined),
  queue: (_, number) => queueOf(number),
  skills: () => [],
  wrapupCode: () => undefined,
};

describe('a party that joins', () => {
  type Row = readonly [string, PartyAdded, Parameters<typeof played>[1], object];
  const fresh = { parties: [], legs: [], more: { published: false } };
  const queue = legOf('queue', 'q', { dn: '7000' });
  const rows: readonly Row[] = [
    [
      'from outside, first, is the customer',
      added('N', { type: 'External' }),
      fresh,
      {
        ...{ is: { kind: 'external' }, number: 'dn N', invitedBy: undefined, inbound: true, ani: 'dn N' },
      },
    ],
    [
      'from outside, of an outbound call, is no caller',
      added('N', { type: 'External' }),
      { ...fresh, call: { type: 'Outbound' } },
      {
        ...{ is: { kind: 'external' }, inbound: false, ani: undefined },
      },
    ],
    [
      'from outside, later, is a number',
      added('N', { type: 'External' }),
      {},
      { is: { kind: 'phone' }, number: 'dn N' },
    ],
    [
      'from outside, of an internal call, is a number',
      added('N', { type: 'External' }),
      { ...fresh, call: { type: 'Internal' } },
      {
        is: { kind: 'phone' },
      },
    ],
    [
      'from outside, of a consultation, is a number',
      added('N', { type: 'External' }),
      { ...fresh, call: { type: 'Consult' } },
      {
        is: { kind: 'phone' },
      },
    ],
    [
      'that is an IVR has no number',
      added('N', { type: 'IVR' }),
      {},
      { is: { kind: 'ivr' }, number: undefined },
    ],
    ['where nobody works is a number', added('N'), {}, { is: { kind: 'phone' }, number: 'dn N' }],
    [
      'with the login of a user is the user',
      added('N', { agentId: 'L' }),
      {},
      {
        ...{ is: { kind: 'user', userId: 'by login' }, number: undefined },
      },
    ],
    ['with a login of nobody is a number', added('N', { agentId: 'X' }), {}, { is: { kind: 'phone' } }],
    [
      'where a user works is the user, by employee first',
      added('N'),
      {
        context: { occupant: () => ({ kind: 'agent', agentId: 'L', employeeId: asId('E') }) },
      },
      { is: { kind: 'user', userId: 'by employee' } },
    ],
    [
      'where a user works whose employee is not mapped is the user, by login',
      added('N'),
      {
        context: { occupant: () => ({ kind: 'agent', agentId: 'L', employeeId: asId('X') }) },
      },
      { is: { kind: 'user', userId: 'by login' } },
    ],
    [
      'of unknown type with a login of nobody is a number',
      added('N', { type: 'Unknown', agentId: 'X' }),
      {},
      { is: { kind: 'phone' } },
    ],
    ['that rings has not answered', added('N', { state: 'Alerting' }), {}, { alerting: true, inbound: true }],
    [
      'that dials is not inbound, and does not ring',
      added('N', { state: 'Dialing' }),
      {},
      { alerting: false, inbound: false },
    ],
    [
      'that has picked up is not inbound, and does not ring',
      added('N', { state: 'Initiated' }),
      {},
      { alerting: false, inbound: false },
    ],
    [
      'from outside that dials rings',
      added('N', { type: 'External', state: 'Dialing' }),
      {},
      { alerting: true },
    ],
    ['that is on hold has answered', added('N', { state: 'Held' }), {}, { alerting: false }],
    ['is invited by the customer', added('N'), {}, { invitedBy: 'customer' }],
    [
      'is invited by who was there first where there is no customer',
      added('N'),
      { legs: [agent], parties: [] },
      { invitedBy: 'agent' },
    ],
    [
      'is invited by the party that controls it',
      added('N', { ctrl: partyId('A') }),
      {},
      { invitedBy: 'agent' },
    ],
    [
      'is invited by a party that has left, where that controls it',
      added('N', { ctrl: partyId('gone') }),
      {
        legs: [customer, { ...agent, key: 'p:gone', endedAt: second(5) }],
      },
      { invitedBy: 'p:gone' },
    ],
    [
      'is invited by the queue, as a user',
      added('N', { agentId: 'L' }),
      { legs: [customer, queue] },
      { invitedBy: 'q' },
    ],
    [
      'is not invited by the queue, as a number',
      added('N'),
      { legs: [customer, queue] },
      { invitedBy: 'customer' },
    ],
    [
      'is not invited by who comes later',
      added('N'),
      { legs: [{ ...customer, at: second(11) }, agent] },
      { invitedBy: 'agent' },
    ],
    [
      'is delivered by the queue when it rings in an outbound call',
      added('N', { agentId: 'L', state: 'Alerting' }),
      {
        ...{ legs: [queue], call: { type: 'Outbound' } },
      },
      { is: { kind: 'user', userId: 'by login', queueId: queueOf('dn q') } },
    ],
    [
      'is not delivered by the queue in an inbound call',
      added('N', { agentId: 'L', state: 'Alerting' }),
      { legs: [queue] },
      {
        is: { kind: 'user', userId: 'by login' },
      },
    ],
    [
      'is not delivered by the queue when it talks at once',
      added('N', { agentId: 'L' }),
      {
        ...{ legs: [queue], call: { type: 'Outbound' } },
      },
      { is: { kind: 'user', userId: 'by login' } },
    ],
    [
      'has the numbers of its call',
      added('N'),
      { call: { ani: '+1', dnis: '+2', dialed: '+3' } },
      { ani: '+1', dnis: '+2' },
    ],
    [
      'has the dialed number where there is no other',
      added('N'),
      { call: { dialed: '+3' } },
      { ani: undefined, dnis: '+3' },
    ],
  ];

  it.each(rows)('%s', (_what, input, o, wanted) => {
    const draft = played(adds(input), { ...o, context: { lookups, ...o?.context } });
    const [first] = draft.changes;
    expect(first).toMatchObject({ change: 'established', leg: 'p:N', at: second(10) });
    // The identity is compared whole: what is not there counts as well.
    const { is, ...more } = wanted as { is?: unknown };
    if (is !== undefined) expect(first).toHaveProperty('is', is);
    for (const [name, value] of Object.entries(more))
      expect([name, Object(first)[name]]).toEqual([name, value]);
  });

  it.each<[string, PartyAdded, readonly string[], readonly string[]]>([
    ['that only listens has no leg', added('N', { flags: ['NoTalk'] }), [], ['C=customer', 'A=agent', 'N=-']],
    [
      'that coaches has one',
      added('N', { flags: ['Audit'] }),
      ['p:N established'],
      ['C=customer', 'A=agent', 'N=p:N'],
    ],
    [
      'that is a routing point has none',
      added('N', { type: 'RoutingPoint' }),
      [],
      ['C=customer', 'A=agent', 'N=-'],
    ],
    ['that is a queue has none', added('N', { type: 'Queue' }), [], ['C=customer', 'A=agent', 'N=-']],
    [
      'of unknown type where nobody works has none',
      added('N', { type: 'Unknown' }),
      [],
      ['C=customer', 'A=agent', 'N=-'],
    ],
    [
      'on hold is held at once',
      added('N', { state: 'Held' }),
      ['p:N established', 'p:N held'],
      ['C=customer', 'A=agent', 'N=p:N'],
    ],
    [
      'that is deaf is so at once',
      added('N', { flags: ['NoListen'] }),
      ['p:N established', 'p:N audio'],
      ['C=customer', 'A=agent', 'N=p:N'],
    ],
    [
      'again is the same party',
      added('A', { state: 'Held' }),
      ['agent held', 'repeated-party'],
      ['C=customer', 'A=agent'],
    ],
  ])('%s', (_what, input, wanted, parties) => {
    const draft = played(adds(input));
    expect([reported(draft), who(draft)]).toEqual([wanted, parties]);
  });

  it.each(['RoutingPoint', 'Queue', 'IVR'] as const)('%s: says whether the call was routed', (type) => {
    const draft = played(adds(added('N', { type })));
    expect(draft.call(home)?.routedAt).toBe(type === 'IVR' ? undefined : second(10));
  });

  describe('waits', () => {
    const behind = (...names: readonly string[]): Partial<StepContext> => ({
      caughtUp: (_, connection) => !names.includes(connection),
    });
    const unknown = { occupant: () => ({ kind: 'unknown' as const }) };
    const several = { settings: { ...defaultSettings, sites: ['site', 'other'] } };
    const delivered: Partial<PartyAdded> = { state: 'Alerting', cause: 'Route' };
    const outbound = { call: { type: 'Outbound' as const } };
    const rung = { call: { type: 'Outbound' as const, routedAt: second(2) } };

    it.each<[string, PartyAdded, Parameters<typeof played>[1], string | undefined]>([
      ['for who works there', added('N'), { context: { ...unknown, ...behind('extensions') } }, 'agent'],
      ['not when that will not become known', added('N'), { context: unknown }, undefined],
      [
        'not when it names its agent',
        added('N', { agentId: 'L' }),
        { context: { ...unknown, ...behind('extensions') } },
        undefined,
      ],
      [
        'not when it is from outside',
        added('N', { type: 'External' }),
        { context: { ...unknown, ...behind('extensions') } },
        undefined,
      ],
      [
        'for the queue of an outbound call that rings',
        added('N', delivered),
        { ...outbound, context: behind('queues') },
        'queue',
      ],
      [
        'for it when distributed',
        added('N', { ...delivered, cause: 'ACD' }),
        { ...outbound, context: behind('queues') },
        'queue',
      ],
      [
        'for it when the call was routed before',
        added('N', { state: 'Alerting' }),
        { ...rung, context: behind('queues') },
        'queue',
      ],
      [
        'not when nothing was routed',
        added('N', { state: 'Alerting' }),
        { ...outbound, context: behind('queues') },
        undefined,
      ],
      [
        'not when it talks at once',
        added('N', { cause: 'Route' }),
        { ...outbound, context: behind('queues') },
        undefined,
      ],
      ['not when the call is inbound', added('N', delivered), { context: behind('queues') }, undefined],
      [
        'not when the queues have caught up',
        added('N', delivered),
        { ...outbound, context: behind('extensions') },
        undefined,
      ],
      [
        'not when a queue is known',
        added('N', delivered),
        { ...outbound, legs: [customer, legOf('queue', 'q')], context: behind('queues') },
        undefined,
      ],
      [
        'for the other half of a linked call',
        added('N'),
        { call: { links: ['L'] }, context: several },
        'link',
      ],
      ['not with one site', added('N'), { call: { links: ['L'] } }, undefined],
      [
        'not when that is known',
        added('N'),
        {
          call: { links: ['L'] },
          others: [callOf({ key: 'other/x', site: 'other', links: ['L'] })],
          context: several,
        },
        undefined,
      ],
      [
        'for it when the other one is of the same site',
        added('N'),
        { call: { links: ['L'] }, others: [callOf({ key: 'site/x', links: ['L'] })], context: several },
        'link',
      ],
      [
        'for it when a further number may stand for it',
        added('N', { type: 'External' }),
        { context: several },
        'link',
      ],
      [
        'not for the customer',
        added('N', { type: 'External' }),
        { parties: [], legs: [], more: { published: false }, context: several },
        undefined,
      ],
      ['not for a number inside', added('N'), { context: several }, undefined],
    ])('%s', (_what, input, o, why) => {
      const draft = played(adds(input), { ...o, context: { lookups, ...o?.context } });
      const joined = draft.call(home)?.parties.find((one) => one.id === 'N');
      expect(joined?.undecided?.why).toBe(why);
      expect(said(draft.changes)).toEqual(why === undefined ? ['p:N established'] : []);
    });
  });
});

it('a party that turns out to be nobody has no leg, whatever has happened to it meanwhile', () => {
  const later = [{ state: 'Held', at: second(11) }] as const;
  const wait = { at: second(10), until: streamMs(59_000), later };
  const unclear = party('N', { type: 'Unknown', undecided: { why: 'agent', ...wait } });
  const draft = played(
    (all, call) => {
      const one = call.parties.find(({ id }) => id === 'N') ?? expect.fail();
      expect(toUndecided(all, call, one, { kind: 'wait-over' })).toBeUndefined();
    },
    { parties: [unclear] },
  );
  expect([reported(draft), who(draft), draft.call(home)?.parties[0]?.undecided]).toEqual([
    [],
    ['N=-'],
    undefined,
  ]);
});
