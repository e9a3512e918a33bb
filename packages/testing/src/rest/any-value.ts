/** Values for requests: what a schema asks for, what it nearly asks for, and anything at all. */
import fc from 'fast-check';
import type { ValueSchema } from './operations.ts';

/** Texts that have broken programs before. */
export const rudeText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '.',
    '..',
    '../../etc/passwd',
    '\u0000',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    '-1',
    '1e400',
    '9007199254740993',
    '{orgId.1}:x',
    "'; DROP TABLE cfg_person; --",
    'x'.repeat(256),
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 30 }),
);

const rudeNumber = fc.constantFrom(
  -1,
  0,
  1,
  -0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  Number.MIN_VALUE,
);

/** Any JSON, keys of a prototype included, and nesting that a recursive reader would not survive. */
export const rudeJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  rudeText,
  rudeNumber,
  fc.dictionary(rudeText, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 5 }),
  fc.constantFrom([], {}, null, true, [[]], nested(500)),
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** Values that the schema takes. */
export function exactly(schema: ValueSchema): fc.Arbitrary<unknown> {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => exactly(choice)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, exactly);
    case 'array':
      return fc.array(exactly(schema.items ?? {}), { maxLength: 5 });
    case 'string': {
      const { minLength = 0, maxLength = 60 } = schema;
      return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) });
    }
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1000, -1000), max: 1000 });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    default:
      return rudeJson;
  }
}

/** Values in which some places hold what the schema does not take, or hold nothing, or have company. */
export function nearly(schema: ValueSchema): fc.Arbitrary<unknown> {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => nearly(choice)), rudeJson);
  if (schema.type === 'object')
    return fc
      .tuple(objectOf(schema, nearly, []), fc.option(fc.tuple(rudeText, rudeJson), { freq: 3 }))
      .map(([value, more]) => (more === null ? value : Object.fromEntries([...Object.entries(value), more])));
  if (schema.type === 'array')
    return fc.oneof(
      fc.array(nearly(schema.items ?? {}), { maxLength: 5 }),
      // A long list is short in the report of a failure, and made only when it is sent.
      fc.constantFrom(1000, 1001, 20_000).map((length) => new Array(length).fill({ type: 'x' })),
      rudeJson,
    );
  return fc.oneof({ arbitrary: exactly(schema), weight: 3 }, { arbitrary: rudeJson, weight: 2 });
}

function objectOf(
  schema: ValueSchema,
  of: (schema: ValueSchema) => fc.Arbitrary<unknown>,
  requiredKeys: readonly string[] = schema.required ?? [],
): fc.Arbitrary<object> {
  const fields = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, field]) => [name, of(field)]),
  );
  return fc.record(fields, { requiredKeys: [...requiredKeys] });
}
