import { describe, expect, it } from 'vitest';
import { invariants } from './invariants.ts';
import { judge } from './judge.ts';
import {
  add,
  begin,
  type Change,
  c,
  decided,
  drop,
  edit,
  goodHistory,
  later,
  leg,
} from './testing/good-history.ts';

/** Which invariant must speak, of what, and how the history was made wrong. */
const wrong: readonly (readonly [invariant: string, kind: string, how: string, change: Change])[] = [
  ['everyCallEqualsItsScript', 'lost', 'an answer is missing', drop('communicationAnswered')],
  [
    'everyCallEqualsItsScript',
    'lost',
    'a queue leg is missing',
    (history) => {
      drop('routingEstablished')(history);
      drop('communicationEnded', ({ event }) => event.communicationId === 'l2')(history);
    },
  ],
  [
    'everyCallEqualsItsScript',
    'lost',
    'the conversation is missing',
    (history) => {
      for (let at = history.length - 1; at >= 0; at -= 1) {
        const entry = history[at];
        if (entry?.what === 'decided' && entry.subject === c) history.splice(at, 1);
      }
    },
  ],
  [
    'everyCallEqualsItsScript',
    'double',
    'one hold is told twice under two IDs',
    (history) => {
      const at = history.findIndex((entry) => entry.what === 'decided' && entry.kind === 'holdUpdated');
      history.splice(at + 1, 0, decided('holdUpdated', c, 2001, { communicationId: 'l3', held: true }));
    },
  ],
  [
    'everyCallEqualsItsScript',
    'double',
    'a second leg of the agent',
    add(
      decided('userEstablished', c, later, leg('l9', 'call-1', { userId: 'u1' })),
      decided('communicationEnded', c, later + 1, { communicationId: 'l9', disconnectType: 'Peer' }),
    ),
  ],
  [
    'everyCallEqualsItsScript',
    'double',
    'two conversations of one call',
    add(
      decided('externalEstablished', 'conversation-2', later, leg('l9', 'call-1')),
      decided('communicationEnded', 'conversation-2', later + 1, { communicationId: 'l9' }),
    ),
  ],
  [
    'everyCallEqualsItsScript',
    'wrong',
    'a leg ends with another reason',
    (history) => {
      drop('communicationEnded', ({ event }) => event.communicationId === 'l1')(history);
      add(decided('communicationEnded', c, later, { communicationId: 'l1', disconnectType: 'System' }))(
        history,
      );
    },
  ],
  [
    'everyCallEqualsItsScript',
    'wrong',
    'an end ten seconds late',
    (history) => {
      drop('communicationEnded', ({ event }) => event.communicationId === 'l1')(history);
      add(decided('communicationEnded', c, 14_000, { communicationId: 'l1', disconnectType: 'Self' }))(
        history,
      );
    },
  ],
  [
    'everyCallEqualsItsScript',
    'double',
    'a transfer that nobody made',
    add(decided('userTransfer', c, later, { commandId: 't1' })),
  ],
  [
    'nothingIsInventedOrSplit',
    'wrong',
    'a consultation stands as a conversation of its own',
    add(
      decided('userEstablished', 'conversation-3', later, leg('l8', 'call-2', { userId: 'u1' })),
      decided('communicationEnded', 'conversation-3', later + 1, { communicationId: 'l8' }),
    ),
  ],
  [
    'noEventTwice',
    'double',
    'the cloud accepts an event ID twice',
    (history) => {
      const one = history.find((entry) => entry.what === 'decided' && entry.kind === 'communicationAnswered');
      if (one !== undefined) history.push(one);
    },
  ],
  [
    'noEventTwice',
    'wrong',
    'a repeat has other content',
    (history) => {
      const one = history.find((entry) => entry.what === 'decided' && entry.kind === 'communicationAnswered');
      if (one?.what === 'decided')
        history.push({ ...one, outcome: 'repeat', event: { ...one.event, communicationId: 'l1' } });
    },
  ],
  [
    'orderInEveryConversation',
    'wrong',
    'two events at the same millisecond',
    add(decided('audioUpdated', c, 5000, { communicationId: 'l3', audioState: { canSpeak: false } })),
  ],
  [
    'orderOfEveryAgent',
    'wrong',
    'a presence older than the one before it',
    add(decided('userPresence', 'u1', 5999, { userId: 'u1', presenceDefinitionId: 'p1' })),
  ],
  [
    'nothingOutsideALeg',
    'wrong',
    'a hold after the end',
    add(decided('holdUpdated', c, later, { communicationId: 'l3', held: true })),
  ],
  [
    'nothingOutsideALeg',
    'wrong',
    'an answer of an unknown leg',
    add(decided('communicationAnswered', c, later, { communicationId: 'l7' })),
  ],
  [
    'nothingOutsideALeg',
    'double',
    'a leg is established again',
    add(decided('externalEstablished', c, later, leg('l1', 'call-1'))),
  ],
  [
    'nothingLeftOpen',
    'lost',
    'a leg never ends',
    drop('communicationEnded', ({ event }) => event.communicationId === 'l1'),
  ],
  [
    'noRuleBroken',
    'wrong',
    'the cloud refuses an event by its rules',
    add(
      decided(
        'holdUpdated',
        c,
        later,
        { communicationId: 'l3' },
        {
          outcome: 'refused',
          refusal: { cause: 'rule', code: 'leg.ended', message: 'The leg has ended.' },
        },
      ),
    ),
  ],
  ...[429, 400].map((status): (typeof wrong)[number] => [
    'noRequestRefused',
    'wrong',
    `the cloud answers ${status} although it is well`,
    add({
      ...{ what: 'answered', at: begin + later, request: 99, method: 'POST', path: '/', status },
      operation: 'postEventsConversations',
    }),
  ]),
  [
    'lastStatesAreEqual',
    'lost',
    'an agent stays on queue',
    add(decided('userPresence', 'u1', later, { userId: 'u1', presenceDefinitionId: 'p2' })),
  ],
  ['lastStatesAreEqual', 'lost', 'a routing status is missing', drop('userRoutingStatus')],
  [
    'lastStatesAreEqual',
    'lost',
    'a break is told as busy',
    edit('agent', { status: 'NotReadyForNextCall', reason: 'Break' }),
  ],
  ['nothingForeignTouched', 'wrong', 'another object was changed', edit('foreign', { content: 'renamed' })],
  [
    'nothingForeignTouched',
    'wrong',
    'another object is gone',
    (history) =>
      void history.splice(
        history.findIndex((entry) => entry.what === 'foreign' && entry.when === 'after'),
        1,
      ),
  ],
  ['mappingEqualsSource', 'lost', 'a user is missing', edit('mapping', { found: [] })],
  ['mappingEqualsSource', 'wrong', 'a user too many', edit('mapping', { found: ['E1', 'E2'] })],
  ['mappingEqualsSource', 'double', 'a user twice', edit('mapping', { found: ['E1', 'E1'] })],
  ['noProcessEndsByItself', 'wrong', 'a process crashes', edit('process', { how: 'exit 1', wanted: false })],
  ['noProcessEndsByItself', 'wrong', 'a process does not heed SIGTERM', edit('process', { how: 'too late' })],
  [
    'everyServiceRecovers',
    'wrong',
    'a service is not ready',
    edit('service', { ready: false, problems: ['redis'] }),
  ],
];

describe('the judge', () => {
  it('finds nothing in a history in which nothing is wrong', () => {
    const { ok, findings, figures } = judge(goodHistory());
    expect(findings).toEqual([]);
    expect({ ok, ...figures }).toMatchObject({
      ok: true,
      calls: 1,
      inGaps: 0,
      conversationEvents: 10,
      states: 2,
    });
  });

  it.each(wrong)('%s finds something %s: %s', (invariant, kind, _how, change) => {
    const history = goodHistory();
    change(history);
    expect(judge(history).findings).toContainEqual(expect.objectContaining({ invariant, kind }));
  });

  it('has a wrong history for each invariant', () => {
    expect(Object.keys(invariants).toSorted()).toEqual([...new Set(wrong.map(([name]) => name))].toSorted());
  });
});
