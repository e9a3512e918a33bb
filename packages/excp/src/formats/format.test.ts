/** What releases before this one have stored is read, whole: the files in fixtures/ are never changed again. */

import { readFileSync } from 'node:fs';
import { Formats, readValue, type Stored } from '@exec/common/formats';
import { streamMs, wallMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import { readEntry } from '../events/in-stream-entry.ts';
import { readDeadLetter } from '../outbox/dead-letter.ts';
import { readOutboxEvent } from '../outbox/entry.ts';
import { Model, type Output } from '../processor/model.ts';
import { readQuarantineEntry } from '../processor/quarantine.ts';
import { readRecord, readShifts } from '../processor/record.ts';
import { readGap } from '../recovery/gap.ts';
import { mappingOf } from '../testing/mapping.ts';

interface Fixture {
  readonly entries: readonly string[];
  readonly conversations: Readonly<Record<string, string>>;
  readonly agents: Readonly<Record<string, string>>;
  readonly outbox: readonly string[];
  readonly deadLetters: readonly string[];
  readonly quarantine: readonly string[];
  /** What came after the conversations were stored. */
  readonly goesOn: readonly { readonly at: number; readonly text: string }[];
  readonly now: number;
}

const file = new URL('./fixtures/format-1.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
const gapsFile = new URL('./fixtures/format-1-gaps.json', import.meta.url);
const { gaps } = JSON.parse(readFileSync(gapsFile, 'utf8')) as { readonly gaps: readonly string[] };

const formats = new Formats();

const readers: [what: string, texts: readonly string[], read: (text: string) => unknown][] = [
  ['entries of the stream', fixture.entries, (text) => readEntry(formats, text)],
  ['conversations', Object.values(fixture.conversations), (text) => readRecord(formats, text)],
  ['agents', Object.values(fixture.agents), (text) => readShifts(formats, text)],
  ['events on their way', fixture.outbox, (text) => readOutboxEvent(formats, text)],
  ['dead letters', fixture.deadLetters, (text) => readDeadLetter(formats, text)],
  ['entries of the quarantine', fixture.quarantine, (text) => readQuarantineEntry(formats, text)],
  ['gaps', gaps, (text) => readGap(formats, text)],
];

/** Every value of a stored text, wherever it stands: what a reader leaves out is lost. */
function valuesIn(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  return Object.values(value).flatMap(valuesIn);
}

/** Dead letters, the quarantine and gaps are read to their value, the others to what became of the text. */
function valueIn(read: unknown): unknown {
  const stored = read as Stored<unknown>;
  return 'value' in stored ? readValue(stored) : read;
}

describe('format 1', () => {
  it.each(readers)('of %s is read, and nothing of it is lost', (_, texts, read) => {
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      const { v, ...stored } = JSON.parse(text) as { v: number };
      expect(v).toBe(1);
      expect(valuesIn(valueIn(read(text))).toSorted()).toEqual(valuesIn(stored).toSorted());
    }
  });

  it.each(readers)('of %s had no number at first', (_, texts, read) => {
    for (const text of texts) {
      const { v: _v, ...stored } = JSON.parse(text) as { v: number };
      expect(read(JSON.stringify(stored))).toEqual(read(text));
    }
  });

  it.each(readers)('is told from a newer one by the number: %s', (_, texts, read) => {
    const text = JSON.stringify({ ...JSON.parse(texts[0] ?? ''), v: new Formats().reads.max + 1 });
    const found = read(text);
    expect(found === undefined ? 'other' : (found as Stored<unknown>).kind).toBe('other');
  });

  it('conversations go on where the release before left them', () => {
    const names = ['consult-transfer', 'conference', 'hold', 'transfer-to-queue'];
    const production = produce(names.flatMap((name) => scenarioOf(name)));
    const map = mappingOf(production);
    const settings = { ...defaultSettings, afterCallWorkRequired: true };
    const model = new Model({ settings, scope: 'org/1', map: () => map, repeatsBefore: wallMs(0) });
    const records = Object.values(fixture.conversations).flatMap(
      (text) => readValue(readRecord(formats, text)) ?? [],
    );
    const agents = Object.values(fixture.agents).flatMap(
      (text) => readValue(readShifts(formats, text)) ?? [],
    );
    const outputs: Output[] = [...model.load({ records, agents, broken: [] })];
    expect(model.open).toBe(records.length);
    for (const [index, { at, text }] of fixture.goesOn.entries()) {
      const entry = readValue(readEntry(formats, text));
      outputs.push(...model.accept({ id: `${at}-${index}`, waited: 0, text, entry }, streamMs(at)));
      outputs.push(...model.reconsider(undefined));
    }
    // A connection that never answers is waited for half a minute.
    outputs.push(...model.reconsider(streamMs((fixture.goesOn.at(-1)?.at ?? 0) + 40_000)));
    expect(outputs.filter(({ type }) => type === 'fault')).toEqual([]);
    expect(model.open).toBe(0);
    const events = outputs.flatMap((output) => (output.type === 'event' ? [output.event.event] : []));
    expect(events.filter(({ kind }) => kind === 'communicationEndedEvents').length).toBeGreaterThan(3);
    const again = events
      .filter((event) => event.kind === 'userEstablishedEvents')
      .map(({ event }) => event.eventId);
    expect(new Set(again).size).toBe(again.length);
  });
});

function scenarioOf(name: string) {
  try {
    return [scenarioNamed(name)];
  } catch {
    return [];
  }
}
