/** What a service says that it answers: the operations of its OpenAPI description. */

import type { DescribedAnswers } from './described-answers.ts';

/** The part of JSON Schema that the descriptions of our services use. */
export interface ValueSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly items?: ValueSchema;
  readonly oneOf?: readonly ValueSchema[];
  readonly anyOf?: readonly ValueSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface Operation {
  /** `POST /api/v1/sync/runs`. */
  readonly id: string;
  readonly method: string;
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  /** Names of the parameters of its query. */
  readonly query: readonly string[];
  readonly body?: ValueSchema;
  readonly answers: DescribedAnswers;
}

interface Described {
  readonly responses: DescribedAnswers;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: ValueSchema }>> };
}

/** Reads `/openapi.json`. @throws Error when there is none, or it describes nothing */
export async function describedOperations(baseUrl: string): Promise<Operation[]> {
  const answer = await fetch(new URL('/openapi.json', baseUrl));
  const description = (await answer.json()) as {
    readonly paths?: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
  const operations = Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(path, method.toUpperCase(), described)),
  );
  if (operations.length === 0) throw new Error(`${baseUrl}/openapi.json describes no operation`);
  return operations;
}

function operationOf(path: string, method: string, described: Described): Operation {
  const body = described.requestBody?.content?.['application/json']?.schema;
  const query = (described.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name);
  const { responses: answers } = described;
  return { id: `${method} ${path}`, method, path, query, answers, ...(body === undefined ? {} : { body }) };
}
