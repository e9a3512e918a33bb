import { describe, expect, it } from 'vitest';
import { agoText, countText, delayText, mappedText, spanText, timeText } from './words.ts';

describe('times and numbers', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3_660, '1 h 1 min'],
    [90_000, '1 d 1 h'],
  ])('%d seconds', (seconds, text) => expect(spanText(seconds)).toBe(text));

  it.each([
    [null, '–'],
    [0.0351, '35 ms'],
    [1.24, '1.2 s'],
    [75, '1 min 15 s'],
  ])('a delay of %d', (seconds, text) => expect(delayText(seconds)).toBe(text));

  it('a time of today has no date, another one has, what is none is shown as it is', () => {
    const now = new Date(2026, 4, 6, 12).getTime();
    expect(timeText(new Date(2026, 4, 6, 4, 5, 6).toISOString(), now)).toBe('04:05:06');
    expect(timeText(new Date(2026, 4, 5, 4, 5, 6).toISOString(), now)).toBe('2026-05-05 04:05:06');
    expect(timeText('invalid', now)).toBe('invalid');
    expect(timeText(null, now)).toBe('never');
  });

  it('says how long ago something was, and how many there are', () => {
    expect(agoText(new Date(0).toISOString(), 61_000)).toBe('1 min 1 s ago');
    expect([countText(1, 'user'), countText(20_000, 'user')]).toEqual(['1 user', '20,000 users']);
  });
});

it.each([
  [[{ switch: 'SIP_Switch', code: '7001' }], 'switch SIP_Switch, code 7001'],
  [[], 'none'],
  [true, 'yes'],
  [1042, '1042'],
])('says what is mapped in words: %j', (value, text) => {
  expect(mappedText(value)).toBe(text);
});
