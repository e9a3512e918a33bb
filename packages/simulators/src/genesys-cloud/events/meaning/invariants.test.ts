import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConversationView } from '../read-model.ts';
import {
  answered,
  connected,
  consult,
  consultLegs,
  customer,
  ended,
  endOfTransfer,
  leg,
  play,
  progress,
  queued,
  ringing,
  ringingAlone,
  type Step,
  second,
  toBen,
  toQueue,
  wrapUp,
} from './play.ts';

const steps: readonly Step[] = [
  ...connected,
  queued,
  ringing,
  ringingAlone(),
  second,
  answered,
  ...[...'CQAB'].map((letter) => ended(letter)),
  ...[...'AB'].map((letter) => wrapUp(letter)),
  ['holdUpdated', { ...leg('A'), held: true }],
  ['holdUpdated', { ...leg('A'), held: false }],
  ['audioUpdated', { ...leg('B'), audioState: { canSpeak: false } }],
  toBen,
  toQueue,
  progress('B'),
  progress('Q'),
  endOfTransfer(),
  endOfTransfer('Failed'),
  consult,
  ['progressConsultTransfer', consultLegs],
  ['endConsultTransfer', {}],
];

test('whatever is sent in whatever order, an accepted conversation is consistent', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...steps), { maxLength: 60 }), (chosen) => {
      const { conversation, broken } = play([customer, ...chosen]);
      if (conversation === undefined) throw new Error('The first event opens the conversation.');
      expect(conversation.events.length + broken.length).toBe(chosen.length + 1);
      expectConsistent(conversation);
    }),
    { numRuns: 300 },
  );
});

function expectConsistent(conversation: ConversationView): void {
  const ids = conversation.legs.map((known) => known.communicationId);
  expect(new Set(ids).size).toBe(ids.length);
  const times = conversation.events.map((event) => event.at);
  expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
  for (const known of conversation.legs) {
    const end = known.endedAt ?? Number.POSITIVE_INFINITY;
    expect(known.establishedAt).toBeLessThan(end);
    for (const change of [...known.holds, ...known.audio]) expect(change.at).toBeLessThan(end);
    for (const change of known.holds)
      expect(change.at).toBeGreaterThan(known.connectedAt ?? Number.POSITIVE_INFINITY);
    expect(known.dispositions.length).toBeLessThanOrEqual(known.type === 'user' ? 1 : 0);
  }
  const isOver = conversation.legs.every((known) => known.endedAt !== undefined);
  expect(conversation.endedAt !== undefined).toBe(isOver);
  expect(
    conversation.consultTransfers.filter((open) => open.endedAt === undefined).length,
  ).toBeLessThanOrEqual(1);
  for (const transfer of conversation.transfers)
    if (transfer.finalState === 'Completed') expect(transfer.progress.length).toBeGreaterThan(0);
}
