/** What an agent is doing, from the actions of one tree and what is remembered of the one before. */
import { engageSeconds } from '@exec/common/instants';
import { describe, expect, it } from 'vitest';
import type { AgentAction, AgentTree, StatusName } from '../statistics/tree.ts';
import { type AgentMemory, nextSituation, noMemory } from './situation.ts';

type Action = Partial<Omit<AgentAction, 'since'>> & { readonly action: StatusName; readonly since?: number };

const tree = (seconds: number, actions: readonly Action[], more: Partial<AgentTree> = {}): AgentTree => ({
  status: 'Monitored',
  since: engageSeconds(seconds),
  detailed: true,
  actions: actions.map(({ since = seconds, ...action }) => ({ ...action, since: engageSeconds(since) })),
  ...more,
});
const isMapped = (reason: string) => reason === 'Meal';

/** The situations of the trees, one after the other: `<kind> <since> <reason>`. */
function situations(trees: readonly AgentTree[]): string[] {
  let memory: AgentMemory = noMemory;
  return trees.map((next) => {
    const step = nextSituation(memory, next, isMapped);
    memory = step.memory;
    const { kind, since, reason } = memory.situation ?? { kind: 'none', since: 0 };
    return step.unchanged ? 'unchanged' : `${kind} ${since}${reason === undefined ? '' : ` ${reason}`}`;
  });
}

describe('the situation', () => {
  it.each<[string, readonly AgentTree[], readonly string[]]>([
    [
      'of not ready has the reason of the newest action',
      [
        tree(10, [
          { action: 'NotReadyForNextCall', since: 5, reason: 'old' },
          { action: 'NotReadyForNextCall', since: 9, reason: 'new' },
          { action: 'NotReadyForNextCall', since: 7, reason: 'between' },
        ]),
      ],
      ['notReady 10 new'],
    ],
    [
      'of not ready has the reason that one of two equals tells, and the first of two that do',
      [
        tree(10, [
          { action: 'NotReadyForNextCall' },
          { action: 'NotReadyForNextCall', reason: 'told' },
          { action: 'NotReadyForNextCall', reason: 'too late' },
        ]),
      ],
      ['notReady 10 told'],
    ],
    [
      'of not ready has no reason of another action',
      [tree(10, [{ action: 'NotReadyForNextCall' }, { action: 'OffHook', reason: 'x' }])],
      ['notReady 10'],
    ],
    ['is that of an agent who is logged out', [tree(10, [], { status: 'LoggedOut' })], ['loggedOut 10']],
    [
      'is off hook before ready',
      [tree(10, [{ action: 'WaitForNextCall' }, { action: 'OffHook' }])],
      ['offHook 10'],
    ],
    [
      'is a call before after-call work, and that before ringing',
      [
        tree(10, [{ action: 'AfterCallWork' }, { action: 'CallOutbound' }]),
        tree(11, [{ action: 'CallRinging' }, { action: 'AfterCallWork' }]),
        tree(12, [{ action: 'NotReadyForNextCall' }, { action: 'AfterCallWork' }]),
      ],
      ['otherCallReady 10', 'afterCallWork 11', 'afterCallWork 12'],
    ],
    [
      'of ringing keeps the reason of an agent who is not ready',
      [tree(10, [{ action: 'CallRinging' }, { action: 'NotReadyForNextCall', reason: 'Meal' }])],
      ['ringingNotReady 10 Meal'],
    ],
    [
      'does not change when a notification is repeated, whatever the order of its actions',
      [
        tree(10, [{ action: 'OffHook' }, { action: 'CallRinging' }]),
        tree(10, [{ action: 'CallRinging' }, { action: 'OffHook' }]),
        tree(10, [{ action: 'CallRinging' }]),
      ],
      ['ringingReady 10', 'unchanged', 'ringingReady 10'],
    ],
  ])('%s', (_what, trees, expected) => {
    expect(situations(trees)).toEqual(expected);
  });
});

describe('a call on hold', () => {
  const held = (connectionId?: string): Action => ({
    action: 'CallOnHold',
    ...(connectionId === undefined ? {} : { connectionId }),
  });
  const inbound = (connectionId?: string): Action => ({ ...held(connectionId), action: 'CallInbound' });

  it.each<[string, readonly AgentTree[], string]>([
    [
      'is the inbound one by its connection',
      [tree(1, [inbound('c')]), tree(2, [held('c')])],
      'inboundCall 2',
    ],
    ['is not by another connection', [tree(1, [inbound('c')]), tree(2, [held('d')])], 'otherCallReady 2'],
    [
      'is what it was while it is held on and on',
      [tree(1, [inbound('c')]), tree(2, [held('c')]), tree(3, [held('c')])],
      'inboundCall 3',
    ],
    [
      'is not any more once it had gone',
      [tree(1, [inbound('c')]), tree(2, [{ action: 'OffHook' }]), tree(3, [held('c')])],
      'otherCallReady 3',
    ],
    [
      'without a connection is what it was a moment ago',
      [tree(1, [inbound()]), tree(2, [held()])],
      'inboundCall 2',
    ],
    [
      'without a connection is another call when there was no inbound one',
      [tree(1, [{ action: 'CallOutbound' }]), tree(2, [held()])],
      'otherCallReady 2',
    ],
    ['is another call when nothing was seen before', [tree(1, [held()])], 'otherCallReady 1'],
    [
      'of an agent who is not ready keeps the reason',
      [tree(1, [held(), { action: 'NotReadyForNextCall', reason: 'Meal' }])],
      'otherCallNotReady 1 Meal',
    ],
  ])('%s', (_what, trees, expected) => {
    expect(situations(trees).at(-1)).toBe(expected);
  });
});

describe('whether the agent is ready', () => {
  const ringing: Action = { action: 'CallRinging' };
  const stand = { detailed: false } as const;

  it.each<[string, readonly AgentTree[], string]>([
    ['is told by a tree with actions: not ready is listed', [tree(1, [ringing])], 'ringingReady 1'],
    [
      'is remembered where a tree has no actions of its own',
      [tree(1, [{ action: 'NotReadyForNextCall' }]), tree(2, [ringing], stand)],
      'ringingNotReady 2',
    ],
    [
      'is remembered over several of them',
      [tree(1, [{ action: 'NotReadyForNextCall' }]), tree(2, [], stand), tree(3, [ringing], stand)],
      'ringingNotReady 3',
    ],
    [
      'is told by a stand-in that says so',
      [
        tree(1, [{ action: 'NotReadyForNextCall' }]),
        tree(2, [{ action: 'WaitForNextCall' }], stand),
        tree(3, [ringing], stand),
      ],
      'ringingReady 3',
    ],
    ['is taken as ready when it was never seen', [tree(1, [ringing], stand)], 'ringingReady 1'],
    [
      'is not told by a tree without any action',
      [tree(1, [{ action: 'NotReadyForNextCall' }]), tree(2, []), tree(3, [ringing], stand)],
      'ringingNotReady 3',
    ],
  ])('%s', (_what, trees, expected) => {
    expect(situations(trees).at(-1)).toBe(expected);
  });
});

describe('ring, no answer', () => {
  const ring = tree(1, [{ action: 'CallRinging' }]);
  const notReady = (seconds: number, reason?: string) =>
    tree(seconds, [{ action: 'NotReadyForNextCall', ...(reason === undefined ? {} : { reason }) }]);
  const ringAside = tree(1, [{ action: 'CallRinging' }, { action: 'NotReadyForNextCall' }]);

  it.each<[string, readonly AgentTree[], string]>([
    ['follows a ring', [ring, notReady(2)], 'ringNoAnswer 2'],
    ['keeps a reason that is not mapped', [ring, notReady(2, 'x')], 'ringNoAnswer 2 x'],
    ['is not with a reason that is mapped', [ring, notReady(2, 'Meal')], 'notReady 2 Meal'],
    ['does not follow the ring of an agent who was not ready', [ringAside, notReady(2)], 'notReady 2'],
    [
      'stays while neither status nor reason changes',
      [ring, notReady(2), tree(2, [{ action: 'NotReadyForNextCall' }, { action: 'OnHook' }])],
      'ringNoAnswer 2',
    ],
    ['ends with another time', [ring, notReady(2), notReady(3)], 'notReady 3'],
    ['ends with another reason', [ring, notReady(2), notReady(2, 'x')], 'notReady 2 x'],
    [
      'ends with what is not not ready',
      [ring, notReady(2), tree(3, [{ action: 'WaitForNextCall' }])],
      'ready 3',
    ],
  ])('%s', (_what, trees, expected) => {
    expect(situations(trees).at(-1)).toBe(expected);
  });
});
