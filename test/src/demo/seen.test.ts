import type { ConversationView } from '@exec/simulators/genesys-cloud';
import type { ExpectedConversation } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { differences, legsOf, toleranceMs } from './seen.ts';

const names = {
  users: new Map([['u1', 'E1']]),
  queues: new Map([['q1', '8001']]),
  wrapupCodes: new Map([['w1', 'Sold']]),
};
const leg = { interactionId: 'c', sourceId: 's', held: false, audio: [], holds: [], dispositions: [] };
const conversation: ConversationView = {
  conversationId: 'id',
  media: 'voice',
  transfers: [],
  consultTransfers: [],
  events: [],
  startedAt: 1000,
  lastEventAt: 6000,
  legs: [
    {
      ...leg,
      sequence: 0,
      communicationId: '0',
      type: 'external',
      establishedAt: 500,
      alerting: false,
      endedAt: 5000,
      disconnectType: 'Self',
    },
    {
      ...leg,
      sequence: 1,
      communicationId: '1',
      type: 'routing',
      queueId: 'q1',
      establishedAt: 2000,
      alerting: false,
      endedAt: 3000,
      disconnectType: 'Transfer',
    },
    {
      ...leg,
      sequence: 2,
      communicationId: '2',
      type: 'user',
      userId: 'u1',
      establishedAt: 3000,
      alerting: true,
      answeredAt: 3500,
      holds: [
        { at: 4000, held: true },
        { at: 4500, held: false },
      ],
      endedAt: 5000,
      disconnectType: 'Peer',
      dispositions: [{ at: 6000, code: 'w1' }],
    },
  ],
};
const expected: ExpectedConversation = {
  call: 'c',
  transfers: [],
  legs: [
    { participant: 'external', steps: ['established', 'ended:Self'], times: [500, 5000] },
    { participant: 'queue:8001', steps: ['established', 'ended:Transfer'], times: [2000, 3000] },
    {
      participant: 'user:E1',
      steps: ['established(alerting)', 'answered', 'held', 'retrieved', 'ended:Peer', 'disposition:Sold'],
      times: [3000, 3500, 4000, 4500, 5000, 6000],
    },
  ],
};

describe('what was accepted', () => {
  it('is equal to what was played when legs, order, steps and times are', () => {
    expect(differences(expected, legsOf(conversation, names))).toEqual([]);
  });

  it('is equal in either order of legs that were established close together', () => {
    const [external, queue, user] = legsOf(conversation, names);
    if (!external || !queue || !user) throw new Error('legs are missing');
    expect(differences(expected, [external, user, queue])).toEqual([]);
  });

  it.each([
    ['a missing leg', { ...conversation, legs: conversation.legs.slice(0, 2) }],
    ['a leg too many', { ...conversation, legs: [...conversation.legs, ...conversation.legs.slice(0, 1)] }],
    ['another order', { ...conversation, legs: conversation.legs.toReversed() }],
    [
      'another agent',
      {
        ...conversation,
        legs: conversation.legs.map((one) => (one.type === 'user' ? { ...one, userId: 'u2' } : one)),
      },
    ],
    [
      'another end',
      { ...conversation, legs: conversation.legs.map((one) => ({ ...one, disconnectType: 'System' })) },
    ],
    [
      'a time too far off',
      {
        ...conversation,
        legs: conversation.legs.map((one) => ({
          ...one,
          establishedAt: one.establishedAt - toleranceMs - 1,
        })),
      },
    ],
    [
      'a leg that never ended',
      { ...conversation, legs: conversation.legs.map(({ endedAt: _, ...one }) => one) },
    ],
  ])('is told apart from it by %s', (_what, other) => {
    expect(differences(expected, legsOf(other, names)).length).toBeGreaterThan(0);
  });
});
