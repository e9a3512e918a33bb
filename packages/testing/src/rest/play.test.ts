/** The player of any request finds the faults that it looks for, and passes a server that has none. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { playAnyRequests } from './index.ts';

let server: Server | undefined;

afterEach(
  () => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))),
);

const anObject = { 200: { content: { 'application/json': { schema: { type: 'object' } } } } };
const description = {
  paths: {
    '/things/{name}': {
      get: {
        parameters: [
          { in: 'path', name: 'name' },
          { in: 'query', name: 'limit' },
        ],
        responses: anObject,
      },
    },
    '/things': {
      post: {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { mode: { enum: ['a', 'b'] }, count: { type: 'integer', minimum: 0 } },
                required: ['mode'],
              },
            },
          },
        },
        responses: anObject,
      },
    },
  },
};

function answer(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer((request, response) => {
    const described =
      request.url === '/openapi.json' ? description : request.url === '/health/live' ? {} : undefined;
    if (described === undefined) listener(request, response);
    else response.end(JSON.stringify(described));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function refuse(response: ServerResponse, status: number, problem: object = {}): void {
  const code = 'request.invalid';
  const body = {
    type: `urn:exec:problem:${code}`,
    title: 'x',
    status,
    code,
    detail: 'x',
    requestId: 'x',
    ...problem,
  };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers as the description says; `take` sees each body that is a value of its schema or nearly one. */
function careful(
  take: (value: { mode?: unknown; count?: unknown }) => void = () => undefined,
): RequestListener {
  return async (request, response) => {
    const text = await textOf(request);
    if (request.method === 'GET') {
      if (request.url?.startsWith('/things/known') === true) answer(response, {});
      else refuse(response, 404);
      return;
    }
    try {
      const value = JSON.parse(text) as { mode?: unknown; count?: unknown };
      if (value.mode !== 'a' && value.mode !== 'b') throw new SyntaxError('mode');
      take(value);
      answer(response, {});
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) refuse(response, 400);
      else refuse(response, 500);
    }
  };
}

it('passes a server that answers or refuses in form, and reached both', async () => {
  const baseUrl = await serve(careful());
  const tally = await playAnyRequests({ baseUrl, samples: { name: ['known'] } });
  const reached = [...tally].map(([id, statuses]) => [id, [...statuses.keys()].sort()]);
  expect(reached).toEqual([
    ['GET /things/{name}', [200, 404]],
    ['POST /things', [200, 400]],
  ]);
});

it('finds a value that the server does not survive', async () => {
  const baseUrl = await serve(
    careful((value) => {
      if (typeof value.count === 'string') throw new RangeError('a number was expected');
    }),
  );
  await expect(playAnyRequests({ baseUrl })).rejects.toThrow(/POST \/things .*: 500 request\.invalid/s);
});

it.each([
  [
    'an error in another form',
    (response: ServerResponse) => response.writeHead(404).end('not found'),
    /an error as/,
  ],
  [
    'an error without a stable code',
    (response: ServerResponse) => refuse(response, 404, { code: 7 }),
    /no stable code/,
  ],
  [
    'another status in its body',
    (response: ServerResponse) => refuse(response, 404, { status: 400 }),
    /status 400/,
  ],
  ['a connection that ends', (response: ServerResponse) => response.destroy(), /no answer/],
])('finds %s', async (_what, answer, message) => {
  const baseUrl = await serve((request, response) => {
    request.resume();
    answer(response);
  });
  await expect(playAnyRequests({ baseUrl })).rejects.toThrow(message);
});

it('tolerates no fault of the server but those that are named', async () => {
  const baseUrl = await serve((request, response) => {
    request.resume();
    refuse(response, 503);
  });
  await expect(playAnyRequests({ baseUrl })).rejects.toThrow(/503 request\.invalid/);
  await playAnyRequests({ baseUrl, tolerated: ['request.invalid'] });
});

it('finds an answer that is not as described', async () => {
  const baseUrl = await serve((request, response) => {
    if (request.method === 'GET') answer(response, []);
    else careful()(request, response);
  });
  await expect(playAnyRequests({ baseUrl })).rejects.toThrow(/GET \/things\/.*: not as described/s);
});
