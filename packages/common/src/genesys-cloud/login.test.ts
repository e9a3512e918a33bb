import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AllowedHosts } from '../config/allowed-hosts.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type LoginOutcome, login } from './login.ts';
import { accessTo, clientSecret } from './testing/cloud-client.ts';
import { CloudStub, type StubBehaviour } from './testing/cloud-stub.ts';
import { Transport } from './transport.ts';

let stub: CloudStub;
let transport: Transport;

beforeEach(async () => {
  stub = await CloudStub.start();
  transport = new Transport(new Agent(), new FakeClock());
});

afterEach(async () => {
  await transport.close();
  await stub.close();
});

function logIn(answer: StubBehaviour, tokenUrl = `${stub.url}/oauth/token`): Promise<LoginOutcome> {
  stub.loginHandler = () => answer;
  const allowedHosts = AllowedHosts.parse(stub.url) ?? AllowedHosts.publicDomains;
  const options = { transport, allowedHosts, timeoutMs: 10_000, userAgent: 'test' };
  return login(options, accessTo(stub, { tokenUrl }));
}

describe('login', () => {
  it('takes the token and its life', async () => {
    const outcome = await logIn({ body: { access_token: 'abc', token_type: 'bearer', expires_in: 300 } });
    expect(outcome.kind === 'token' && outcome.token.reveal()).toBe('abc');
    expect(outcome).toMatchObject({ lifeMs: 300_000 });
    expect(JSON.stringify(outcome)).not.toContain('abc');
  });

  it('believes in no more than two days', async () => {
    const outcome = await logIn({ body: { access_token: 'abc', expires_in: 1e12 } });
    expect(outcome).toMatchObject({ lifeMs: 172_800_000 });
  });

  it.each<[string, StubBehaviour, LoginOutcome['kind'], string]>([
    [
      'throttling, which comes as 400',
      {
        status: 400,
        body: { error: 'invalid_request', description: 'rate limit exceeded; expires in 30 seconds' },
      },
      'throttled',
      'cloud.login-throttled',
    ],
    [
      'throttling under the other name of the text',
      { status: 400, body: { error: 'invalid_request', error_description: 'rate limit exceeded; wait' } },
      'throttled',
      'cloud.login-throttled',
    ],
    ['429', { status: 429, headers: { 'retry-after': '9' } }, 'throttled', 'cloud.login-throttled'],
    [
      'another 400 of the same name',
      { status: 400, body: { error: 'invalid_request', description: 'missing grant_type' } },
      'refused',
      'cloud.login-failed',
    ],
    [
      'a text that only mentions the limit',
      { status: 400, body: { error: 'invalid_request', description: 'no rate limit exceeded; but wrong' } },
      'refused',
      'cloud.login-failed',
    ],
    [
      'a wrong client',
      { status: 401, body: { error: 'invalid_client', description: 'client not found' } },
      'refused',
      'cloud.login-failed',
    ],
    ['a wrong path', { status: 404, body: '<html>' }, 'refused', 'cloud.login-failed'],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://evil.example' } },
      'refused',
      'cloud.login-failed',
    ],
    ['500', { status: 500 }, 'unavailable', 'cloud.login-failed'],
    ['503', { status: 503, body: '<html>' }, 'unavailable', 'cloud.login-failed'],
    [
      'a page instead of a token',
      { body: '<html>guest network</html>' },
      'unavailable',
      'cloud.login-failed',
    ],
    ['a token without end', { body: { access_token: 'abc' } }, 'unavailable', 'cloud.login-failed'],
    [
      'a token that has ended',
      { body: { access_token: 'abc', expires_in: 0 } },
      'unavailable',
      'cloud.login-failed',
    ],
    ['a reset', 'reset', 'unavailable', 'cloud.login-failed'],
  ])('understands %s', async (_, answer, kind, code) => {
    const outcome = await logIn(answer);
    expect(outcome.kind).toBe(kind);
    expect(outcome).toHaveProperty('error.code', code);
    expect(outcome).toHaveProperty('error.retryable', kind !== 'refused');
  });

  it('does not let the secret through when the answer repeats it', async () => {
    const basic = Buffer.from(`client-1:${clientSecret}`).toString('base64');
    const description = `bad: ${clientSecret} ${basic} ${encodeURIComponent(clientSecret)}`;
    const outcome = await logIn({ status: 401, body: { error: 'invalid_client', description } });
    const text = outcome.kind === 'refused' ? `${outcome.error.message} ${outcome.error.stack}` : '';
    expect(text).toContain('invalid_client');
    expect(text).not.toContain(clientSecret);
    expect(text).not.toContain(basic);
    expect(text).not.toContain(encodeURIComponent(clientSecret));
  });

  it.each([
    'http://login.mypurecloud.com/oauth/token',
    'https://login.mypurecloud.com/oauth/token',
    'https://user:pass@127.0.0.1/oauth/token',
    'ftp://127.0.0.1/oauth/token',
    'not an address',
  ])('never sends the secret to an address that is not allowed: %s', async (tokenUrl) => {
    const outcome = await logIn({}, tokenUrl);
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'cloud.host-not-allowed' } });
    expect(JSON.stringify(outcome)).not.toContain('pass@');
    expect(stub.logins).toHaveLength(0);
  });
});
