/** Every operation of the REST interfaces says what it answers: each field, with an example, and who is refused. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';

interface Body {
  readonly schema?: object;
  readonly example?: unknown;
}
interface Operation {
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Body>> }>>;
}

const ajv = new Ajv2020({ strict: false });

function operationsOf(service: string): (readonly [name: string, operation: Operation])[] {
  const page = new URL(`../../../docs/reference/openapi/${service}.json`, import.meta.url);
  const { paths } = JSON.parse(readFileSync(page, 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );
}

const operations = ['excs', 'exas', 'excp'].flatMap(operationsOf);

it.each(operations)('%s names its fields and shows an example of them', (_name, { responses }) => {
  const answers = Object.entries(responses).filter(([status]) => status < '300');
  expect(answers).not.toEqual([]);
  for (const [status, { content }] of answers) {
    if (status === '204') expect(content).toBeUndefined();
    else expect(content).toBeDefined();
    const json = content?.['application/json'];
    if (json === undefined) continue;
    expect(json.schema).toHaveProperty('properties');
    const validate = ajv.compile(json.schema ?? {});
    expect(validate(json.example), ajv.errorsText(validate.errors)).toBe(true);
  }
});

it.each(operations.filter(([name]) => name.includes(' /api/')))(
  '%s says that it needs a token, and which',
  (name, { responses, security }) => {
    expect(responses).toMatchObject({ 401: {}, 403: {} });
    expect(security).not.toEqual([]);
    if (name.includes('{')) expect(responses).toHaveProperty('404');
  },
);
