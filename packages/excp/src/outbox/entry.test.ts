/** Events as they stand in the out-stream: all of one comes back, and what is none is not taken for one. */
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import { type OutboxEvent, readOutboxEvent, writeOutboxEvent } from './entry.ts';

const formats = new Formats();
const { id: _, bytes: __, ...out } = entry({ id: '1-1', legs: ['p:one', 'p:two'] });
const read = (text: string | undefined) => {
  const stored = readOutboxEvent(formats, text);
  return stored.kind === 'read' ? stored.value : undefined;
};
const written = (o: Partial<OutboxEvent> = {}) => writeOutboxEvent(formats, { ...out, ...o });

it.each<[string, Partial<OutboxEvent>]>([
  ['as a rule', {}],
  ['that establishes', { establishes: true }],
  ['that may have been accepted', { repeat: true }],
  ['that names another conversation', { after: 'site/other' }],
  ['that was received before', { received: wallMs(5), at: wallMs(7) }],
])('an event %s comes back as it was written', (_what, o) => {
  expect(read(written(o))).toEqual({ ...out, ...o });
});

it.each<[string, string | undefined]>([
  ['is not there', undefined],
  ['is no text of ours', 'x'],
  ['is of a kind that nobody knows', written().replace('communicationAnsweredEvents', 'answers')],
  ['is of a kind that every object has', written().replace('communicationAnsweredEvents', 'toString')],
  ['has no ID', written().replace('"eventId"', '"event"')],
  ['has no conversation', written().replace('"conversationId"', '"conversation"')],
  ['has no time', written().replace('"eventDateTime"', '"at"')],
  ['has no legs', written().replace('"l":[', '"x":[')],
])('what %s is no event', (_what, text) => {
  expect(read(text)).toBeUndefined();
});
