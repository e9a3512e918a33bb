/** One JSON object a line in ECS names, and no secret in it wherever it was put. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../config/secret.ts';
import { ExecError } from '../errors/errors.ts';
import { createLogger, silentLogger } from './logging.ts';

function logged(level = 'trace') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'exas', version: '1.2.3', level, destination });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('createLogger', () => {
  it('writes ECS names', () => {
    const { logger, last, lines } = logged();
    logger.info({ 'exec.employee_id': '1001', 'trace.id': 'abc' }, 'Agent found');
    expect(last()).toMatchObject({
      'log.level': 'info',
      '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      'service.name': 'exas',
      'service.version': '1.2.3',
      message: 'Agent found',
      'exec.employee_id': '1001',
      'trace.id': 'abc',
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
  });

  it('writes each name once, in a child too', () => {
    const { logger, lines } = logged();
    logger.child({ 'exec.server': 'primary', secret: 'hide me' }).info('Hello');
    const names = [...(lines[0] ?? '').matchAll(/"([^"]+)":/g)].map((match) => match[1]);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain('exec.server');
    expect(lines[0]).not.toContain('hide me');
  });

  it('writes errors with type, message, stack, and the code and facts of ours', () => {
    const { logger, last } = logged();
    logger.error({ err: new ExecError('redis.unavailable', 'Away', { details: { server: 'a' } }) }, 'Failed');
    expect(last()).toMatchObject({
      error: { type: 'ExecError', message: 'Away', stack_trace: expect.stringContaining('logging.test') },
      'error.code': 'redis.unavailable',
      'exec.details': { server: 'a' },
    });
  });

  it('leaves out what lies below its level', () => {
    const { logger, lines } = logged('warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines).toHaveLength(1);
    expect(silentLogger.isLevelEnabled('fatal')).toBe(false);
  });

  it('keeps control characters inside one line', () => {
    const { logger, lines, last } = logged();
    logger.info({ 'exec.name': 'a\nb\u0000\u2028' }, 'x\r\ny');
    expect(lines.join('').trimEnd()).not.toMatch(/[\r\n\0]/);
    expect(last()['exec.name']).toBe('a\nb\u0000\u2028');
  });
});

describe('no secret is logged', () => {
  const canary = 'canary-3c6e0b8a';

  it.each<[string, Record<string, unknown>]>([
    ['a Secret', { value: new Secret(canary) }],
    ['a Secret deep inside', { a: { b: [{ c: new Map([['d', new Secret(canary)]]) }] } }],
    ['client_secret at depth 0', { client_secret: canary }],
    ['clientSecret in another case, at depth 2', { a: { b: { ClientSecret: canary } } }],
    ['a password in a list', { peers: [{ name: 'x', password: canary }] }],
    ['a token', { access_token: canary, apiToken: canary, 'exec.token': canary }],
    [
      'a header',
      { headers: { Authorization: `Bearer ${canary}`, 'Proxy-Authorization': canary, cookie: canary } },
    ],
    ['a key', { SETTINGS_KEY: canary, apiKey: canary, private_key: canary }],
    ['attached data', { UserData: { RTargetObjectSelected: canary } }],
    ['attached data as a list', { 'exec.user_data': [[canary, canary]] }],
    ['a secret that is an object', { credentials: { value: canary } }],
    ['credentials in an address', { url: `rediss://user:${canary}@host:6379/0` }],
    ['credentials of an odd address', { text: `cannot reach postgresql://u:${canary}%21@db/x, giving up` }],
    ['a bearer token in a text', { text: `sent authorization: Bearer ${canary}` }],
    ['a form', { body: `grant_type=client_credentials&client_secret=${canary}&x=1` }],
    ['an error', { err: new Error(`connect redis://:${canary}@host failed`) }],
    ['an error inside', { failure: { cause: new Error(`Bearer ${canary}`) } }],
    ['bytes', { frame: Buffer.from(canary), view: new Uint8Array(Buffer.from(canary)) }],
  ])('%s', (_, fields) => {
    const { logger, lines } = logged();
    logger.info(fields, 'message');
    logger.child(fields).trace('message');
    expect(lines).toHaveLength(2);
    for (const form of [canary, Buffer.from(canary).toString('base64'), [...Buffer.from(canary)].join(',')])
      expect(lines.join('')).not.toContain(form);
  });

  it('nor in the message itself', () => {
    const { logger, lines } = logged();
    logger.warn(`Cannot reach redis://:${canary}@host:6379`);
    logger.warn('Header was %s', `Bearer ${canary}`);
    logger.warn('Request was %j', { password: canary });
    logger.warn({ 'exec.ok': 1 }, 'Request was %o', { deep: { token: canary } });
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toContain(canary);
    expect(lines[0]).toContain('host:6379');
  });

  it('nor a known value, wherever it comes from', () => {
    const lines: string[] = [];
    const secrets = [
      new Secret(`${canary}"quoted`),
      new Secret(`redis://user:${canary}-p%40ss@host:6379`),
      new Secret('short'),
      new Secret('redis://open.example:6379'),
    ];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ service: 'excs', level: 'trace', destination, secrets });
    logger.info({ note: `a ${canary}"quoted b`, other: `${canary}-p@ss` }, `and ${canary}-p%40ss`);
    logger.child({ note: `${canary}"quoted` }).error({ err: new Error(`${canary}"quoted`) }, 'x');
    logger.info(
      { note: Buffer.from(`${canary}"quoted`).toString('base64') },
      'a short redis://open.example:6379',
    );
    expect(lines.join('')).not.toContain(canary);
    expect(lines.join('')).not.toContain(Buffer.from(canary).toString('base64').slice(0, 16));
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('message');
    expect(JSON.parse(lines[2] ?? '').message).toBe('a short redis://open.example:6379');
  });

  it('keeps what only sounds like a secret', () => {
    const { logger, last } = logged();
    const fields = {
      tokenUrl: 'https://login.example/oauth/token',
      tokens: 3,
      hasPassword: false,
      secret: null,
    };
    logger.info(fields, 'x');
    expect(last()).toMatchObject(fields);
  });

  it('ends on circles and on huge objects', () => {
    const { logger, lines } = logged();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    logger.info({ circle, many: Array.from({ length: 100_000 }, (_, index) => index) }, 'x');
    expect(lines[0]?.length).toBeLessThan(3000);
  });

  it('a Secret does not show itself', () => {
    const secret = new Secret(canary);
    for (const shown of [
      inspect(secret, { showHidden: true, depth: 5 }),
      `${secret}`,
      JSON.stringify({ secret }),
    ])
      expect(shown).not.toContain(canary);
    expect(Object.entries(secret)).toEqual([]);
    expect(secret.reveal()).toBe(canary);
  });
});

describe('nobody is named', () => {
  const number = '+4930123456';
  const mail = 'anna.berger@example.com';

  it.each<[string, Record<string, unknown>, string?]>([
    ['in an error', { err: new TypeError(`ani ${number} of ${mail}`) }],
    ['in an error inside', { failure: { cause: new Error(`${number} ${mail}`) } }],
    [
      'in an error of ours, and its facts',
      { err: new ExecError('redis.refused', mail, { details: { a: number } }) },
    ],
    ['in a reason', { 'exec.reason': `${number} ${mail}` }],
    ['deep inside', { a: [{ b: `${number} ${mail}` }] }],
    ['in the message', {}, `refused: ${number} ${mail}`],
  ])('%s, at any level', (_, fields, message = 'x') => {
    const { logger, lines } = logged();
    logger.error(fields, message);
    logger.child(fields).trace('%s', message);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toContain(number.slice(1, 8));
      expect(line).not.toContain(mail);
    }
  });

  it('but what a fault is looked for by stays', () => {
    const { logger, last } = logged();
    const fields = {
      'exec.employee_id': '10012345678',
      'exec.operation': 'user/create/1234567890',
      'exec.dn': '4930123456',
      'client.address': '10.20.30.40',
      'exec.lag': 1_764_452_343_000,
    };
    logger.info(fields, 'until 2026-01-05T08:00:00.000Z');
    expect(last()).toMatchObject({ ...fields, message: 'until 2026-01-05T08:00:00.000Z' });
  });
});
