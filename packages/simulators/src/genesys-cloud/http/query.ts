/** Query parameters: both array forms, declared defaults, enumerations and maxima; unknown ones are refused. */
import { ApiError } from '../api-error.ts';
import type { Operation, QueryParameter } from './operations.ts';

type QueryValue = string | number | boolean | readonly string[];

export class Query {
  readonly #values: ReadonlyMap<string, QueryValue>;
  /** As it was sent, for the links of a page. */
  readonly raw: URLSearchParams;

  constructor(values: ReadonlyMap<string, QueryValue>, raw: URLSearchParams) {
    this.#values = values;
    this.raw = raw;
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  integer(name: string, otherwise: number): number {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : otherwise;
  }

  /** Also a parameter declared as a string that holds `true` or `false`. */
  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  }

  list(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }
}

/** Largest pages in practice where none is declared: users and queues 500, others 100. */
const largestPages: Readonly<Record<string, number>> = {
  getUsers: 500,
  getUsersQuery: 500,
  getRoutingQueues: 500,
};

/** Raises 400 for what is not declared or does not fit its declaration. */
export function parseQuery(operation: Operation, search: string): Query {
  const raw = new URLSearchParams(search);
  const declared = operation.query ?? [];
  const values = new Map<string, QueryValue>();
  for (const parameter of declared)
    if (parameter.default !== undefined && parameter.list !== true)
      values.set(parameter.name, parameter.default);
  for (const name of new Set(raw.keys())) {
    const parameter = declared.find((known) => known.name === name);
    if (parameter === undefined) throw refusal(operation, `Unknown query parameter ${name}.`);
    const sent = raw.getAll(name);
    values.set(
      name,
      parameter.list === true ? listOf(operation, parameter, sent) : one(operation, parameter, sent),
    );
  }
  return new Query(values, raw);
}

function listOf(operation: Operation, parameter: QueryParameter, sent: readonly string[]): readonly string[] {
  const items = sent.flatMap((value) => value.split(',')).filter((item) => item !== '');
  for (const item of items) checkEnumeration(operation, parameter, item);
  if (parameter.maxItems !== undefined && items.length > parameter.maxItems) {
    const code = operation.codes?.[400]?.find((own) => own.startsWith('max.'));
    throw refusal(operation, `${parameter.name} takes at most ${parameter.maxItems} values.`, code);
  }
  return items;
}

function one(operation: Operation, parameter: QueryParameter, sent: readonly string[]): QueryValue {
  const value = sent[0] ?? '';
  if (sent.length > 1) throw refusal(operation, `${parameter.name} was given more than once.`);
  switch (parameter.type) {
    case 'boolean':
      if (value !== 'true' && value !== 'false')
        throw refusal(operation, `${parameter.name} must be true or false.`);
      return value === 'true';
    case 'integer':
      return integer(operation, parameter, value);
    case 'string':
      checkEnumeration(operation, parameter, value);
      return value;
  }
}

function integer(operation: Operation, parameter: QueryParameter, value: string): number {
  const { name } = parameter;
  const number = Number(value);
  const isPageSize = name === 'pageSize';
  const minimum = parameter.minimum ?? (isPageSize ? 1 : Number.MIN_SAFE_INTEGER);
  const maximum = parameter.maximum ?? (isPageSize ? (largestPages[operation.id] ?? 100) : 2 ** 31 - 1);
  if (/^-?\d+$/.test(value) && number >= minimum && number <= maximum) return number;
  const own =
    name === 'pageNumber'
      ? operation.codes?.[400]?.find((code) => code === 'invalid.page.number')
      : undefined;
  throw refusal(operation, `${name} must be an integer from ${minimum} to ${maximum}.`, own);
}

function checkEnumeration(operation: Operation, parameter: QueryParameter, value: string): void {
  if (parameter.enum === undefined || parameter.enum.includes(value) || parameter.default === value) return;
  throw refusal(operation, `${parameter.name} must be one of ${parameter.enum.join(', ')}.`);
}

/** The code for query faults is declared by all operations but DELETE and HEAD. */
function refusal(operation: Operation, message: string, ownCode?: string): ApiError {
  const declares = operation.method !== 'DELETE' && operation.method !== 'HEAD';
  return new ApiError(400, ownCode ?? (declares ? 'invalid.query.param.value' : 'bad.request'), message);
}
