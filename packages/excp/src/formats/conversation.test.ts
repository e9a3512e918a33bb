/**
 * What is stored of a conversation is read back whole, in every state that a scenario brings it into; nothing else is. Of one
 * that is over it is short in the newest format, and what was short can be written in the older one.
 */
import { Formats, readValue } from '@exec/common/formats';
import { produce, type Recorded, record, scenarios } from '@exec/simulators/scenarios';
import { describe, expect, it } from 'vitest';
import { readRecord, writeRecord } from '../processor/record.ts';
import { mappingOf } from '../testing/mapping.ts';
import { itemsOf, Player } from '../testing/replay.ts';

const [oldest, newest] = [new Formats(), new Formats()];
newest.writes = newest.reads.max;

type Stored = readonly [key: string, text: string];

/** Keys and texts of all records that playing these scenarios stores, in order. */
function storedBy(names: typeof scenarios, transferStyle: 'add' | 'move', formats: Formats): Stored[] {
  const production = produce(names);
  const map = mappingOf(production);
  const settings = { sites: production.sites, afterCallWorkRequired: true };
  const player = new Player({ map, settings });
  let now = 0;
  for (const recorded of record(production, { transferStyle }).recorded) {
    now = timeOf(recorded);
    for (const content of itemsOf(recorded, now)) player.play(content, now);
  }
  // The last end is held back until the queues have told everything.
  player.rest(now + 5_000);
  return player.outputs.flatMap((output) =>
    output.type === 'record' && output.record !== undefined
      ? [[output.key, writeRecord(formats, output.record)]]
      : [],
  );
}

function never(): never {
  throw new Error('nothing was stored');
}

function timeOf(one: Recorded): number {
  return one.kind === 'event' ? one.event.time.seconds * 1000 + one.event.time.microseconds / 1000 : one.at;
}

describe('every state of every scenario is read back whole', () => {
  it.each(['add', 'move'] as const)('transfers told by %s', (style) => {
    let short = 0;
    for (const scenario of scenarios)
      for (const [key, text] of storedBy([scenario], style, newest)) {
        const read = readValue(readRecord(newest, key, text));
        expect(read && JSON.parse(writeRecord(newest, read))).toStrictEqual(JSON.parse(text));
        if ('e' in (JSON.parse(text) as object)) short++;
      }
    expect(short).toBeGreaterThan(scenarios.length / 2);
  });

  it('also what was short and is brought into the older format', () => {
    const names = scenarios.filter(({ name }) => /disposition|consult|two-sites/.test(name));
    for (const [key, text] of storedBy(names, 'add', newest)) {
      const read = readValue(readRecord(newest, key, text));
      const older = writeRecord(oldest, read ?? never());
      expect(JSON.parse(older)).toMatchObject({ v: 1, c: { key } });
      const again = readValue(readRecord(newest, key, older));
      expect(JSON.parse(writeRecord(newest, again ?? never()))).toStrictEqual(JSON.parse(text));
    }
  });
});

describe('a record with a wrong field is not believed', () => {
  const consult = scenarios.filter(({ name }) => name === 'consult-completed');
  const stored = storedBy(consult, 'add', newest);
  const textWith = (part: string) => stored.find(([, one]) => one.includes(part))?.[1] ?? never();
  const lasting = textWith('"phase":"begun"');
  const over = textWith('"e":');
  type Path = readonly (string | number)[];

  /** The record with another value at one place. */
  function changed(text: string, path: Path, value: unknown): string {
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
    expect(readRecord(newest, 'S/C', changed(lasting, path, value))).toEqual({ kind: 'broken' });
  });

  it.each<[Path, unknown]>([
    [['t'], '12'],
    [['e'], {}],
    [['e', 0], '1'],
    [['e', 3], null],
    [['e', 4], 0],
    [['e', 4, 0, 0], 7],
    [['e', 4, 0, 1], [1]],
    [['e', 4, 0, 3], 'late'],
    [['e', 5, 0, 0], 0],
    [['e', 5, 0, 3], 'late'],
    [['e', 5, 0, 5], 7],
    [['e', 8], 'more'],
  ])('of what is over: %j: %j', (path, value) => {
    expect(readRecord(newest, 'S/C', over).kind).toBe('read');
    expect(readRecord(newest, 'S/C', changed(over, path, value))).toEqual({ kind: 'broken' });
  });

  it('but for words of Engage Link that a later release may have added: they say as little as at the link', () => {
    const read = (path: Path, value: unknown) =>
      readValue(readRecord(newest, 'S/C', changed(lasting, path, value)));
    const state = read(['c', 'calls', 0, 'parties', 0, 'state'], 'Levitating');
    expect(state?.conversation.calls[0]?.parties[0]?.state).toBe('Unknown');
    const flags = read(['c', 'calls', 0, 'parties', 0, 'flags'], ['Audit', 'Whisper']);
    expect(flags?.conversation.calls[0]?.parties[0]?.flags).toEqual(['Audit']);
  });
});
