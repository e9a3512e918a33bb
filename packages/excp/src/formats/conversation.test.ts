/** What is stored of a conversation is read back whole, in every state that a scenario brings it into; nothing else is. */
import { Formats, readValue } from '@exec/common/formats';
import { produce, type Recorded, record, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { readRecord, writeRecord } from '../processor/record.ts';
import { mappingOf } from '../testing/mapping.ts';
import { itemsOf, Player } from '../testing/replay.ts';

const formats = new Formats();

/** Texts of all records that playing these scenarios stores, in order. */
function storedBy(names: typeof scenarios, transferStyle: 'add' | 'move'): string[] {
  const production = produce(names);
  const map = mappingOf(production);
  const settings = { severalSites: true, afterCallWorkRequired: true };
  const player = new Player({ map, settings });
  for (const recorded of record(production, { transferStyle }).recorded) {
    const now = timeOf(recorded);
    for (const content of itemsOf(recorded, now)) player.play(content, now);
  }
  return player.outputs.flatMap((output) =>
    output.type === 'record' && output.record !== undefined ? [writeRecord(formats, output.record)] : [],
  );
}

function timeOf(one: Recorded): number {
  return one.kind === 'event' ? one.event.time.seconds * 1000 + one.event.time.microseconds / 1000 : one.at;
}

describe('every state of every scenario is read back whole', () => {
  it.each(['add', 'move'] as const)('transfers told by %s', (style) => {
    for (const scenario of scenarios)
      for (const text of storedBy([scenario], style)) {
        const read = readValue(readRecord(formats, text));
        expect(read && JSON.parse(writeRecord(formats, read))).toStrictEqual(JSON.parse(text));
      }
  });
});

describe('a record with a wrong field is not believed', () => {
  const consult = scenarios.filter(({ name }) => name === 'consult-completed');
  const text = storedBy(consult, 'add').find((one) => one.includes('"phase":"begun"')) ?? '';
  type Path = readonly (string | number)[];

  /** The record with another value at one place. */
  function changed(path: Path, value: unknown): string {
    const whole = JSON.parse(text) as object;
    let at = whole as Record<string | number, unknown>;
    for (const step of path.slice(0, -1)) at = at[step] as typeof at;
    at[path.at(-1) ?? ''] = value;
    return JSON.stringify(whole);
  }

  it.each<[Path, unknown]>([
    [['t'], undefined],
    [['t', 'last'], '12'],
    [['c'], []],
    [['c', 'key'], 7],
    [['c', 'calls'], {}],
    [['c', 'calls', 0, 'parties', 0, 'seen'], null],
    [['c', 'calls', 0, 'parties', 0, 'flags'], 'Audit'],
    [['c', 'calls', 0, 'connIds'], [1]],
    [['c', 'legs', 0, 'kind'], 'robot'],
    [['c', 'legs', 0, 'held'], 'no'],
    [['c', 'legs', 0, 'leaving'], { why: 'boredom', at: 1, until: 2, otherwise: 'Self' }],
    [['c', 'consults', 0, 'phase'], 'dreaming'],
    [['c', 'untold'], [{ change: 'ended', at: 1, leg: 'p:1' }]],
    [['c', 'untold'], [{ change: 'vanished', at: 1 }]],
    [['c', 'overAt'], 'yesterday'],
    [['c', 'touchedAt'], undefined],
  ])('%j: %j', (path, value) => {
    expect(readRecord(formats, changed(path, value))).toEqual({ kind: 'broken' });
  });

  it('but for words of Engage Link that a later release may have added: they say as little as at the link', () => {
    const read = (path: Path, value: unknown) => readValue(readRecord(formats, changed(path, value)));
    const state = read(['c', 'calls', 0, 'parties', 0, 'state'], 'Levitating');
    expect(state?.conversation.calls[0]?.parties[0]?.state).toBe('Unknown');
    const flags = read(['c', 'calls', 0, 'parties', 0, 'flags'], ['Audit', 'Whisper']);
    expect(flags?.conversation.calls[0]?.parties[0]?.flags).toEqual(['Audit']);
  });
});
