import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../access.ts';
import { Sessions } from './sessions.ts';

const cookie = 'exec-console-test';
const operator: Caller = { name: 'anna', right: 'operate' };
let now = 0;
let known: Map<string, Caller>;
let sessions: Sessions;

beforeEach(() => {
  now = 1_000;
  known = new Map([['token', operator]]);
  sessions = new Sessions({
    clock: { monotonic: () => now } as never,
    cookie,
    byToken: (token) => known.get(token),
  });
});

function open(): string {
  return sessions.open('token', { secure: true }).split(';', 1)[0] ?? '';
}

const asking = (held: string) => ({ headers: { cookie: `other=1; ${held}`, 'x-console': '1' } });

describe('a session of the console', () => {
  it('is a cookie that no script reads and no other site sends', () => {
    const header = sessions.open('token', { secure: true });
    expect(header).toMatch(
      /^exec-console-test=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(header).not.toContain('token');
    expect(sessions.open('token', { secure: false })).not.toContain('Secure');
  });

  it('is of the caller whose token opened it', () => {
    expect(sessions.callerOf(asking(open()))).toBe(operator);
  });

  it.each([
    ['without the header that a foreign page cannot send', (held: string) => ({ headers: { cookie: held } })],
    ['with another cookie', () => asking(`${cookie}=guessed`)],
    ['without a cookie', () => ({ headers: { 'x-console': '1' } })],
  ])('is none %s', (_name, request) => {
    expect(sessions.callerOf(request(open()))).toBeUndefined();
  });

  it('ends with the token', () => {
    const held = open();
    known.clear();
    expect(sessions.callerOf(asking(held))).toBeUndefined();
    known.set('token', operator);
    expect(sessions.callerOf(asking(held))).toBeUndefined();
  });

  it('ends half an hour after its last request', () => {
    const held = open();
    now += 1_799_999;
    expect(sessions.callerOf(asking(held))).toBe(operator);
    now += 1_800_000;
    expect(sessions.callerOf(asking(held))).toBeUndefined();
  });

  it('ends after twelve hours, however often it is used', () => {
    const held = open();
    for (let step = 0; step < 47; step++) {
      now += 900_000;
      expect(sessions.callerOf(asking(held))).toBe(operator);
    }
    now += 900_000;
    expect(sessions.callerOf(asking(held))).toBeUndefined();
  });

  it('ends by logging out', () => {
    const held = open();
    expect(sessions.close(asking(held), { secure: false })).toBe(
      'exec-console-test=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    );
    expect(sessions.callerOf(asking(held))).toBeUndefined();
  });

  it('makes way for newer ones: there are at most five hundred', () => {
    const first = open();
    for (let count = 0; count < 500; count++) open();
    expect(sessions.size).toBe(500);
    expect(sessions.callerOf(asking(first))).toBeUndefined();
  });

  it('is forgotten when it is over', () => {
    open();
    now += 3_600_000;
    open();
    expect(sessions.size).toBe(1);
  });
});
