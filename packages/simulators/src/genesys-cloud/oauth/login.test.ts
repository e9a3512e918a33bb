import { FakeClock } from '@exec/common/testing';
import { expect, test } from 'vitest';
import { quirksOf } from '../options.ts';
import { login, loginThrottled } from './login.ts';
import { TokenStore } from './tokens.ts';

const clients = [{ clientId: 'a', clientSecret: 's:e', name: 'A' }];
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

function attempt(authorization: string | undefined, form: string) {
  const tokens = new TokenStore(new FakeClock(), 300);
  return login({ authorization, form }, clients, tokens, quirksOf({ tokenLifetimeSeconds: 300 }));
}

test.each([
  ['right credentials', basic('a:s:e'), 'grant_type=client_credentials', 200, undefined],
  ['wrong secret', basic('a:x'), 'grant_type=client_credentials', 401, 'invalid_client'],
  ['unknown client', basic('b:s:e'), 'grant_type=client_credentials', 401, 'invalid_client'],
  ['no Basic header', undefined, 'grant_type=client_credentials', 401, 'invalid_client'],
  ['bearer instead of Basic', 'Bearer a', 'grant_type=client_credentials', 401, 'invalid_client'],
  ['no grant type', basic('a:s:e'), '', 400, 'invalid_request'],
  ['another grant type', basic('a:s:e'), 'grant_type=password', 400, 'unsupported_grant_type'],
])('%s', (_name, authorization, form, status, error) => {
  const answer = attempt(authorization, form);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toBe(error);
  if (status === 200) expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 300 });
});

test('too many log-ins are a 400 that says so in its description', () => {
  const { status, body } = loginThrottled();
  expect(status).toBe(400);
  expect(body.error).toBe('invalid_request');
  expect(body.description).toMatch(/^rate limit exceeded;/);
});

test('a token lapses with its lifetime and by revocation, each client apart', () => {
  const clock = new FakeClock();
  const tokens = new TokenStore(clock, 300);
  const [first] = clients;
  if (first === undefined) throw new Error('no client');
  const other = { ...first, clientId: 'b' };
  const short = tokens.issue(first, 300);
  const long = tokens.issue(other, 3_600);
  clock.jumpWall(10_000_000);
  expect(tokens.find(short.value)).toBe(short);
  return clock.advance(300_000).then(() => {
    expect(tokens.find(short.value)).toBeUndefined();
    expect(tokens.find(long.value)).toBe(long);
    expect(tokens.revoke('a')).toBe(1);
    expect(tokens.find(long.value)).toBe(long);
    expect(tokens.revoke()).toBe(1);
    expect(tokens.find(long.value)).toBeUndefined();
  });
});
