/** Dead letters as they are stored: all of it comes back, and one letter has its bounds. */
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { entry } from '../testing/entries.ts';
import {
  type DeadEvent,
  type DeadLetter,
  deadEvent,
  deadLegField,
  letterBytes,
  readDeadLegField,
  readDeadLetter,
  writeDeadLetter,
} from './dead-letter.ts';

const formats = new Formats();
const event = (id: string) => deadEvent(entry({ id, establishes: true, legs: ['p:one', 'p:two'] }));
const letter = (o: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ id: 'L', at: wallMs(5), conversation: 'site/call', reason: 'no such user', events: [event('1-1')] },
  ...o,
});
const again = (one: DeadLetter) => readDeadLetter(formats, writeDeadLetter(formats, one));
/** An event of so many characters. */
function sized(length: number): DeadEvent {
  const empty = { ...event('1-1'), legs: [''] };
  return { ...empty, legs: ['x'.repeat(length - JSON.stringify(empty).length)] };
}

it('a letter comes back as it was written', () => {
  const whole = letter({ leg: 'p:one', correlationId: 'c', events: [event('1-1'), event('1-2')] });
  expect(again(whole)).toEqual(whole);
  expect(again(letter())).toEqual(letter());
  expect(again(letter({ events: [] }))).toEqual(letter({ events: [] }));
});

it('more events can be put behind those of a letter without reading it', () => {
  const text = writeDeadLetter(formats, letter());
  expect(text.endsWith(`"events":[${JSON.stringify(event('1-1'))}]}`)).toBe(true);
  const more = `${text.slice(0, -2)},${JSON.stringify(event('1-2'))}]}`;
  expect(readDeadLetter(formats, more)).toEqual(letter({ events: [event('1-1'), event('1-2')] }));
});

it('holds of an event what is sent again', () => {
  const one = entry({ id: '1-1', legs: ['p:one'], establishes: true });
  expect(deadEvent(one)).toEqual({ legs: ['p:one'], establishes: true, event: one.event });
});

it.each<[string, string | null | undefined]>([
  ['is not there', undefined],
  ['is not there in Redis', null],
  ['is not of ours', 'x'],
  ['lacks what a letter has', writeDeadLetter(formats, letter()).replace('"reason"', '"cause"')],
])('a letter that %s is none', (_, text) => {
  expect(readDeadLetter(formats, text)).toBeUndefined();
});

it('takes three hundred characters of a reason', () => {
  expect(again(letter({ reason: 'x'.repeat(300) }))?.reason).toHaveLength(300);
  expect(again(letter({ reason: 'x'.repeat(301) }))?.reason).toHaveLength(300);
});

it('takes events up to its size, of those of its leg the later ones are cut off, and never all of them', () => {
  const counted = (...sizes: readonly number[]) => again(letter({ events: sizes.map(sized) }))?.events.length;
  const half = letterBytes / 2;
  expect(counted(half, half)).toBe(2);
  expect(counted(half, half + 1)).toBe(1);
  expect(counted(half, half, 1_000)).toBe(2);
  expect(counted(letterBytes + 1)).toBe(1);
  expect(counted(letterBytes + 1, 1_000)).toBe(1);
});

it('a dead leg is known by its conversation and its name', () => {
  expect(readDeadLegField(deadLegField('site/call', 'p:one'))).toEqual(['site/call', 'p:one']);
  for (const rubbish of [
    'rubbish',
    '',
    '{}',
    '["site/call"]',
    '["site/call",1]',
    '["site/call","p:one","x"]',
  ])
    expect(readDeadLegField(rubbish)).toBeUndefined();
});
