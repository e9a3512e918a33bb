import { describe, expect, it } from 'vitest';
import { reasonOf, toTree } from './convert.ts';

describe('the reason of an action', () => {
  it.each([
    [undefined, undefined],
    [{}, undefined],
    [{ ReasonCode: ' Break ' }, 'Break'],
    [{ ReasonCode: 7 }, '7'],
    [{ Desktop: 'x', ReasonCode: 'Meal' }, 'Meal'],
    [{ reasoncode: 'Meal', other: 'x' }, 'Meal'],
    [{ Lunch: 'Long' }, 'Long'],
    [{ a: '1', b: '2' }, undefined],
    [{ ReasonCode: { nested: 'x' } }, undefined],
    [{ ReasonCode: '' }, undefined],
  ])('of %j is %s', (reasons, expected) => {
    expect(reasonOf(reasons)).toBe(expected);
  });
});

describe('an agent status', () => {
  it('keeps all actions of all DNs, with their reasons', () => {
    const tree = toTree({
      AgentId: 'E1',
      Status: 'NotReadyForNextCall',
      Time: 5,
      Place: {
        DnStatuses: [
          {
            DN: '1',
            Status: 'NotReadyForNextCall',
            Time: 5,
            Actions: [{ Action: 'NotReadyForNextCall', Time: 5, Reasons: { ReasonCode: 'Meal' } }],
          },
          {
            DN: '2',
            Status: 'CallOutbound',
            Time: 6,
            Actions: [{ Action: 'CallOutbound', Time: 6, ConnectionId: 'c' }],
          },
        ],
      },
    });
    expect(tree).toEqual({
      status: 'NotReadyForNextCall',
      since: 5,
      detailed: true,
      actions: [
        { action: 'NotReadyForNextCall', since: 5, reason: 'Meal' },
        { action: 'CallOutbound', since: 6, connectionId: 'c' },
      ],
    });
  });

  it('without actions lets the status of each DN stand in for them', () => {
    const tree = toTree({
      AgentId: 'E1',
      Status: 'CallInbound',
      Time: 5,
      Place: { DnStatuses: [{ DN: '1', Status: 'CallInbound', Time: 5 }] },
    });
    expect(tree.detailed).toBe(false);
    expect(tree.actions).toEqual([{ action: 'CallInbound', since: 5 }]);
  });

  it('of a logged-out agent has no place', () => {
    expect(toTree({ AgentId: 'E1', Status: 'LoggedOut', Time: 5, Place: null })).toEqual({
      status: 'LoggedOut',
      since: 5,
      actions: [],
      detailed: true,
    });
  });

  it('takes a status name it does not know for no data', () => {
    expect(toTree({ AgentId: 'E1', Status: 'Unknown', Time: 5, Place: null }).status).toBe('NotMonitored');
  });
});

describe('a Stat Server that sends far too much', () => {
  it('does not make an agent grow without bound', () => {
    const Actions = Array.from({ length: 5000 }, (_, index) => ({
      Action: 'CallOutbound' as const,
      Time: 5,
      ConnectionId: String(index),
      Reasons: { ReasonCode: 'x'.repeat(60_000) },
    }));
    const tree = toTree({
      AgentId: 'E1',
      Status: 'CallOutbound',
      Time: 5,
      Place: { DnStatuses: [{ DN: '1', Status: 'CallOutbound', Time: 5, Actions }] },
    });
    expect(tree.actions).toHaveLength(200);
    expect(Math.max(...tree.actions.map(({ reason }) => reason?.length ?? 0))).toBe(255);
  });
});
