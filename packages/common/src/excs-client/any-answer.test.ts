/** Whatever EXCS, or somebody in its place, answers: a list of the promised form, or a refusal that is tried again. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecError } from '../errors/errors.ts';
import { ExcsClient } from './excs-client.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
}

let answers: readonly Answer[] = [];
let asked = 0;
const server = createServer((_request, response) => {
  const {
    status,
    headers = {},
    text,
  } = answers[Math.min(asked++, answers.length - 1)] ?? { status: 500, text: '' };
  response.writeHead(status, headers).end(text);
});
let client: ExcsClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new ExcsClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterAll(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

const answering = (...list: readonly Answer[]) => {
  answers = list;
  asked = 0;
};
const json = (value: unknown): Answer => ({ status: 200, text: JSON.stringify(value) });
const refusal = { code: 'excs.unavailable', retryable: true };

describe('an answer of EXCS', () => {
  it('of any kind is a list of that form or a refusal', async () => {
    const rude = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(-1, 1e308, '', 'x'.repeat(3000), []),
    );
    const item = fc.oneof(
      fc.record({
        switch: fc.string(),
        number: fc.string(),
        type: fc.constantFrom('Extension', 'ACDPosition'),
      }),
      fc.record({ switch: rude, number: rude, type: rude }),
      rude,
    );
    const page = fc.record(
      {
        version: fc.oneof(fc.constant(1), rude),
        items: fc.oneof(fc.array(item, { maxLength: 3 }), rude),
        next: fc.oneof(fc.constantFrom(null, '1.2'), rude),
      },
      { requiredKeys: ['items'] },
    );
    const text = fc.oneof(
      fc.oneof(page, rude).map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '',
        '{"items":',
        '<html>',
        '['.repeat(10_000),
        '{"items":[],"__proto__":{"next":"1.1"}}',
      ),
    );
    const answer = fc.record({
      status: fc.oneof(
        { arbitrary: fc.constant(200), weight: 6 },
        fc.constantFrom(204, 301, 304, 400, 401, 404, 409, 429, 500, 503),
      ),
      headers: fc.record(
        { etag: fc.constantFrom('', '"1"', 'x'), location: fc.constant('http://127.0.0.1:1/') },
        { requiredKeys: [] },
      ),
      text,
    });
    let lists = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (list, known) => {
          answering(...list, json({ items: [], version: 1 }));
          try {
            const found = await client.list('dns', known ? '"1"' : undefined);
            lists++;
            if (found.unchanged) expect(known).toBe(true);
            else
              for (const { switch: on, number, type } of found.items)
                expect([typeof on, typeof number, /^(Extension|ACDPosition)$/.test(type)]).toEqual([
                  'string',
                  'string',
                  true,
                ]);
          } catch (error) {
            if (!(error instanceof ExecError)) throw error;
            expect(error).toMatchObject(refusal);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(lists).toBeGreaterThan(20);
  });

  it.each([1000, 1001, 300_000])('with %i items in a page of 1,000 is taken or refused', async (count) => {
    const items = Array.from({ length: count }, () => ({ switch: 'N', number: '1', type: 'Extension' }));
    answering(json({ items, version: 1 }));
    if (count <= 1000) expect(await client.list('dns')).toMatchObject({ unchanged: false, items });
    else await expect(client.list('dns')).rejects.toMatchObject(refusal);
  });

  it('that says that nothing has changed to somebody who knows nothing is a refusal', async () => {
    answering({ status: 304, text: '' });
    await expect(client.list('dns')).rejects.toMatchObject(refusal);
    answering(json({ items: [], version: 1, next: '1.1' }), { status: 304, text: '' });
    await expect(client.list('dns', '"1"')).rejects.toMatchObject(refusal);
  });
});
