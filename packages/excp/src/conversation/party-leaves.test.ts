/** A party that leaves its call: what it was to the others decides whether its leg ends, waits, or hands the call over. */
import { asId, type CallUuid } from '@exec/common/ids';
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import {
  agent,
  customer,
  deleted,
  here,
  leaves,
  party,
  partyId,
  played,
  reported,
} from '../testing/parties.ts';
import { callOf, home, legOf, second } from '../testing/parts.ts';
import type { Draft } from './draft.ts';
import { endWhenNobodyStays } from './party-leaves.ts';
import type { Call, Consult, Leaving, Leg, Party } from './state.ts';

const own = 'site/second';
const ringing: Leg = { ...agent, alerting: true };
const phone = legOf('phone', 'third');
const third = party('T', { leg: 'third' });
const three = { parties: [...here, third], legs: [customer, agent, phone] };
const leaving = (why: Leaving['why'], o: Partial<Leaving> = {}): Pick<Leg, 'leaving'> => ({
  leaving: { ...{ why, at: second(9), until: streamMs(70_000), otherwise: 'Self' }, ...o },
});
const unclear = (o: Partial<Party> = {}) =>
  party('L', {
    undecided: { why: 'link', at: second(2), since: streamMs(59_000), until: streamMs(70_000), later: [] },
    ...o,
  });

/** How the leg of the agent ended, or what it waits for and how it ends else. */
function fate(draft: Draft, key = 'agent'): string {
  const leg = draft.leg(key);
  if (leg?.leaving !== undefined && leg.endedAt === undefined)
    return `${leg.leaving.why}, else ${leg.leaving.otherwise}`;
  const end = draft.changes.find((change) => change.change === 'ended' && change.leg === key);
  return end?.change === 'ended' ? end.disconnect : 'stays';
}
type World = NonNullable<Parameters<typeof played>[1]>;
const gone = (cause: Party['cause'], o: World = {}, name = 'A') =>
  played(leaves(deleted(name, { cause })), o);

describe('a party that talked', () => {
  it.each<[string, Draft, string]>([
    ['ends by itself when a plain end is said', gone('Normal', three), 'Self'],
    ['may hand over when nothing is said and another one stays', gone(undefined), 'unsure, else Self'],
    ['may not hand over when two others talk on', gone(undefined, three), 'Self'],
    [
      'may hand over when one of two others rings',
      gone(undefined, { ...three, legs: [customer, agent, { ...phone, alerting: true, at: second(1) }] }),
      'Transfer',
    ],
    ['hands over when it is said, to what comes', gone('Transfer'), 'transfer, else Transfer'],
    [
      'ends when nobody is left, whatever is said',
      gone('Transfer', { parties: [party('A', { leg: 'agent' })], legs: [agent] }),
      'Self',
    ],
    ['hands nothing over when it is the customer', gone('Transfer', {}, 'C'), 'stays'],
    [
      'may hand over to the half on another site',
      gone(undefined, { parties: [party('A', { leg: 'agent' }), party('L', { link: true })], legs: [agent] }),
      'unsure, else Self',
    ],
    [
      'hands over to what may be the half on another site, when it is said',
      gone('Transfer', { parties: [party('A', { leg: 'agent' }), unclear()], legs: [agent] }),
      'transfer, else Transfer',
    ],
    [
      'hands nothing over to a party of which something else is not known',
      gone('Transfer', {
        parties: [
          party('A', { leg: 'agent' }),
          unclear({ undecided: { ...unclear().undecided, why: 'agent' } as never }),
        ],
        legs: [agent],
      }),
      'Self',
    ],
    [
      'hands nothing over where only it stands for another half',
      gone('Transfer', { parties: [party('A', { leg: 'agent', link: true })], legs: [agent] }),
      'Self',
    ],
    [
      'is the one who ends a call in which else only a coach talks, when it leaves first',
      gone('Normal', {
        parties: [...here.slice(1), party('T', { leg: 'third', flags: ['Audit'] })],
        legs: [agent, phone],
      }),
      'Self',
    ],
    [
      'is left behind in a call in which else only a coach talks, when another one left before',
      gone('Normal', {
        ...{
          parties: [...here.slice(1), party('T', { leg: 'third', flags: ['Audit'] })],
          legs: [agent, phone],
        },
        call: { left: 1 },
      }),
      'Peer',
    ],
    [
      'is not left behind while one talks who only coaches in another call',
      gone('Normal', {
        ...{ ...three, parties: [...here.slice(1), third], legs: [agent, phone], call: { left: 1 } },
        others: [callOf({ key: 'site/x', parties: [party('U', { leg: 'third', flags: ['Audit'] })] })],
      }),
      'Self',
    ],
    ['is not left behind while another one talks', gone('Normal', { ...three, call: { left: 1 } }), 'Self'],
    [
      'hands over to the queue that the call waits in',
      gone('Transfer', { parties: here.slice(1), legs: [agent, legOf('queue', 'q')] }),
      'TransferACD',
    ],
    [
      'hands nothing over to a queue that another call waits in',
      gone('Transfer', { parties: here.slice(1), legs: [agent, legOf('queue', 'q', { home: 'site/x' })] }),
      'Self',
    ],
    [
      'leaves nobody behind who is in another call',
      gone('Transfer', {
        parties: here.slice(1),
        legs: [agent, customer],
        others: [callOf({ key: 'site/x', parties: here.slice(0, 1) })],
      }),
      'Self',
    ],
    [
      'leaves nobody behind who has left before',
      gone('Transfer', { legs: [{ ...customer, ...leaving('moving') }, agent] }),
      'Self',
    ],
    [
      'knows what it hands over to when that rings',
      gone('Transfer', { ...three, legs: [customer, agent, { ...phone, alerting: true }] }),
      'Transfer',
    ],
    [
      'sent the call to a routing point: without a word it hands over',
      gone(undefined, { call: { routedAt: second(5) } }),
      'transfer, else Transfer',
    ],
    [
      'left before, and is not asked again',
      gone('Normal', { legs: [customer, { ...agent, ...leaving('transfer') }] }),
      'transfer, else Self',
    ],
  ])('%s', (_, draft, wanted) => {
    expect(fate(draft)).toBe(wanted);
  });

  it('was an IVR that hands the call on: it is not the one who ended it', () => {
    const ivr = legOf('ivr', 'agent');
    expect(fate(gone('Transfer', { legs: [customer, ivr] }))).toBe('Transfer');
    expect(fate(gone('Normal', { legs: [customer, ivr] }))).toBe('Self');
  });

  it('waits for a queue that may have been between, before it hands over', () => {
    const draft = gone('Transfer', {
      ...{ ...three, legs: [customer, agent, { ...phone, alerting: true }] },
      ...{ call: { routedAt: second(1) }, context: { caughtUp: () => false } },
    });
    expect([fate(draft), draft.leg('agent')?.leaving?.towards]).toEqual(['transfer, else Transfer', 'third']);
  });

  it('counts in its call', () => {
    expect(gone('Normal').call(home)?.left).toBe(1);
    expect(gone('Normal', { legs: [customer, { ...agent, endedAt: second(5) }] }).call(home)?.left).toBe(1);
  });
});

describe('a party that rang', () => {
  const rings: World = { legs: [customer, ringing] };
  it.each<[string, Draft, string]>([
    ['without an answer is offered to somebody else', gone('NoAnswer', rings), 'Transfer'],
    [
      'without an answer of an outbound call has failed',
      gone('NoAnswer', { ...rings, call: { type: 'Outbound' } }),
      'Error',
    ],
    [
      'without an answer of an outbound call that was routed is offered to somebody else',
      gone('NoAnswer', { ...rings, call: { type: 'Outbound', routedAt: second(1) } }),
      'Transfer',
    ],
    ['and was busy has failed', gone('Busy', rings), 'Error'],
    ['waits when nothing is said and somebody stays', gone(undefined, rings), 'unanswered, else Transfer'],
    [
      'waits as left in an outbound call',
      gone(undefined, { ...rings, call: { type: 'Outbound' } }),
      'unanswered, else Peer',
    ],
    [
      'waits alone in a call that was routed, and ends with nobody in it',
      gone(undefined, { parties: here.slice(1), legs: [ringing], call: { routedAt: second(1) } }),
      'Peer',
    ],
    ['and talked has not failed as busy', gone('Busy'), 'unsure, else Self'],
  ])('%s', (_, draft, wanted) => {
    expect(fate(draft)).toBe(wanted);
  });
});

describe('a party that was consulted', () => {
  const expert = legOf('user', 'expert', { home: own, consult: own });
  const parties = [party('X', { leg: 'expert', dn: 'dn X' }), party('B', { dn: 'dn B' })];
  const ofSecond = callOf({
    key: own,
    uuid: asId<CallUuid>('second'),
    consultOf: home,
    parties,
    type: 'Consult',
  });
  const begun: Consult = {
    ...{ call: own, main: home, initiator: 'agent', target: 'expert', reached: 'expert', object: 'customer' },
    phase: 'begun',
  };
  const from = (
    cause: Party['cause'],
    o: Partial<World> & { consult?: Partial<Consult>; call?: Partial<Call> } = {},
  ) =>
    played(
      (draft) => {
        const call = draft.call(own);
        if (call !== undefined) leaves(deleted('X', { cause, call: call.uuid }))(draft, call);
      },
      {
        ...{ legs: [customer, agent, expert], more: { consults: [{ ...begun, ...o.consult }] } },
        ...o,
        ...{ others: [{ ...ofSecond, ...o.call }], call: {} },
      },
    );

  it.each<[string, Draft, string]>([
    ['ends by itself when it leaves first', from('Normal'), 'Self'],
    [
      'ends as left when it leaves last',
      from('Normal', { call: { parties: parties.slice(0, 1), left: 1 } }),
      'Peer',
    ],
    ['may come into the main call when nothing is said', from(undefined), 'consult, else Self'],
    ['goes on where it is transferred to', from('Transfer'), 'moving, else Peer'],
    [
      'that rang is not answered',
      from('Redirect', { legs: [customer, agent, { ...expert, alerting: true }] }),
      'Transfer',
    ],
    [
      'goes on in the main call when the transfer is complete',
      from('Normal', { consult: { phase: 'over' } }),
      'moving, else Peer',
    ],
    [
      'is a plain party where another one was reached',
      from('Transfer', { consult: { reached: 'other' } }),
      'Self',
    ],
    [
      'is a plain party where the main call is complete with another one',
      from('Normal', { consult: { phase: 'over', reached: 'other' } }),
      'Self',
    ],
    [
      'is a plain party of a call that is no consultation any more',
      from('Transfer', { legs: [customer, agent, { ...expert, home }] }),
      'Self',
    ],
  ])('%s', (_, draft, wanted) => {
    expect(fate(draft, 'expert')).toBe(wanted);
  });

  it('hands the consultation over to whom it has consulted itself', () => {
    const helper = legOf('user', 'helper', { home: 'site/third', consult: 'site/third' });
    const innermost: Consult = {
      ...{ call: 'site/third', main: own, initiator: 'expert', target: 'helper', reached: 'helper' },
      ...{ phase: 'joined', joinedAt: second(9), until: streamMs(70_000) },
    };
    const draft = played(
      (all) => {
        const call = all.call(own);
        if (call !== undefined) leaves(deleted('X', { cause: undefined, call: call.uuid }))(all, call);
      },
      {
        ...{ legs: [customer, agent, expert, helper], others: [ofSecond] },
        more: { consults: [begun, innermost] },
      },
    );
    expect(draft.consult(own)).toMatchObject({ target: 'helper', reached: 'helper' });
    expect(fate(draft, 'expert')).toBe('TransferConsult');
  });

  it('is known at last when who consults it leaves', () => {
    const waits = {
      why: 'agent',
      at: second(5),
      since: streamMs(59_000),
      until: streamMs(70_000),
      later: [],
    } as const;
    const asked = party('N', { type: 'Extension', undecided: waits });
    const passed = { ...waits, later: [{ state: 'gone', at: second(6) }] } as const;
    const whenKnown = (one: Party, initiator = 'agent') =>
      played(leaves(deleted('A', { cause: 'Transfer' })), {
        ...{ others: [{ ...ofSecond, parties: [one] }] },
        more: { consults: [{ call: own, main: home, initiator, phase: 'waiting' }] },
      });
    expect(reported(whenKnown(asked))).toEqual([
      ...[
        'p:N established',
        'agent>p:N consult-begun',
        'agent>p:N consult-progressed',
        'agent>p:N consult-ended',
      ],
      'agent ended',
    ]);
    expect(reported(whenKnown({ ...asked, undecided: passed }))).toContain('p:N established');
    expect(whenKnown({ ...asked, undecided: passed }).call(own)?.parties).toEqual([]);
    expect(whenKnown(asked, 'customer').call(own)?.parties[0]?.undecided).toBeDefined();
  });
});

describe('who waits, when nobody stays in the call', () => {
  const waiting = (o: World): Draft => played((draft, call) => endWhenNobodyStays(draft, call), o);
  const unsure: Leg = { ...agent, ...leaving('unsure') };

  it.each<[string, World, readonly string[]]>([
    ['ends as it was going to', { parties: [], legs: [unsure] }, ['agent ended']],
    ['waits on while somebody is in the call', { legs: [customer, unsure] }, []],
    [
      'ends while only a queue has the call',
      { parties: [], legs: [legOf('queue', 'q'), unsure] },
      ['agent ended'],
    ],
    [
      'ends while others are in another call only',
      {
        parties: [],
        legs: [customer, unsure],
        others: [callOf({ key: 'site/x', parties: here.slice(0, 1) })],
      },
      ['agent ended'],
    ],
    [
      'ends while others have left',
      { legs: [{ ...customer, ...leaving('moving') }, unsure] },
      ['agent ended'],
    ],
    [
      'ends while others have ended',
      { legs: [{ ...customer, endedAt: second(5) }, unsure] },
      ['agent ended'],
    ],
    ['waits on for the half on another site', { parties: [party('L', { link: true })], legs: [unsure] }, []],
    ['waits on for what may be that half', { parties: [unclear()], legs: [unsure] }, []],
    [
      'waits for no party of which something else is not known',
      {
        parties: [unclear({ undecided: { ...unclear().undecided, why: 'agent' } as never })],
        legs: [unsure],
      },
      ['agent ended'],
    ],
    ['waits on in another call', { parties: [], legs: [{ ...unsure, home: 'site/x' }] }, []],
    ['is nobody when nobody has left', { parties: [], legs: [agent] }, []],
  ])('%s', (_, o, wanted) => {
    expect(reported(waiting(o))).toEqual(wanted);
  });
});

it('a party whose leg is in the call by another place goes on there', () => {
  const draft = played(leaves(deleted('A')), {
    parties: [...here, party('B', { leg: 'agent', state: 'Held' })],
  });
  expect([reported(draft), draft.leg('agent')?.home]).toEqual([['agent held'], home]);
});

it('a party that left names who controlled that: it was not itself', () => {
  const draft = played(leaves(deleted('A', { ctrl: partyId('C') })));
  expect(fate(draft)).toBe('Peer');
});
