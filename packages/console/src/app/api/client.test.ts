import { describe, expect, it } from 'vitest';
import { ApiClient, faultOf } from './client.ts';

function clientOf(
  answer: (url: string, request: RequestInit) => Response | Promise<Response>,
  page = 'https://proxy.example.com/exec/excs/console/',
) {
  return new ApiClient(page, (url, request = {}) => Promise.resolve(answer(String(url), request)));
}

describe('the way to the service', () => {
  it('keeps the prefix of a proxy, and says who asks', async () => {
    const asked: unknown[] = [];
    const client = clientOf((url, { method = 'GET', headers }) => {
      asked.push([method, url, headers]);
      return Response.json({}, { headers: { etag: '"1"' } });
    });
    expect(await client.get('/sync')).toEqual({ kind: 'answered', value: {}, tag: '"1"' });
    await client.session('POST', { token: 'x' });
    await client.get('/sync', '"1"');
    expect(asked).toEqual([
      ['GET', 'https://proxy.example.com/exec/excs/api/v1/sync', { 'x-console': '1' }],
      [
        'POST',
        'https://proxy.example.com/exec/excs/console/session',
        { 'x-console': '1', 'content-type': 'application/json' },
      ],
      [
        'GET',
        'https://proxy.example.com/exec/excs/api/v1/sync',
        { 'x-console': '1', 'if-none-match': '"1"' },
      ],
    ]);
  });

  it('asks one thing after the other', async () => {
    let inFlight = 0;
    let most = 0;
    const client = clientOf(async () => {
      most = Math.max(most, ++inFlight);
      await Promise.resolve();
      inFlight--;
      return Response.json({});
    });
    await Promise.all([client.get('/a'), client.get('/b'), client.send('POST', '/c')]);
    expect(most).toBe(1);
  });

  it.each<[string, () => Response, object]>([
    ['nothing new', () => new Response(null, { status: 304 }), { kind: 'unchanged' }],
    ['no content', () => new Response(null, { status: 204 }), { kind: 'answered', value: undefined }],
    [
      'a proxy whose service is away',
      () => new Response('Bad Gateway', { status: 502 }),
      { kind: 'no-answer' },
    ],
    ['what is no JSON', () => new Response('<p>', { status: 200 }), { kind: 'no-answer' }],
    [
      'a refusal',
      () => Response.json({ code: 'plan.changed', title: 't', detail: 'd' }, { status: 409 }),
      { kind: 'refused', fault: { status: 409, code: 'plan.changed', title: 't', detail: 'd' } },
    ],
  ])('understands %s', async (_name, answer, expected) => {
    expect(await clientOf(answer).get('/x')).toEqual(expected);
  });

  it('says that nobody is logged in, and that nobody answers, and goes on', async () => {
    let broken = true;
    let loggedOut = 0;
    const client = clientOf(() => {
      if (broken) throw new TypeError('network');
      return Response.json({}, { status: 401 });
    });
    client.onUnauthorized = () => loggedOut++;
    expect(await client.get('/x')).toEqual({ kind: 'no-answer' });
    broken = false;
    expect(await client.get('/x')).toMatchObject({ kind: 'refused' });
    expect(loggedOut).toBe(1);
  });

  it('shows a refusal that is not in our form', () => {
    expect(faultOf(500, 'null')).toEqual({
      status: 500,
      code: 'unknown',
      title: 'The service answered 500.',
      detail: '',
    });
  });
});
