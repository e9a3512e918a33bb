import { engageSeconds, monotonicMs } from '@exec/common/instants';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementMs, type StatisticInput, type StatisticKind } from '../statistics/input.ts';
import { type AgentAction, type AgentTree, type StatusName, statusNames } from '../statistics/tree.ts';
import { type AgentState, initialAgent, nextAgent, reconnected } from './agent.ts';
import { defaultReasons, defaultTable, routingStatuses } from './table.ts';

const translation = { table: defaultTable, reasons: defaultReasons };

function tree(
  status: StatusName,
  seconds: number,
  actions: (Partial<AgentAction> & { action: StatusName })[],
): AgentTree {
  const since = engageSeconds(seconds);
  return { status, since, detailed: true, actions: actions.map((action) => ({ since, ...action })) };
}

/** Feeds both statistics with the same tree, as a quiet Stat Server does, and returns what is to be injected. */
function feed(trees: readonly AgentTree[]) {
  let agent: AgentState = initialAgent;
  const states: string[] = [];
  let at = 0;
  for (const next of trees) {
    for (const kind of ['status', 'reasons'] as const) {
      at += 1;
      const step = nextAgent(agent, { type: 'tree', kind, tree: next, at: monotonicMs(at) }, translation);
      agent = step.agent;
      states.push(...step.changes.map(({ state }) => `${state.presence}/${state.routingStatus}`));
    }
  }
  return { states, agent };
}

const ready = tree('WaitForNextCall', 10, [{ action: 'WaitForNextCall' }]);
const notReady = tree('NotReadyForNextCall', 10, [{ action: 'NotReadyForNextCall' }]);
const unchanged = 'unchanged';

describe('the translation table', () => {
  const rows: readonly [name: string, before: AgentTree, then: AgentTree, expected: string][] = [
    ['logged out', ready, tree('LoggedOut', 20, []), 'Offline/OffQueue'],
    ['not monitored', ready, tree('NotMonitored', 20, [{ action: 'NotMonitored' }]), unchanged],
    ['monitored', ready, tree('Monitored', 20, [{ action: 'Monitored' }]), unchanged],
    ['logged in without a state', ready, tree('LoggedIn', 20, [{ action: 'LoggedIn' }]), unchanged],
    ['on hook without a state', ready, tree('OnHook', 20, [{ action: 'OnHook' }]), unchanged],
    ['no data at all', ready, tree('NotMonitored', 20, []), unchanged],
    [
      'not ready, no reason',
      ready,
      tree('NotReadyForNextCall', 20, [{ action: 'NotReadyForNextCall' }]),
      'Busy/OffQueue',
    ],
    ...(['Break', 'Meal', 'Meeting', 'Training'] as const).map(
      (reason) =>
        [
          `not ready, reason ${reason} in any case`,
          ready,
          tree('NotReadyForNextCall', 20, [
            { action: 'NotReadyForNextCall', reason: ` ${reason.toUpperCase()}` },
          ]),
          `${reason}/OffQueue`,
        ] as [string, AgentTree, AgentTree, string],
    ),
    [
      'not ready, unmapped reason',
      ready,
      tree('NotReadyForNextCall', 20, [{ action: 'NotReadyForNextCall', reason: 'Dentist' }]),
      'Busy/OffQueue',
    ],
    ['ready', notReady, tree('WaitForNextCall', 20, [{ action: 'WaitForNextCall' }]), 'OnQueue/Idle'],
    ['inbound call', ready, tree('CallInbound', 20, [{ action: 'CallInbound' }]), 'OnQueue/Interacting'],
    [
      'inbound call of an agent who was not ready',
      notReady,
      tree('CallInbound', 20, [{ action: 'CallInbound' }, { action: 'NotReadyForNextCall' }]),
      'OnQueue/Interacting',
    ],
    [
      'inbound call on hold, listed with its call',
      ready,
      tree('CallOnHold', 20, [
        { action: 'CallOnHold', connectionId: 'c' },
        { action: 'CallInbound', connectionId: 'c' },
      ]),
      'OnQueue/Interacting',
    ],
    [
      'inbound call beside a consult call',
      ready,
      tree('CallConsult', 20, [{ action: 'CallInbound' }, { action: 'CallConsult' }]),
      'OnQueue/Interacting',
    ],
    ...(
      [
        'CallDialing',
        'CallUnknown',
        'CallConsult',
        'CallInternal',
        'CallOutbound',
        'ASM_Engaged',
        'ASM_Outbound',
      ] as const
    ).flatMap(
      (action) =>
        [
          [`ready and only ${action}`, ready, tree(action, 20, [{ action }]), 'OnQueue/Communicating'],
          [
            `not ready and only ${action}`,
            ready,
            tree(action, 20, [{ action }, { action: 'NotReadyForNextCall', reason: 'Meal' }]),
            'Meal/OffQueue',
          ],
          [
            `not ready without reason and only ${action}`,
            ready,
            tree(action, 20, [{ action }, { action: 'NotReadyForNextCall' }]),
            'Busy/OffQueue',
          ],
        ] as [string, AgentTree, AgentTree, string][],
    ),
    [
      'outbound call on hold',
      ready,
      tree('CallOnHold', 20, [
        { action: 'CallOnHold', connectionId: 'o' },
        { action: 'CallOutbound', connectionId: 'o' },
      ]),
      'OnQueue/Communicating',
    ],
    [
      'ringing, agent was ready',
      ready,
      tree('CallRinging', 20, [{ action: 'CallRinging' }]),
      'OnQueue/Interacting',
    ],
    [
      'ringing, agent was not ready',
      notReady,
      tree('NotReadyForNextCall', 20, [{ action: 'CallRinging' }, { action: 'NotReadyForNextCall' }]),
      unchanged,
    ],
    [
      'ringing beside an outbound call',
      ready,
      tree('CallOutbound', 20, [{ action: 'CallRinging' }, { action: 'CallOutbound' }]),
      'OnQueue/Communicating',
    ],
    ['off hook without a call', ready, tree('OffHook', 20, [{ action: 'OffHook' }]), unchanged],
    [
      'after-call work',
      ready,
      tree('AfterCallWork', 20, [{ action: 'AfterCallWork' }]),
      'OnQueue/Interacting',
    ],
    [
      'after-call work of an agent who is not ready too',
      ready,
      tree('AfterCallWork', 20, [{ action: 'AfterCallWork' }, { action: 'NotReadyForNextCall' }]),
      'OnQueue/Interacting',
    ],
  ];

  it.each(rows)('%s', (_name, before, then, expected) => {
    const { states } = feed([before, then]);
    expect(states.slice(1)).toEqual(expected === unchanged ? [] : [expected]);
  });

  it('marks an agent without data stale and keeps the last state until there is data again', () => {
    const lost = feed([ready, tree('NotMonitored', 20, [{ action: 'NotMonitored' }])]);
    expect(lost.agent.stale).toBe(true);
    expect(feed([ready, tree('NotMonitored', 20, []), ready]).agent.stale).toBe(false);
  });
});

describe('ring, no answer', () => {
  const ringing = tree('CallRinging', 20, [{ action: 'CallRinging' }]);
  const after = tree('NotReadyForNextCall', 30, [{ action: 'NotReadyForNextCall' }]);
  const unmapped = tree('NotReadyForNextCall', 30, [{ action: 'NotReadyForNextCall', reason: 'RONA' }]);

  it('is ringing followed directly by not ready without a mapped reason', () => {
    expect(feed([ready, ringing, after]).states.at(-1)).toBe('OnQueue/NotResponding');
    expect(feed([ready, ringing, unmapped]).states.at(-1)).toBe('OnQueue/NotResponding');
  });

  it('is not seen when the reason has a presence', () => {
    const meal = tree('NotReadyForNextCall', 30, [{ action: 'NotReadyForNextCall', reason: 'Meal' }]);
    expect(feed([ready, ringing, meal]).states.at(-1)).toBe('Meal/OffQueue');
  });

  it('ends with the next status or reason', () => {
    expect(feed([ready, ringing, after, ready]).states.at(-1)).toBe('OnQueue/Idle');
    expect(feed([ready, ringing, after, unmapped]).states.at(-1)).toBe('Busy/OffQueue');
    const later = tree('NotReadyForNextCall', 40, [{ action: 'NotReadyForNextCall' }]);
    expect(feed([ready, ringing, after, later]).states.at(-1)).toBe('Busy/OffQueue');
  });

  it('is never what follows an answered call', () => {
    const call = tree('CallInbound', 25, [{ action: 'CallInbound' }]);
    expect(feed([ready, ringing, call, after]).states.at(-1)).toBe('Busy/OffQueue');
  });

  it('is not taken for a call that was answered and ended before both statistics agreed', () => {
    const call = tree('CallInbound', 25, [{ action: 'CallInbound' }]);
    let agent = feed([ready, ringing]).agent;
    const states: string[] = [];
    const inputs: [StatisticKind, AgentTree][] = [
      ['status', call],
      ['status', after],
      ['reasons', call],
      ['reasons', after],
    ];
    for (const [kind, next] of inputs) {
      const step = nextAgent(agent, { type: 'tree', kind, tree: next, at: monotonicMs(100) }, translation);
      agent = step.agent;
      states.push(...step.changes.map(({ state }) => state.routingStatus));
    }
    expect(states).not.toContain('NotResponding');
  });
});

describe('the two statistics', () => {
  const status = { ...ready, detailed: false };

  it('wait for each other', () => {
    const first = nextAgent(
      initialAgent,
      { type: 'tree', kind: 'status', tree: status, at: monotonicMs(0) },
      translation,
    );
    expect(first.changes).toEqual([]);
    const second = nextAgent(
      first.agent,
      { type: 'tree', kind: 'reasons', tree: ready, at: monotonicMs(40) },
      translation,
    );
    expect(second.changes.map(({ receivedAt }) => receivedAt)).toEqual([0]);
  });

  it('are not waited for longer than the agreement time', () => {
    const first = nextAgent(
      initialAgent,
      { type: 'tree', kind: 'status', tree: status, at: monotonicMs(0) },
      translation,
    );
    const early = nextAgent(first.agent, { type: 'time', at: monotonicMs(agreementMs - 1) }, translation);
    expect(early.changes).toEqual([]);
    expect(
      nextAgent(early.agent, { type: 'time', at: monotonicMs(agreementMs) }, translation).changes,
    ).toHaveLength(1);
  });

  it('stand in for each other when one cannot be opened', () => {
    const alone = nextAgent(
      initialAgent,
      { type: 'unavailable', kind: 'reasons', at: monotonicMs(0) },
      translation,
    ).agent;
    const step = nextAgent(
      alone,
      { type: 'tree', kind: 'status', tree: status, at: monotonicMs(1) },
      translation,
    );
    expect(step.changes.map(({ state }) => state.routingStatus)).toEqual(['Idle']);
  });

  it('notice a reason that changes within the same status', () => {
    const { agent } = feed([notReady]);
    const meal = tree('NotReadyForNextCall', 10, [{ action: 'NotReadyForNextCall', reason: 'Meal' }]);
    const step = nextAgent(
      agent,
      { type: 'tree', kind: 'reasons', tree: meal, at: monotonicMs(100) },
      translation,
    );
    expect(step.changes.map(({ state }) => state.presence)).toEqual(['Meal']);
  });

  it('repeat themselves after a reconnect without consequence', () => {
    let agent = reconnected(feed([ready]).agent);
    for (const kind of ['status', 'reasons'] as const) {
      const step = nextAgent(agent, { type: 'tree', kind, tree: ready, at: monotonicMs(500) }, translation);
      expect(step.changes).toEqual([]);
      agent = step.agent;
    }
  });
});

const anyTree: fc.Arbitrary<AgentTree> = fc.record({
  status: fc.constantFrom(...statusNames),
  since: fc.integer({ min: 0, max: 5 }).map(engageSeconds),
  detailed: fc.boolean(),
  actions: fc.array(
    fc.record(
      {
        action: fc.constantFrom(...statusNames),
        since: fc.integer({ min: 0, max: 5 }).map(engageSeconds),
        connectionId: fc.constantFrom('a', 'b'),
        reason: fc.constantFrom('Meal', 'x', ''),
      },
      { requiredKeys: ['action', 'since'] },
    ),
    { maxLength: 4 },
  ),
});
const anyInput: fc.Arbitrary<StatisticInput> = fc.oneof(
  fc.record({
    type: fc.constant('tree' as const),
    kind: fc.constantFrom('status' as const, 'reasons' as const),
    tree: anyTree,
    at: fc.integer({ min: 0, max: 2000 }).map(monotonicMs),
  }),
  fc.record({
    type: fc.constant('unavailable' as const),
    kind: fc.constantFrom('status' as const, 'reasons' as const),
    at: fc.integer({ min: 0, max: 2000 }).map(monotonicMs),
  }),
  fc.record({ type: fc.constant('time' as const), at: fc.integer({ min: 0, max: 2000 }).map(monotonicMs) }),
);

describe('any sequence of notifications', () => {
  it('gives only pairs of the table, and the last tree decides once the agreement time is over', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 30 }), anyTree, (inputs, last) => {
        let agent = initialAgent;
        for (const input of inputs) {
          const step = nextAgent(agent, input, translation);
          agent = step.agent;
          for (const { state } of step.changes) {
            expect(state.presence === 'OnQueue').toBe(state.routingStatus !== 'OffQueue');
            expect(routingStatuses).toContain(state.routingStatus);
          }
          expect(agent.memory.inbound.size).toBeLessThanOrEqual(4);
        }
        agent = nextAgent(
          agent,
          { type: 'tree', kind: 'status', tree: { ...last, detailed: false }, at: monotonicMs(3000) },
          translation,
        ).agent;
        agent = nextAgent(
          agent,
          { type: 'tree', kind: 'reasons', tree: { ...last, detailed: true }, at: monotonicMs(3001) },
          translation,
        ).agent;
        agent = nextAgent(agent, { type: 'time', at: monotonicMs(4000) }, translation).agent;
        expect(agent.merge.waiting).toBeUndefined();
        expect(agent.memory.situation?.since).toBe(last.since);
      }),
    );
  });
});
