/** Consultations as their conversation sees them: what becomes known to them, and what comes of it. */
import { streamMs } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import {
  at,
  begun,
  expert,
  helper,
  inner,
  joined,
  leaving,
  leg,
  none,
  over,
  own,
  phases,
  ready,
  type World,
  waiting,
  world,
} from '../testing/consultation.ts';
import { agent, customer, party, reported } from '../testing/parties.ts';
import { draftOf, home, said, second } from '../testing/parts.ts';
import * as machines from './machines.ts';
import type { Consult, Leaving, Leg, Party } from './state.ts';

/** Asked of a queue that has delivered to nobody. */
const { reached: _, ...reachedNobody } = { ...begun, target: 'queue' };

describe('a consultation', () => {
  it('that is new waits for who takes part', () => {
    const draft = world({ consults: none }, (all) => machines.addConsult(all, own, home));
    expect(draft.state.consults).toEqual([waiting]);
    machines.dropConsults(draft.state);
    expect(draft.state.consults).toEqual([]);
  });

  it('that is not known is told nothing', () => {
    const draft = world({}, (all) => machines.toConsult(all, 'site/x', { kind: 'main-ended', at }));
    expect([reported(draft), phases(draft)]).toEqual([[], [`${own} begun`]]);
  });

  it('begins when who consults becomes known', () => {
    const consult: Consult = { ...waiting, target: 'expert', reached: 'expert' };
    const draft = world({ consults: [consult] }, (all) => machines.initiatorFound(all, consult, agent, at));
    expect(draft.changes).toEqual([
      {
        ...{ change: 'consult-begun', at, initiating: 'agent', target: 'expert' },
        ...{ reached: 'expert', object: 'customer' },
      },
    ]);
  });

  it('does not begin before whom it is with', () => {
    const late = { ...expert, at: second(12) };
    const draft = world({ consults: [ready], legs: [customer, agent, late] }, (all) =>
      machines.initiatorFound(all, ready, agent, at),
    );
    expect(draft.changes).toMatchObject([{ change: 'consult-begun', at: second(12) }]);
  });

  it.each<[string, World]>([
    ['while another one runs', { consults: [ready, { ...inner, phase: 'begun' }] }],
    ['while who consults is not there', { legs: [customer, expert] }],
    ['when who consults has ended', { legs: [customer, { ...agent, endedAt: second(9) }, expert] }],
    ['while whom it is with is not there', { legs: [customer, agent] }],
    ['when whom it is with has ended', { legs: [customer, agent, { ...expert, endedAt: second(9) }] }],
    ['when whom it is with has left', { legs: [customer, agent, { ...expert, ...leaving('consult') }] }],
    ['when nobody would be handed over', { legs: [agent, expert] }],
  ])('does not begin %s', (_, o) => {
    const draft = world({ consults: [ready], ...o }, (all) => machines.initiatorFound(all, ready, agent, at));
    expect(said(draft.changes)).toEqual([]);
  });

  it.each<[Leaving['why'], readonly string[]]>([
    [
      'transfer',
      [
        'agent>expert consult-begun',
        'agent>expert consult-progressed',
        'agent>expert consult-ended',
        'agent ended',
      ],
    ],
    [
      'unsure',
      [
        'agent>expert consult-begun',
        'agent>expert consult-progressed',
        'agent>expert consult-ended',
        'agent ended',
      ],
    ],
    ['unanswered', ['agent>expert consult-begun']],
    ['moving', ['agent>expert consult-begun']],
  ])('is complete at once when who consults has left, and waits as %s', (why, wanted) => {
    const left = { ...agent, ...leaving(why) };
    const draft = world({ consults: [ready], legs: [customer, left, expert] }, (all) =>
      machines.initiatorFound(all, ready, left, at),
    );
    expect(reported(draft)).toEqual(wanted);
    if (wanted.length > 1)
      expect(draft.changes.at(-1)).toMatchObject({ disconnect: 'TransferConsult', at: second(9) });
  });
});

describe('who was reached and comes into the main call', () => {
  const comes = (o: World, cause: Party['cause'] = 'Transfer', to = home) =>
    world(o, (all) => {
      const main = all.call(to);
      if (main !== undefined) machines.joinMain(all, main, leg(all, 'expert'), party('X', { at, cause }));
    });

  it('has joined, until it is known whether who consulted leaves', () => {
    const draft = comes({});
    expect([reported(draft), draft.state.consults]).toEqual([
      [],
      [{ ...begun, phase: 'joined', joinedAt: at, until: streamMs(62_000) }],
    ]);
  });

  it('makes it a conference where the event says so', () => {
    const draft = comes({}, 'Conference');
    expect([reported(draft), phases(draft)]).toEqual([['agent>expert consult-ended'], [`${own} over`]]);
  });

  it('completes it when who consulted has left and waits', () => {
    const draft = comes({ legs: [customer, { ...agent, ...leaving('transfer') }, expert] });
    expect(draft.changes).toMatchObject([
      { change: 'consult-progressed', at: second(9) },
      { change: 'consult-ended', at: second(9) },
      { change: 'ended', leg: 'agent', disconnect: 'TransferConsult', at: second(9) },
    ]);
  });

  it.each<[string, World]>([
    ['has ended', { legs: [customer, { ...agent, endedAt: second(9) }, expert] }],
    ['is not known', { legs: [customer, expert] }],
  ])('ends it without a word when who consulted %s', (_, o) => {
    const draft = comes(o);
    expect([reported(draft), phases(draft)]).toEqual([[], [`${own} over`]]);
  });

  it.each<[string, World, string?]>([
    ['of another main call', {}, own],
    ['with another party', { consults: [{ ...begun, reached: 'other' }] }],
    ['that has not begun', { consults: [ready] }],
    ['that is over', { consults: [over] }],
  ])('does nothing to one %s', (_, o, to) => {
    const [before] = o.consults ?? [begun];
    const draft = comes(o, 'Conference', to);
    expect([reported(draft), draft.state.consults]).toEqual([[], [before]]);
  });

  it('completes also one that waits for the end of another one', () => {
    const consults = [
      { ...ready, call: 'site/x' },
      { ...begun, call: 'site/y', reached: 'z' },
    ];
    expect(phases(comes({ consults }, 'Conference'))).toEqual(['site/x over', 'site/y begun']);
    const nobody = [
      { ...waiting, call: 'site/x', initiator: 'agent', reached: 'expert' },
      consults[1] ?? begun,
    ];
    expect(phases(comes({ consults: nobody }, 'Conference'))).toEqual(['site/x waiting', 'site/y begun']);
  });
});

describe('who consults and leaves the main call', () => {
  const goes = (o: World, cause: Party['cause'] = undefined, key = 'agent', from = home) => {
    let answer: boolean | undefined;
    const draft = world(o, (all) => {
      const main = all.call(from);
      if (main !== undefined) answer = machines.initiatorLeft(all, main, leg(all, key), cause, at);
    });
    return [answer, ...reported(draft)];
  };
  const completed = [true, 'agent>expert consult-progressed', 'agent>expert consult-ended', 'agent ended'];

  it.each<[string, readonly unknown[], readonly unknown[]]>([
    ['completes it with a transfer', goes({}, 'Transfer'), completed],
    ['completes it with a transfer in one step', goes({}, 'SingleStepTransfer'), completed],
    [
      'completes it by going, when the other one has come into the call',
      goes({ consults: [joined] }),
      completed,
    ],
    ['completes nothing by going alone', goes({}), [false]],
    ['completes nothing by going from another call', goes({}, 'Transfer', 'agent', own), [false]],
    ['completes nothing that another one began', goes({}, 'Transfer', 'customer'), [false]],
    ['completes nothing that is over', goes({ consults: [over] }, 'Transfer'), [false]],
    [
      'completes nothing that is over while another one runs',
      goes(
        { consults: [over, { ...begun, call: 'site/y', initiator: 'x', target: 'z', reached: 'z' }] },
        'Transfer',
      ),
      [false],
    ],
    [
      'only ends it when nobody is left to hand over',
      goes({ legs: [{ ...customer, endedAt: second(9) }, agent, expert] }, 'Transfer'),
      [true, 'agent>expert consult-ended', 'agent ended'],
    ],
    [
      'only ends it when who was reached has gone',
      goes({ legs: [customer, agent, { ...expert, endedAt: second(9) }] }, 'Transfer'),
      [true, 'agent>expert consult-ended', 'agent ended'],
    ],
    [
      'completes one with a queue that has reached nobody',
      goes({ consults: [{ ...begun, reached: undefined as never }] }, 'Transfer'),
      completed,
    ],
  ])('%s', (_, got, wanted) => {
    expect(got).toEqual(wanted);
  });

  it('and takes the main call back, lets go whom it had reached', () => {
    const back = (o: World, key = 'agent', main = home) =>
      reported(
        world(o, (all) => {
          const call = all.call(main);
          if (call !== undefined) machines.retrieved(all, call, leg(all, key), at);
        }),
      );
    const gone = [customer, agent, { ...expert, ...leaving('consult') }];
    expect(back({ legs: gone })).toEqual(['expert ended', 'agent>expert consult-ended']);
    expect(back({})).toEqual([]);
    expect(back({ consults: [joined] })).toEqual(['agent>expert consult-ended']);
    expect(back({ legs: gone }, 'customer')).toEqual([]);
    expect(back({ legs: gone }, 'agent', own)).toEqual([]);
    expect(back({ legs: gone, consults: [ready] })).toEqual([]);
    expect(back({ consults: [reachedNobody] })).toEqual([]);
  });

  it.each<[string, readonly Consult[], string, string, boolean]>([
    ['has come into it', [joined], home, 'agent', true],
    ['has not', [begun], home, 'agent', false],
    ['came into another one', [joined], own, 'agent', false],
    ['was called by another one', [joined], home, 'customer', false],
  ])('knows whether whom it called %s', (_, consults, call, who, wanted) => {
    world({ consults }, (all) => {
      const main = all.call(call);
      expect(main && machines.hasJoined(all, main, leg(all, who))).toBe(wanted);
    });
  });

  it.each<[string, Leg | undefined, object]>([
    ['present', agent, { is: 'present' }],
    ['leaving', { ...agent, ...leaving('unsure') }, { is: 'leaving', leftAt: second(9) }],
    ['gone', { ...agent, endedAt: second(9) }, { is: 'gone' }],
    ['gone', undefined, { is: 'gone' }],
  ])('is %s', (_, who, wanted) => {
    world({ legs: who === undefined ? [customer] : [customer, who] }, (all) =>
      expect(machines.initiatorOf(all, begun)).toEqual(wanted),
    );
  });
});

describe('the end of a consultation', () => {
  it('makes those about it consultations about its main call', () => {
    const draft = world({ consults: [begun, inner] }, (all) =>
      machines.toConsult(all, own, { kind: 'completed', at, bothOpen: true }),
    );
    expect(draft.consult('site/third')?.main).toBe(home);
    expect(draft.call('site/third')?.consultOf).toBe(home);
  });

  it('hands one on that the reached party had begun, to whom that one reached', () => {
    const consults = [
      begun,
      { ...inner, target: 'helper', reached: 'helper', object: 'customer', phase: 'waiting' } as const,
    ];
    const draft = world({ consults, legs: [customer, agent, expert, helper] }, (all) =>
      machines.toConsult(all, 'site/third', { kind: 'completed', at, bothOpen: true }),
    );
    expect(draft.consult(own)).toMatchObject({ target: 'helper', reached: 'helper', initiator: 'agent' });
    expect(reported(draft)).toContain('expert ended');
  });

  it('hands nothing on to one who has ended', () => {
    const consults = [begun, { ...inner, target: 'helper', reached: 'helper' }];
    const draft = world(
      { consults, legs: [customer, agent, expert, { ...helper, endedAt: second(9) }] },
      (all) => machines.toConsult(all, 'site/third', { kind: 'completed', at, bothOpen: false }),
    );
    expect(draft.consult(own)).toMatchObject({ target: 'expert' });
  });

  it('lets the next one begin', () => {
    const next: Consult = { ...inner, target: 'helper', reached: 'helper' };
    const draft = world({ consults: [begun, next], legs: [customer, agent, expert, helper] }, (all) =>
      machines.toConsult(all, own, { kind: 'cancelled', at }),
    );
    expect(reported(draft)).toEqual(['agent>expert consult-ended', 'expert>helper consult-begun']);
  });

  it('ends who was reached as it was going to end', () => {
    const callEnded = {
      kind: 'call-ended',
      at,
      intoMain: false,
      reached: 'open',
      initiator: { is: 'present' },
    } as const;
    const open = world({}, (all) => machines.toConsult(all, own, callEnded));
    expect(open.changes).toMatchObject([
      { leg: 'expert', disconnect: 'Peer', at },
      { change: 'consult-ended' },
    ]);
    const left = [customer, agent, { ...expert, ...leaving('consult', { otherwise: 'Transfer' }) }];
    const gone = world({ legs: left }, (all) => machines.toConsult(all, own, callEnded));
    expect(gone.changes).toMatchObject([{ leg: 'expert', disconnect: 'Transfer', at: second(9) }, {}]);
  });

  it.each<[string, Parameters<typeof machines.toConsult>[2]]>([
    ['completed', { kind: 'completed', at, bothOpen: false }],
    ['cancelled', { kind: 'cancelled', at }],
    ['ended with its main call', { kind: 'main-ended', at }],
  ])('is nothing to anybody when it had nobody, and is %s', (_, input) => {
    expect(reported(world({ consults: [waiting] }, (all) => machines.toConsult(all, own, input)))).toEqual(
      [],
    );
  });

  it('comes for all that are named when their conversation is closed', () => {
    const consults = [begun, { ...inner, target: 'helper', reached: 'helper' }];
    const draft = world({ consults, legs: [customer, agent, expert] }, (all) =>
      machines.cancelConsults(all, machines.running(all), at),
    );
    expect([reported(draft), phases(draft)]).toEqual([
      ['agent>expert consult-ended'],
      [`${own} waiting`, 'site/third waiting'],
    ]);
  });

  it.each<[Consult['phase'], boolean]>([
    ['waiting', false],
    ['begun', true],
    ['joined', true],
    ['over', false],
  ])('is to come for one that is %s: %s', (phase, runs) => {
    const draft = draftOf({ consults: [{ ...begun, phase }] });
    expect(machines.running(draft)).toHaveLength(runs ? 1 : 0);
  });
});
