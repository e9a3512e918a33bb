import { createServer } from 'node:net';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { CloudStub } from './testing/cloud-stub.ts';
import { type HttpRequest, Transport, TransportFault } from './transport.ts';

let stub: CloudStub;
let clock: FakeClock;
let transport: Transport;

beforeEach(async () => {
  stub = await CloudStub.start();
  clock = new FakeClock();
  transport = new Transport(new Agent({ connections: 2 }), clock, { maxAnswerBytes: 1_000 });
});

afterEach(async () => {
  await transport.close();
  await stub.close();
});

function request(more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url: new URL('/api/v2/things?a=1', stub.url),
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    ...more,
  };
}

async function faultOf(sending: Promise<unknown>): Promise<TransportFault> {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportFault);
  return error as TransportFault;
}

describe('Transport', () => {
  it('sends method, path, headers and body and gives back the whole answer', async () => {
    stub.handler = () => ({ status: 201, headers: { 'x-thing': 'y' }, body: { a: 'ü' } });
    const answer = await transport.send(
      request({ method: 'POST', headers: { 'x-in': '1' }, body: '{"b":"ß"}' }),
    );
    expect(stub.requests[0]).toMatchObject({ method: 'POST', path: '/api/v2/things?a=1', body: '{"b":"ß"}' });
    expect(stub.requests[0]?.headers['x-in']).toBe('1');
    expect(answer).toMatchObject({ status: 201, body: '{"a":"ü"}' });
    expect(answer.headers['x-thing']).toBe('y');
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not follow a redirect', async () => {
    stub.handler = () => ({ status: 302, headers: { location: `${stub.url}/elsewhere` } });
    expect((await transport.send(request())).status).toBe(302);
    expect(stub.requests).toHaveLength(1);
  });

  it('knows that nothing was sent when no connection came about', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const fault = await faultOf(transport.send(request({ url: new URL(`http://127.0.0.1:${port}/`) })));
    expect(fault.kind).toBe('not-sent');
    expect(fault.message).toContain('ECONNREFUSED');
  });

  it.each(['reset', 'half-then-reset'] as const)(
    'says "lost" when the connection breaks: %s',
    async (how) => {
      stub.handler = () => how;
      expect((await faultOf(transport.send(request()))).kind).toBe('lost');
      expect(stub.requests).toHaveLength(1);
    },
  );

  it.each(['silent', 'half'] as const)('gives up after the time limit: %s', async (how) => {
    stub.handler = () => how;
    const sending = faultOf(transport.send(request()));
    await stub.received(1);
    await clock.advance(9_999);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1);
    expect((await sending).kind).toBe('timed-out');
  });

  it('says "not sent" when time is up before a connection is free, and does not send later', async () => {
    stub.handler = () => 'silent';
    const first = faultOf(transport.send(request()));
    const second = faultOf(transport.send(request()));
    await stub.received(2);
    const third = faultOf(transport.send(request({ timeoutMs: 500 })));
    await clock.advance(500);
    expect((await third).kind).toBe('not-sent');
    stub.handler = () => ({});
    await clock.advance(9_500);
    await Promise.all([first, second]);
    await transport.send(request());
    expect(stub.requests).toHaveLength(3);
  });

  it('refuses an answer above the limit', async () => {
    stub.handler = () => ({ body: 'x'.repeat(1_001) });
    expect((await faultOf(transport.send(request()))).kind).toBe('too-large');
  });

  it('keeps the beginning of an error page that is too long', async () => {
    stub.handler = () => ({ status: 502, body: `<html>${'x'.repeat(300_000)}` });
    const answer = await transport.send(request());
    expect(answer.status).toBe(502);
    expect(answer.body.startsWith('<html>')).toBe(true);
    expect(answer.body.length).toBeLessThan(200_000);
  });

  it('ends with the reason of the signal, before and while sending', async () => {
    await expect(transport.send(request({ signal: AbortSignal.abort('early') }))).rejects.toBe('early');
    expect(stub.requests).toHaveLength(0);
    stub.handler = () => 'silent';
    const abort = new AbortController();
    const sending = transport.send(request({ signal: abort.signal }));
    await stub.received(1);
    abort.abort('enough');
    await expect(sending).rejects.toBe('enough');
    expect(clock.pendingTimers).toBe(0);
  });
});
