/** Entries of the stream as they are stored: each kind comes back, and what is none is not taken for one. */
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { type EntryContent, readEntry, writeEntry } from './in-stream-entry.ts';

const formats = new Formats();
const received = wallMs(5);
const read = (text: string | undefined) => {
  const stored = readEntry(formats, text);
  return stored.kind === 'read' ? stored.value : undefined;
};
const written = (kind: string) => writeEntry(formats, { received, content: { kind } as EntryContent });

const kinds: Readonly<Record<EntryContent['kind'], true>> = {
  ...{ 'call-created': true, 'call-data': true, 'party-added': true, 'party-state': true },
  ...{ 'party-moved': true, 'party-deleted': true, 'call-deleted': true, queued: true, diverted: true },
  ...{ abandoned: true, 'agent-login': true, 'agent-logout': true, disposition: true, mute: true },
  ...{ 'calls-found': true, 'queues-found': true, 'agents-found': true, 'retry-dead-letter': true },
  ...{ 'call-shed': true, 'connection-caught-up': true },
};

it.each(Object.keys(kinds))('an entry of kind %s comes back', (kind) => {
  expect(read(written(kind))).toEqual({ received, content: { kind } });
});

it('an entry says who received it, and all that it holds', () => {
  const content = { kind: 'call-shed', site: 'X', call: 'M' } as const;
  const entry = { received, content, by: 'excp-1' };
  expect(read(writeEntry(formats, entry))).toEqual(entry);
});

it.each<[string, string | undefined]>([
  ['is not there', undefined],
  ['is no text of ours', 'x'],
  ['is of a kind that nobody knows', written('call-forgotten')],
  ['has no kind', written('mute').replace('"kind"', '"sort"')],
  ['holds a text', written('mute').replace('{"kind":"mute"}', '"mute"')],
  ['holds nothing', written('mute').replace('{"kind":"mute"}', 'null')],
  ['has no time', written('mute').replace('"r":5', '"r":"5"')],
])('what %s is no entry', (_what, text) => {
  expect(read(text)).toBeUndefined();
});
