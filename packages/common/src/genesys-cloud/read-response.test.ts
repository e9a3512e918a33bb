import { describe, expect, it } from 'vitest';
import { parseAnswer } from './json.ts';
import { correlationIdOf, dateOf, errorFactsOf, retryAfterMsOf, usedUpForMs } from './read-response.ts';
import type { HttpAnswer } from './transport.ts';

function answer(headers: Record<string, string>, body = ''): HttpAnswer {
  return { status: 400, headers, body };
}

describe('retryAfterMsOf', () => {
  it.each([
    ['30', 30_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['86400', 900_000],
    ['', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['99999999999', 900_000],
    ['Mon, 05 Jan 2099 08:00:00 GMT', 900_000],
    ['2026-01-05', undefined],
    ['Mon, 05 Jan 2026 08:01:00 GMT', 60_000],
    ['Mon, 05 Jan 2026 07:00:00 GMT', 0],
  ])('reads %j', (text, ms) => {
    const headers = { 'retry-after': text, date: 'Mon, 05 Jan 2026 08:00:00 GMT' };
    expect(retryAfterMsOf(answer(headers))).toBe(ms);
  });

  it('is undefined without the header', () => {
    expect(retryAfterMsOf(answer({}))).toBeUndefined();
  });
});

describe('usedUpForMs', () => {
  const full = {
    'inin-ratelimit-count': '300',
    'inin-ratelimit-allowed': '300',
    'inin-ratelimit-reset': '12',
  };

  it('tells how long the minute lasts when it is used up', () => {
    expect(usedUpForMs(answer(full))).toBe(12_000);
  });

  it.each([
    { ...full, 'inin-ratelimit-count': '299' },
    { ...full, 'inin-ratelimit-allowed': '0' },
    { ...full, 'inin-ratelimit-reset': '3600' },
    { ...full, 'inin-ratelimit-reset': 'x' },
    {},
  ])('is only a hint: %o', (headers) => {
    expect(usedUpForMs(answer(headers))).toBeUndefined();
  });
});

describe('errorFactsOf', () => {
  it('takes code and message', () => {
    expect(errorFactsOf(answer({}, '{"code":"bad.request","message":"why","status":400}'))).toEqual({
      cloudCode: 'bad.request',
      cloudMessage: 'why',
    });
  });

  it.each(['', '<html>', 'null', '[1]', '{"code":5}', '"text"', '{"message":{"a":1}}'])(
    'bears any body: %s',
    (body) => {
      expect(errorFactsOf(answer({}, body))).toEqual({ cloudCode: undefined, cloudMessage: undefined });
    },
  );

  it('masks telephone numbers but no IDs and dates', () => {
    const message =
      'ani +49 (30) 1234-5678 of 6a3af858-942f-489d-9700-5f9bcdcdae9b at 2026-01-05T08:00:00.000Z, 03012345678';
    expect(errorFactsOf(answer({}, JSON.stringify({ message }))).cloudMessage).toBe(
      'ani +** (**) ****-*678 of 6a3af858-942f-489d-9700-5f9bcdcdae9b at 2026-01-05T08:00:00.000Z, ********678',
    );
  });

  it('masks e-mail addresses, also in a code that is none', () => {
    const body = JSON.stringify({ code: 'user anna@example.com', message: 'anna.berger@example.com exists' });
    expect(errorFactsOf(answer({}, body))).toEqual({
      cloudCode: 'user [e-mail]',
      cloudMessage: '[e-mail] exists',
    });
  });

  it('keeps at most 300 characters', () => {
    const body = JSON.stringify({ message: 'x'.repeat(10_000) });
    expect(errorFactsOf(answer({}, body)).cloudMessage).toHaveLength(300);
  });
});

describe('headers', () => {
  it('gives the correlation ID and the date', () => {
    const headers = { 'inin-correlation-id': 'abc', date: 'Mon, 05 Jan 2026 08:00:00 GMT' };
    expect(correlationIdOf(answer(headers))).toBe('abc');
    expect(dateOf(answer(headers))).toBe(Date.UTC(2026, 0, 5, 8));
    expect(dateOf(answer({ date: 'never' }))).toBeUndefined();
  });
});

describe('parseAnswer', () => {
  it('drops null members at any depth and keeps null entries of lists', () => {
    expect(parseAnswer('{"a":null,"b":{"c":null,"d":[{"e":null},null,0]},"f":false}')).toEqual({
      b: { d: [{}, null, 0] },
      f: false,
    });
  });

  it('does not let a member change the object itself', () => {
    const parsed = parseAnswer('{"__proto__":{"admin":true},"a":1}');
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(parsed).toEqual({ a: 1 });
    expect((parsed as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each(['', '{', '<html>', '['.repeat(200_000)])('answers undefined for what is no JSON', (text) => {
    expect(parseAnswer(text)).toBeUndefined();
  });
});
