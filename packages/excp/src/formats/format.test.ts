/** What releases before this one have stored is read, whole: the files in fixtures/ are never changed again. */

import { readFileSync } from 'node:fs';
import { Formats, readValue, type Stored } from '@exec/common/formats';
import { engageMicros, streamMs, wallMs } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import { readEntry } from '../events/in-stream-entry.ts';
import { readDeadLetter } from '../outbox/dead-letter.ts';
import { readOutboxEvent } from '../outbox/entry.ts';
import { Model, type Output } from '../processor/model.ts';
import { readQuarantineEntry } from '../processor/quarantine.ts';
import { readRecord, readShifts, writeRecord } from '../processor/record.ts';
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
/** The first entries did not name the process that received them. */
const namedFile = new URL('./fixtures/format-1-instances.json', import.meta.url);
const named = JSON.parse(readFileSync(namedFile, 'utf8')) as Pick<Fixture, 'entries'>;

const formats = new Formats();

const readers: [what: string, texts: readonly string[], read: (text: string) => unknown][] = [
  ['entries of the stream', fixture.entries, (text) => readEntry(formats, text)],
  ['entries that name who received them', named.entries, (text) => readEntry(formats, text)],
  ['conversations', Object.values(fixture.conversations), (text) => readRecord(formats, 'S/C', text)],
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
    const records = Object.entries(fixture.conversations).flatMap(
      ([key, text]) => readValue(readRecord(formats, key, text)) ?? [],
    );
    const agents = Object.values(fixture.agents).flatMap(
      (text) => readValue(readShifts(formats, text)) ?? [],
    );
    const outputs: Output[] = [...model.load({ records, agents, broken: [] })].flat();
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

describe('format 2', () => {
  const shortFile = new URL('./fixtures/format-2.json', import.meta.url);
  const short = JSON.parse(readFileSync(shortFile, 'utf8')) as Pick<Fixture, 'conversations' | 'now'>;
  const stored = Object.entries(short.conversations);
  const records = stored.flatMap(([key, text]) => readValue(readRecord(formats, key, text)) ?? []);

  it('of conversations that are over is read, and nothing of it is lost', () => {
    const newest = new Formats();
    newest.writes = 2;
    expect(records.map((record) => JSON.parse(writeRecord(newest, record)) as unknown)).toEqual(
      stored.map(([, text]) => JSON.parse(text) as unknown),
    );
  });

  it('of conversations that are over takes a disposition for each of their agents, once', () => {
    const production = produce(['hold', 'consult-completed'].map((name) => scenarioNamed(name)));
    const map = mappingOf(production);
    const model = new Model({
      settings: defaultSettings,
      scope: 'org/1',
      map: () => map,
      repeatsBefore: wallMs(0),
    });
    const outputs: Output[] = [...model.load({ records, agents: [], broken: [] })].flat();
    expect([model.open, model.size]).toEqual([0, records.length]);
    const wanted: string[] = [];
    let sequence = 0;
    for (const { conversation } of records)
      for (const { key, site, dn } of conversation.legs) {
        wanted.push(key);
        for (const value of ['Sale', 'Sale']) {
          const at = engageMicros(short.now * 1000);
          const content = { kind: 'disposition', site, dn, at, value } as const;
          const entry = { received: wallMs(short.now), content };
          outputs.push(
            ...model.accept(
              { id: `${short.now}-${++sequence}`, waited: 0, text: '', entry },
              streamMs(short.now),
            ),
          );
        }
      }
    const events = outputs.flatMap((output) => (output.type === 'event' ? [output.event] : []));
    expect(events.map(({ event }) => event.kind)).toEqual(
      wanted.slice(1).map(() => 'communicationDispositionAppliedEvents'),
    );
    // One of them has its disposition since the call.
    expect(events.flatMap(({ legs }) => legs)).toEqual(wanted.filter((key) => !key.startsWith('p:KR1DNBE')));
  });
});

function scenarioOf(name: string) {
  try {
    return [scenarioNamed(name)];
  } catch {
    return [];
  }
}
