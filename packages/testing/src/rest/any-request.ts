/** Requests to one operation: as it asks for them, nearly so, and such that nobody would send. */
import fc from 'fast-check';
import { exactly, nearly, rudeJson, rudeText } from './any-value.ts';
import type { Operation } from './operations.ts';

/** A request as it goes over the wire: nothing between here and the socket makes it better. */
export interface RestRequest {
  readonly operation: string;
  readonly method: string;
  /** The target of the request line: printable ASCII, but else anything. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
}

/** `filler` bytes of `x` make a body big without a big counter-example. */
export type RequestBody =
  | { readonly text: string; readonly filler?: number }
  | { readonly bytes: Uint8Array };

/** Values that exist, by the name of a parameter: without them only what is unknown would be asked for. */
export type Samples = Readonly<Record<string, readonly string[]>>;

export function anyRequest(operation: Operation, samples: Samples): fc.Arbitrary<RestRequest> {
  const body = anyBody(operation);
  return fc
    .record({ target: anyTarget(operation, samples), accept: anyAccept, body })
    .map(({ target, accept, body: sent }) => ({
      operation: operation.id,
      method: operation.method,
      target,
      headers: { ...accept, ...sent?.headers },
      ...(sent === undefined ? {} : { body: sent.body }),
    }));
}

const anyAccept: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 4 },
  {
    arbitrary: fc.constantFrom<Record<string, string>>(
      { accept: 'text/plain' },
      { accept: '*/*;q=x' },
      { 'if-none-match': '*' },
      { 'if-none-match': '"1", W/"2", ' },
      { 'x-request-id': 'y'.repeat(300) },
      { 'x-request-id': '"><script>' },
      { 'accept-encoding': 'unheard-of' },
    ),
    weight: 1,
  },
);

function anyTarget(operation: Operation, samples: Samples): fc.Arbitrary<string> {
  const parts = operation.path.split(/(\{[^}]+\})/).map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    return name === undefined ? fc.constant(part) : anyParameter(known(samples, name));
  });
  const query = fc.oneof(
    { arbitrary: fc.constant(''), weight: 3 },
    { arbitrary: anyQuery(operation, samples), weight: operation.query.length === 0 ? 1 : 4 },
  );
  return fc.tuple(fc.tuple(...parts), query).map(([path, rest]) => `${path.join('')}${rest}`);
}

function known(samples: Samples, name: string): readonly string[] {
  // A name may be that of something every object has.
  return Object.hasOwn(samples, name) ? (samples[name] ?? []) : [];
}

/** Encoded as a client would, or an encoding that is none. */
function anyParameter(samples: readonly string[]): fc.Arbitrary<string> {
  const text = rudeText.map((value) => encodeURIComponent(value.toWellFormed()));
  const broken = fc.constantFrom('%', '%zz', '%00', '%ff%fe', '%2e%2e', '%2f', ';', '*', '//');
  const sample =
    samples.length === 0
      ? []
      : [{ arbitrary: fc.constantFrom(...samples).map(encodeURIComponent), weight: 6 }];
  return fc.oneof(...sample, { arbitrary: text, weight: 4 }, { arbitrary: broken, weight: 1 });
}

function anyQuery(operation: Operation, samples: Samples): fc.Arbitrary<string> {
  const name =
    operation.query.length === 0
      ? rudeText
      : fc.oneof({ arbitrary: fc.constantFrom(...operation.query), weight: 6 }, rudeText);
  const pair = name.chain((key) =>
    fc
      .oneof(anyParameter(known(samples, key)), fc.integer({ min: -2, max: 6000 }).map(String))
      .map((value) => `${encodeURIComponent(key.toWellFormed())}=${value}`),
  );
  return fc.array(pair, { minLength: 1, maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`);
}

interface SentBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

const json = { 'content-type': 'application/json' };

function anyBody(operation: Operation): fc.Arbitrary<SentBody | undefined> {
  const asJson = (value: unknown): SentBody => ({
    headers: json,
    body: { text: JSON.stringify(value) ?? '' },
  });
  const unusual = fc.oneof(
    rudeJson.map(asJson),
    rudeText.map((text) => ({ headers: json, body: { text: text.toWellFormed() } })),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => ({ headers: json, body: { bytes } })),
    fc
      .constantFrom(
        'text/plain',
        'application/xml',
        'application/json; charset=utf-16',
        'multipart/form-data',
        ';',
      )
      .map((type) => ({ headers: { 'content-type': type }, body: { text: '{}' } })),
    // Below and above what a body may have.
    fc
      .constantFrom(100_000, 1_048_500, 1_048_700, 3_000_000)
      .map((filler) => ({ headers: json, body: { text: '', filler } })),
    fc.constantFrom<SentBody>(
      { headers: json, body: { text: '{"__proto__":{"mode":"apply"}}' } },
      { headers: json, body: { text: '{"constructor":{"prototype":{"x":1}}}' } },
      { headers: json, body: { text: '{"mode":"plan","mode":1}' } },
      { headers: json, body: { text: '['.repeat(100_000) } },
      { headers: json, body: { text: '{"a":'.repeat(50_000) } },
      { headers: json, body: { text: '1e999999' } },
    ),
  );
  if (operation.body === undefined)
    return fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary: unusual, weight: 1 });
  return fc.oneof(
    { arbitrary: exactly(operation.body).map(asJson), weight: 3 },
    { arbitrary: nearly(operation.body).map(asJson), weight: 4 },
    { arbitrary: unusual, weight: 4 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
}
