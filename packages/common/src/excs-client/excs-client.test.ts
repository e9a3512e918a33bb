/** An EXCS, or somebody in its place, that answers without end. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ExcsClient } from './excs-client.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function answering(
  answer: (response: ServerResponse) => void,
  overallMs?: number,
): Promise<ExcsClient> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const client = new ExcsClient(overallMs === undefined ? { url } : { url, overallMs });
  ends.push(() => client.close());
  return client;
}

it('an answer of EXCS beyond 32 MB is given up, and fills no memory', async () => {
  let sent = 0;
  const part = Buffer.alloc(1024 * 1024, ' ');
  const client = await answering((response) => {
    const more = () => {
      while (!response.destroyed && response.write(part)) sent++;
      sent++;
    };
    response.on('drain', more);
    more();
  });
  await expect(client.list('agents')).rejects.toMatchObject({ code: 'excs.unavailable', retryable: true });
  expect(sent).toBeGreaterThan(32);
  expect(sent).toBeLessThan(64);
});

it('an answer of EXCS that goes on and on in small parts is given up as a whole', async () => {
  const client = await answering((response) => {
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  }, 300);
  await expect(client.list('agents')).rejects.toMatchObject({ code: 'excs.unavailable', retryable: true });
});
