import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RuleCode } from './outcome.ts';
import {
  ben,
  command,
  connected,
  consult,
  consultLegs,
  customer,
  ended,
  endOfTransfer,
  leg,
  legs,
  play,
  progress,
  queued,
  ringingAlone,
  type Step,
  second,
  toBen,
  toQueue,
} from './play.ts';

const accepts: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a blind transfer to a user',
    [...connected, toBen, ended('A', 'TransferUser'), second, progress('B'), endOfTransfer()],
  ],
  [
    'a blind transfer to a queue',
    [customer, ringingAlone(), toQueue, ended('A', 'TransferACD'), queued, progress('Q'), endOfTransfer()],
  ],
  ['a transfer that failed on the way', [...connected, toBen, endOfTransfer('Failed')]],
  [
    'a transfer whose object has gone',
    [...connected, second, toBen, progress('B'), ended('C'), endOfTransfer('Canceled')],
  ],
  [
    'a consult transfer',
    [
      ...connected,
      second,
      consult,
      ['progressConsultTransfer', consultLegs],
      ended('A', 'TransferConsult'),
      ['endConsultTransfer', {}],
    ],
  ],
  [
    'a consult that is given up',
    [
      ...connected,
      second,
      consult,
      ended('B'),
      ['endConsultTransfer', {}],
      ['holdUpdated', { ...leg('A'), held: false }],
    ],
  ],
  ['a second consult after the first', [...connected, second, consult, ['endConsultTransfer', {}], consult]],
];

test.each(accepts)('accepts %s', (_name, steps) => {
  const { conversation, broken } = play(steps);
  expect(broken).toEqual([]);
  expect(conversation?.events).toHaveLength(steps.length);
});

const refuses: readonly (readonly [string, readonly Step[], RuleCode])[] = [
  ['a transfer by a leg that has ended', [...connected, ended('A'), toBen], 'leg.ended'],
  [
    'a transfer of an unknown leg',
    [...connected, ['userTransfer', { ...toBen[1], objectCommunicationId: legs.P }]],
    'leg.unknown',
  ],
  [
    'a transfer to an unknown user',
    [...connected, ['userTransfer', { ...toBen[1], destinationUserId: randomUUID() }]],
    'user.unknown',
  ],
  [
    'a transfer to an unknown queue',
    [...connected, ['routingTransfer', { ...toQueue[1], destinationQueueId: randomUUID() }]],
    'queue.unknown',
  ],
  ['a command used twice', [...connected, toBen, toBen], 'transfer.repeated'],
  ['progress of no transfer', [...connected, second, progress('B')], 'transfer.unknown'],
  [
    'progress of another object',
    [...connected, second, toBen, progress('B', { objectCommunicationId: legs.A })],
    'transfer.wrong-object',
  ],
  ['progress to a leg that is not there', [...connected, toBen, progress('B')], 'leg.unknown'],
  ['progress to another user', [...connected, toBen, progress('A')], 'transfer.wrong-destination'],
  [
    'progress to a queue in a transfer to a user',
    [...connected, toBen, progress('Q')],
    'transfer.wrong-destination',
  ],
  ['a completed transfer without progress', [...connected, toBen, endOfTransfer()], 'transfer.no-progress'],
  [
    'progress after the end of the transfer',
    [...connected, second, toBen, endOfTransfer('Failed'), progress('B')],
    'transfer.ended',
  ],
  [
    'an end of a transfer after the conversation',
    [customer, ringingAlone(), toBen, ended('C'), ended('A'), endOfTransfer('Failed')],
    'conversation.ended',
  ],
  ['a consult while another is open', [...connected, second, consult, consult], 'consult.open'],
  ['a consult with a leg that is not there', [...connected, consult], 'leg.unknown'],
  [
    'a consult with oneself',
    [...connected, ['consultTransfer', { ...consultLegs, destinationCommunicationId: legs.A }]],
    'consult.other-legs',
  ],
  [
    'progress of no consult',
    [...connected, second, ['progressConsultTransfer', consultLegs]],
    'consult.none',
  ],
  [
    'progress of a consult with other legs',
    [
      ...connected,
      second,
      consult,
      ['progressConsultTransfer', { ...consultLegs, destinationCommunicationId: legs.Q }],
    ],
    'consult.other-legs',
  ],
  ['an end of no consult', [...connected, ['endConsultTransfer', {}]], 'consult.none'],
];

test.each(refuses)('refuses %s', (_name, steps, code) => {
  const before = play(steps.slice(0, -1));
  expect(before.broken).toEqual([]);
  const after = play(steps);
  expect(after.broken).toEqual([code]);
  expect(after.conversation?.events.length).toBe(before.conversation?.events.length);
});

test('the read model keeps a transfer together by its command', () => {
  const { conversation } = play([...connected, toBen, second, progress('B'), endOfTransfer()]);
  expect(conversation?.transfers).toMatchObject([
    {
      kind: 'user',
      transferType: 'Unattended',
      commandId: command,
      destination: ben,
      progress: [{ destinationCommunicationId: legs.B }],
      finalState: 'Completed',
    },
  ]);
});
