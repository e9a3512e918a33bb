import { describe, expect, it } from 'vitest';
import type { Entry } from '../history/entries.ts';
import { judge } from './judge.ts';
import {
  add,
  begin,
  type Change,
  c,
  decided,
  drop,
  goodHistory,
  later,
  leg,
} from './testing/good-history.ts';

describe('a fault of the cloud', () => {
  it('explains the requests that it refuses', () => {
    const history = goodHistory();
    const fault = {
      what: 'fault',
      id: 1,
      name: 'x',
      kind: 'cloud',
      on: 'x',
      cost: 'nothing',
      blinds: [],
    } as const;
    const refused = { what: 'answered', request: 99, method: 'POST', path: '/', status: 429 } as const;
    add(
      { ...fault, at: begin + later, phase: 'played' },
      { ...refused, at: begin + later + 1, operation: 'getUsers' },
      { ...fault, at: begin + later + 2, phase: 'over' },
    )(history);
    expect(judge(history).findings).toEqual([]);
  });
});

describe('a gap', () => {
  const blind = (instance: string, after: number, on: boolean): Entry => ({
    ...{ what: 'watching', at: begin + after, instance, connection: 'calls', on },
  });
  const missing = drop('communicationAnswered');

  it('is no excuse while one instance sees everything', () => {
    const history = goodHistory();
    missing(history);
    add(blind('a', 900, false), blind('a', 1500, true))(history);
    expect(judge(history).ok).toBe(false);
  });

  it('excuses what is missing of a conversation while nobody saw everything', () => {
    const history = goodHistory();
    missing(history);
    add(
      blind('a', 900, false),
      blind('b', 950, false),
      blind('a', 1500, true),
      blind('b', 1600, true),
    )(history);
    expect(judge(history)).toMatchObject({ ok: true, figures: { inGaps: 1 } });
  });

  it('counts an instance as blind while a fault holds it, whatever the server believes', () => {
    const history = goodHistory();
    missing(history);
    const fault = {
      what: 'fault',
      id: 1,
      name: 'pause',
      kind: 'process',
      on: 'a',
      cost: 'nothing',
      blinds: ['a'],
    } as const;
    add(
      { ...fault, at: begin + 900, phase: 'played' },
      { ...fault, at: begin + 1500, phase: 'over' },
    )(history);
    add(blind('b', 950, false), blind('b', 1400, true))(history);
    expect(judge(history)).toMatchObject({ ok: true, figures: { inGaps: 1 } });
  });

  it.each(['nothing', 'conversations'] as const)('a fault that may cost %s is taken at its word', (cost) => {
    const history = goodHistory();
    missing(history);
    const fault = {
      what: 'fault',
      id: 1,
      name: 'emptied',
      kind: 'redis',
      on: 'Redis',
      cost,
      blinds: [],
    } as const;
    add(
      { ...fault, at: begin + 900, phase: 'played' },
      { ...fault, at: begin + 1500, phase: 'over' },
    )(history);
    expect(judge(history).ok).toBe(cost === 'conversations');
  });

  it.each<[string, Change]>([
    [
      'a second leg of the same agent',
      add(
        decided('userEstablished', c, later, leg('l9', 'call-1', { userId: 'u1' })),
        decided('communicationEnded', c, later + 1, { communicationId: 'l9' }),
      ),
    ],
    [
      'a split conversation',
      add(
        decided('userEstablished', 'conversation-3', later, leg('l8', 'call-2')),
        decided('communicationEnded', 'conversation-3', later + 1, { communicationId: 'l8' }),
      ),
    ],
    [
      'a hold told twice',
      (history) => {
        const at = history.findIndex((entry) => entry.what === 'decided' && entry.kind === 'holdUpdated');
        history.splice(at + 1, 0, decided('holdUpdated', c, 2001, { communicationId: 'l3', held: true }));
      },
    ],
    [
      'somebody who took no part',
      add(
        decided('ivrEstablished', c, later, leg('l9', 'call-1')),
        decided('communicationEnded', c, later + 1, { communicationId: 'l9' }),
      ),
    ],
    ['a transfer that nobody made', add(decided('userTransfer', c, later, { commandId: 't1' }))],
  ])('does not excuse %s', (_name, change) => {
    const history = goodHistory();
    add(
      blind('a', 900, false),
      blind('b', 950, false),
      blind('a', 1500, true),
      blind('b', 1600, true),
    )(history);
    expect(judge(history).ok).toBe(true);
    change(history);
    expect(judge(history).ok).toBe(false);
  });
});

describe('a fault that makes the services forget', () => {
  const forgetting = (from: number, to: number): Change => {
    const fault = { id: 1, name: 'x', kind: 'redis', on: 'x', cost: 'conversations', blinds: [] } as const;
    return add(
      { what: 'fault', ...fault, at: begin + from, phase: 'played' },
      { what: 'fault', ...fault, at: begin + to, phase: 'over' },
    );
  };
  const unended = drop('communicationEnded', ({ event }) => event.communicationId === 'l1');
  const repeated = (kind: string) =>
    add(
      decided(kind, c, 3600, leg('l1', 'call-1'), {
        outcome: 'refused',
        refusal: { cause: 'rule', code: 'event-id.other-content', message: '' },
      }),
    );

  const stayAgain = (queueId: string) =>
    add(
      decided('routingEstablished', c, 5100, leg('l9', 'call-1', { queueId })),
      decided('communicationEnded', c, 5200, { communicationId: 'l9', disconnectType: 'Transfer' }),
    );
  const member = add({
    ...{ what: 'mapping', at: begin, type: 'queue member', expected: [], found: ['VQ1 E1'] },
  });

  it.each<[what: string, ok: boolean, from: number, to: number, change: Change]>([
    ['excuses a leg without an end that ended meanwhile', true, 3500, 4500, unended],
    ['does not excuse one that ended later', false, 2500, 3500, unended],
    ['excuses that a leg is told again', true, 3500, 4500, repeated('externalEstablished')],
    ['does not excuse it later', false, 2500, 3500, repeated('externalEstablished')],
    ['does not excuse anything else', false, 3500, 4500, repeated('holdUpdated')],
    ['excuses a stay in a queue that is found again', true, 100, 4500, stayAgain('q1')],
    ['does not excuse one that was over before', false, 3500, 4500, stayAgain('q1')],
    ['does not excuse one of another queue', false, 100, 4500, stayAgain('q2')],
    ['excuses members that stay in a queue', true, 3500, 4500, member],
  ])('%s', (_what, ok, from, to, change) => {
    const history = goodHistory();
    change(history);
    forgetting(from, to)(history);
    expect(judge(history).ok).toBe(ok);
  });
});
