/**
 * The description of the REST interface, completed: what all operations have in common is said here once, so that a
 * route says only what is its own. Names are made from paths, so that generated clients keep theirs.
 */
import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ErrorCode, ExecError, errorCodes } from '../errors/errors.ts';
import type { Right } from './access.ts';
import { problemOf, problemSchema } from './problem.ts';

type Fields = Record<string, unknown>;
interface Operation extends Fields {
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses?: Readonly<Record<string, Fields>>;
}
interface Description extends Fields {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Fields;
}

/** The answers to faults: name among the components, and what they mean. */
const faults: Readonly<Record<string, readonly [name: string, meaning: string, code: ErrorCode]>> = {
  400: ['Invalid', 'The request does not have the described form.', 'request.invalid'],
  401: ['Unauthorized', 'The token is missing or wrong.', 'request.unauthorized'],
  403: ['Forbidden', 'The caller may not do this.', 'request.forbidden'],
  404: ['NotFound', 'There is no such object.', 'request.not-found'],
  409: ['Conflict', 'It does not fit what the service is doing; the code says why.', 'plan.changed'],
  413: ['TooLarge', 'The request is too large.', 'request.too-large'],
  429: ['TooMany', 'Too much came from this address.', 'request.too-many'],
  503: ['Unavailable', 'Something that the answer needs is away; try again later.', 'redis.unavailable'],
};

/** The groups of operations; a path belongs to that of its first word. */
const groups: Readonly<Record<string, string>> = {
  agents: 'One agent, or all of them.',
  audit: 'What people did.',
  conversations: 'Calls, their legs, and what was sent of them.',
  'dead-letters': 'Events that Genesys Cloud refused for good.',
  gaps: 'Times in which nobody watched.',
  overview: 'How the service is.',
  mapping: 'Engage IDs and the cloud IDs that belong to them.',
  quarantine: 'Entries that were set aside because they made the service fail.',
  sync: 'The synchronisation: plan, approval, conflicts.',
  system: 'Metrics and health; they need no token.',
};
const lookedUp = ['dns', 'logins', 'mappings', 'queues', 'skills', 'source', 'wrapup-codes'];

/** IDs are branded by a transform, which JSON Schema cannot express: what goes in is what comes out. */
const toJsonSchema: SwaggerTransform = createJsonSchemaTransform({
  zodToJsonConfig: {
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type !== 'pipe' || def.out._zod.def.type !== 'transform') return;
      const { type } = def.in._zod.def;
      if (type === 'string' || type === 'number') jsonSchema.type = type;
    },
  },
});

export const openApiTransform: SwaggerTransform = (given) => {
  const { schema, url } = toJsonSchema(given);
  const right = given.route.config?.right;
  return { url, schema: right === undefined ? schema : { ...schema, security: securityOf(right) } };
};

export const securitySchemes = {
  operator: { type: 'http', scheme: 'bearer', description: 'A token of `API_TOKEN`: may do everything.' },
  reader: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `API_READ_TOKEN`: may read and resolve.',
  },
} as const;

/** The tokens with which an operation answers: any of them is enough. */
export function securityOf(right: Right): Record<string, string[]>[] {
  return right === 'read' ? [{ reader: [] }, { operator: [] }] : [{ operator: [] }];
}

export const openApiCompleted: SwaggerTransformObject = (given) => {
  if (!('openapiObject' in given)) return given.swaggerObject;
  return completed(
    given.openapiObject as unknown as Description,
  ) as unknown as ReturnType<SwaggerTransformObject>;
};

function completed(description: Description): Description {
  const tags = new Set<string>();
  const used = new Set<string>();
  const paths = mapValues(description.paths, (operations, path) =>
    mapValues(operations, (operation, method) => {
      const whole = completedOperation(path, method, operation);
      for (const tag of whole.tags ?? []) tags.add(tag);
      for (const [status, { $ref }] of Object.entries(whole.responses ?? {}))
        if ($ref !== undefined) used.add(status);
      return whole;
    }),
  );
  return {
    ...description,
    servers: [{ url: '/', description: 'The service that gives this description.' }],
    tags: [...tags].sort().map((name) => ({ name, description: groups[name] ?? `Operations of ${name}.` })),
    paths,
    components: {
      ...description.components,
      schemas: { Problem: z.toJSONSchema(problemSchema, { target: 'openapi-3.0' }) },
      responses: Object.fromEntries(
        Object.entries(faults).flatMap(([status, [name, meaning, code]]) =>
          used.has(status) ? [[name, faultAnswer(meaning, code)]] : [],
        ),
      ),
    },
  };
}

function faultAnswer(meaning: string, code: ErrorCode): Fields {
  return {
    description: meaning,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: problemOf(
          new ExecError(code, errorCodes[code].remedy),
          '0b7f3c1e-8a52-4a0e-9c4e-6a1f0d2b7e55',
        ),
      },
    },
  };
}

function completedOperation(path: string, method: string, operation: Operation): Operation {
  const isOpen = operation.security?.length === 0;
  const takesInput = operation.parameters !== undefined || operation.requestBody !== undefined;
  const namesOne = operation.parameters?.some((parameter) => parameter.in === 'path') === true;
  const given = Object.keys(operation.responses ?? {});
  const possible = [
    ...given,
    // A head that cannot be read is refused before anything else is looked at.
    ...(isOpen || takesInput ? ['400'] : []),
    ...(isOpen ? [] : ['401', '403', '429', '503']),
    ...(namesOne ? ['404'] : []),
  ];
  return {
    operationId: operationId(path, method),
    ...operation,
    tags: operation.tags ?? [groupOf(path)],
    responses: Object.fromEntries(
      [...new Set(possible)].sort().map((status) => [status, answer(status, operation.responses?.[status])]),
    ),
  };
}

/** A fault is a reference; what a route says of its own answers stays. */
function answer(status: string, own: Fields | undefined): Fields {
  const fault = faults[status];
  const isProblem = own === undefined || own.description === problemSchema.description;
  if (fault !== undefined && isProblem) return { $ref: `#/components/responses/${fault[0]}` };
  const { description = 'Default Response', ...rest } = own ?? {};
  const whole = {
    ...rest,
    description: description === 'Default Response' ? meaningOf(status) : description,
  };
  // It has no body, which a schema of nothing cannot say.
  return status === '204' ? { description: whole.description } : shownByExample(whole);
}

interface Body extends Fields {
  readonly schema?: Fields & { readonly examples?: readonly unknown[] };
}

/** The example of the schema becomes the one of the answer: there those who read look for it. */
function shownByExample(whole: Fields): Fields {
  if (whole.content === undefined) return whole;
  const bodies = whole.content as Readonly<Record<string, Body>>;
  return {
    ...whole,
    content: mapValues(bodies, (body) => {
      if (body.schema?.examples === undefined) return body;
      const { examples, ...schema } = body.schema;
      return { ...body, schema, example: examples[0] };
    }),
  };
}

function meaningOf(status: string): string {
  return { 202: 'Taken; it is carried out afterwards.', 204: 'Done.' }[status] ?? 'The answer.';
}

function groupOf(path: string): string {
  const word = path.split('/')[3] ?? 'system';
  return lookedUp.includes(word) ? 'mapping' : word;
}

/** `GET /api/v1/agents/{employeeId}` is `getAgentsByEmployeeId`. */
function operationId(path: string, method: string): string {
  const words = path
    .replace(/^\/api\/v\d+/, '')
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function mapValues<V, R>(
  record: Readonly<Record<string, V>>,
  change: (value: V, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
