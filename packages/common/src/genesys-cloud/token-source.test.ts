import { beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { silentLogger } from '../logging/logging.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { CloudAccess } from './access.ts';
import { CloudError } from './errors.ts';
import type { LoginOutcome } from './login.ts';
import { type TokenGrant, TokenSource } from './token-source.ts';

const day = 86_400_000;

let clock: FakeClock;
let access: CloudAccess | undefined;
/** What the next log-ins come to; without more, a token for a day. */
let outcomes: (LoginOutcome | Promise<LoginOutcome>)[];
let logins: CloudAccess[];
let source: TokenSource;

function accessWith(more: Partial<{ secret: string; clientId: string; baseUrl: string }> = {}): CloudAccess {
  return {
    baseUrl: more.baseUrl ?? 'https://api.mypurecloud.com',
    tokenUrl: 'https://login.mypurecloud.com/oauth/token',
    clientId: more.clientId ?? 'client',
    clientSecret: new Secret(more.secret ?? 'secret'),
  };
}

function token(lifeMs = day): LoginOutcome {
  return { kind: 'token', token: new Secret(`t${logins.length}`), lifeMs };
}

function failure(kind: 'throttled' | 'unavailable' | 'refused', retryAfterMs?: number): LoginOutcome {
  const code = kind === 'throttled' ? 'cloud.login-throttled' : 'cloud.login-failed';
  return { kind, error: new CloudError(code, kind, { retryable: kind !== 'refused', retryAfterMs }) };
}

beforeEach(() => {
  clock = new FakeClock();
  access = accessWith();
  outcomes = [];
  logins = [];
  source = new TokenSource({
    access: () => access,
    login: async (to, signal) => {
      logins.push(to);
      const outcome = await (outcomes.shift() ?? token());
      signal.throwIfAborted();
      return outcome;
    },
    clock,
    logger: silentLogger,
    random: () => 0.5,
  });
});

async function get(): Promise<string> {
  return (await source.get()).token.reveal();
}

/** The error of a call that fails, moving time as far as needed. */
async function errorOf(call: Promise<TokenGrant>, ms = 0): Promise<CloudError> {
  const failure = call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (ms > 0) await clock.advance(ms);
  const error = await failure;
  expect(error).toBeInstanceOf(CloudError);
  return error as CloudError;
}

describe('TokenSource', () => {
  it('logs in once for all who wait', async () => {
    const grants = await Promise.all(Array.from({ length: 50 }, () => get()));
    expect(new Set(grants)).toEqual(new Set(['t1']));
    expect(logins).toHaveLength(1);
  });

  it('renews at 80 % of its life, using the old token until the new one is there', async () => {
    const later = Promise.withResolvers<LoginOutcome>();
    outcomes = [token(300_000), later.promise];
    await get();
    await clock.advance(239_999);
    expect(logins).toHaveLength(1);
    await clock.advance(5_000);
    expect(logins).toHaveLength(2);
    expect(await get()).toBe('t0');
    expect(logins).toHaveLength(2);
    later.resolve({ kind: 'token', token: new Secret('new'), lifeMs: 300_000 });
    await clock.advance(0);
    expect(await get()).toBe('new');
    expect(source.expiresAt).toBe(clock.now() + 300_000);
  });

  it('keeps the old token through failed renewals until it ends, then reports the failure', async () => {
    outcomes = [token(300_000), ...Array.from({ length: 40 }, () => failure('unavailable'))];
    await get();
    await clock.advance(290_000);
    expect(await get()).toBe('t0');
    expect(logins.length).toBeGreaterThan(2);
    await clock.advance(9_000);
    expect((await errorOf(source.get(), 60_000)).code).toBe('cloud.login-failed');
  });

  it('sits out a throttled log-in with growing waits', async () => {
    outcomes = [failure('throttled'), failure('throttled')];
    const waiting = get();
    await clock.advance(749);
    expect(logins).toHaveLength(1);
    await clock.advance(1);
    expect(logins).toHaveLength(2);
    await clock.advance(1_499);
    expect(logins).toHaveLength(2);
    await clock.advance(1);
    expect(await waiting).toBe('t3');
  });

  it('tells those who wait after four failures, and then tries only once per pause', async () => {
    outcomes = Array.from({ length: 100 }, () => failure('throttled'));
    const error = await errorOf(source.get(), 10_000);
    expect(error).toMatchObject({ code: 'cloud.login-throttled', retryable: true, retryAfterMs: 6_000 });
    expect(logins).toHaveLength(4);
    for (let call = 0; call < 20; call++) await errorOf(source.get());
    expect(logins).toHaveLength(4);
    await clock.advance(6_000);
    await errorOf(source.get());
    await errorOf(source.get());
    expect(logins).toHaveLength(5);
  });

  it('pauses as long as the cloud asks, up to any length', async () => {
    outcomes = [failure('throttled', 300_000)];
    expect((await errorOf(source.get())).retryAfterMs).toBe(300_000);
    await clock.advance(299_999);
    expect((await errorOf(source.get())).retryAfterMs).toBe(1);
    await clock.advance(1);
    expect(await get()).toBe('t2');
  });

  it('does not repeat a refused log-in for each request, but after a long pause', async () => {
    outcomes = [failure('refused'), failure('refused')];
    expect(await errorOf(source.get())).toMatchObject({ code: 'cloud.login-failed', retryable: false });
    await clock.advance(59_999);
    await errorOf(source.get());
    expect(logins).toHaveLength(1);
    await clock.advance(1);
    await errorOf(source.get());
    expect(logins).toHaveLength(2);
    await clock.advance(119_999);
    await errorOf(source.get());
    expect(logins).toHaveLength(2);
    await clock.advance(1);
    expect(await get()).toBe('t3');
  });

  it('tries a corrected secret at once', async () => {
    outcomes = [failure('refused')];
    await errorOf(source.get());
    access = accessWith({ secret: 'corrected' });
    expect(await get()).toBe('t2');
    expect(logins[1]?.clientSecret.reveal()).toBe('corrected');
  });

  it('uses the old token until the one of a new secret is there', async () => {
    await get();
    access = accessWith({ secret: 'rotated' });
    expect(await get()).toBe('t1');
    await clock.advance(0);
    expect(await get()).toBe('t2');
    expect(logins).toHaveLength(2);
  });

  it('keeps the old token when the new secret is wrong', async () => {
    await get();
    access = accessWith({ secret: 'wrong' });
    outcomes = [failure('refused')];
    for (let call = 0; call < 5; call++) {
      expect(await get()).toBe('t1');
      await clock.advance(0);
    }
    expect(logins).toHaveLength(2);
  });

  it.each([{ clientId: 'other' }, { baseUrl: 'https://api.mypurecloud.ie' }])(
    'never uses a token for another client or address: %o',
    async (change) => {
      await get();
      access = accessWith(change);
      const grant = await source.get();
      expect(grant.token.reveal()).toBe('t2');
      expect(grant.access).toBe(access);
    },
  );

  it('starts over for those who wait when the access changes during a log-in', async () => {
    const stuck = Promise.withResolvers<LoginOutcome>();
    outcomes = [stuck.promise];
    const first = get();
    await clock.advance(0);
    access = accessWith({ secret: 'changed' });
    const second = get();
    stuck.resolve(token());
    expect(await Promise.all([first, second])).toEqual(['t2', 't2']);
    expect(logins).toHaveLength(2);
  });

  it('says that there are no settings, and starts when there are', async () => {
    access = undefined;
    expect(await errorOf(source.get())).toMatchObject({ code: 'cloud.not-configured', retryable: true });
    expect(logins).toHaveLength(0);
    access = accessWith();
    expect(await get()).toBe('t1');
  });

  it('replaces a refused token once for all who were refused', async () => {
    const grant = await source.get();
    source.accepted(grant);
    expect(Array.from({ length: 10 }, () => source.refused(grant))).toEqual(Array(10).fill(true));
    const next = await Promise.all(Array.from({ length: 10 }, () => get()));
    expect(new Set(next)).toEqual(new Set(['t2']));
    expect(logins).toHaveLength(2);
  });

  it('makes log-ins rare when fresh tokens are refused too', async () => {
    for (let request = 0; request < 100; request++) source.refused(await source.get());
    expect(logins).toHaveLength(2);
    await clock.advance(10_000);
    expect(source.refused(await source.get())).toBe(true);
    await source.get();
    expect(logins).toHaveLength(3);
    await clock.advance(19_999);
    expect(source.refused(await source.get())).toBe(false);
    await clock.advance(1);
    const grant = await source.get();
    expect(source.refused(grant)).toBe(true);
    // Once a token is accepted, the next refusal is answered at once again.
    const good = await source.get();
    source.accepted(good);
    expect(source.refused(good)).toBe(true);
  });

  it('does not use a token past its life', async () => {
    outcomes = [token(300_000), ...Array.from({ length: 30 }, () => failure('refused'))];
    await get();
    await clock.advance(298_001);
    expect((await errorOf(source.get())).code).toBe('cloud.login-failed');
  });

  it('ends a wait with the signal, without harm to the others', async () => {
    const later = Promise.withResolvers<LoginOutcome>();
    outcomes = [later.promise];
    const abort = new AbortController();
    const given = source.get(abort.signal);
    const other = get();
    abort.abort('enough');
    await expect(given).rejects.toBe('enough');
    later.resolve(token());
    expect(await other).toBe('t1');
  });

  it('leaves nothing behind when it is closed, even during a log-in', async () => {
    await get();
    expect(clock.pendingTimers).toBe(1);
    source.close();
    expect(clock.pendingTimers).toBe(0);
    expect((await errorOf(source.get())).code).toBe('cloud.closed');
  });

  it('ends those who wait for a log-in when it is closed', async () => {
    outcomes = [failure('unavailable')];
    const waiting = errorOf(source.get());
    await clock.advance(100);
    source.close();
    expect((await waiting).code).toBe('cloud.closed');
    expect(clock.pendingTimers).toBe(0);
  });
});
