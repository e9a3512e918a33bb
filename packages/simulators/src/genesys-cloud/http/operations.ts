/** The operations of the API as published: paths, query parameters, codes. */

import { commonCode } from '../api-error.ts';
import publishedOperations from '../schemas/operations.json' with { type: 'json' };

export interface QueryParameter {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean';
  /** Repeated keys, or values joined with commas. */
  readonly list?: boolean;
  readonly maxItems?: number;
  readonly default?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Operation {
  /** operationId of the published definition. */
  readonly id: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly success: readonly string[];
  /** Whether it takes a body, for which there is a schema under its ID. */
  readonly body?: boolean;
  readonly query?: readonly QueryParameter[];
  /** Codes of its own by status, on top of those that every operation declares. */
  readonly codes?: Readonly<Record<string, readonly string[]>>;
  /** A batch of events: counted over all arrays. */
  readonly batch?: boolean;
}

export const operations = publishedOperations as readonly Operation[];

/** The platform's path in the router's notation. */
export function routePath(operation: Operation): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Whether the operation changes configuration: what `writes` counts. */
export function isWrite(operation: Operation): boolean {
  return (
    operation.method !== 'GET' &&
    operation.method !== 'HEAD' &&
    operation.batch !== true &&
    operation.id !== 'postUsersSearch'
  );
}

/** Codes besides `commonCode` that all operations declare. Source: the public API definition. */
const furtherCommonCodes: Readonly<Record<number, readonly string[]>> = {
  400: [
    'client.failed.request',
    'constraint.validation',
    'invalid.date',
    'invalid.property',
    'invalid.query.param.value',
    'invalid.value',
    'response.entity.too.large',
  ],
  401: ['authentication.required', 'ip.not.authorized'],
  403: ['missing.any.permissions', 'missing.permissions'],
  429: ['too.many.requests'],
  504: ['authentication.request.timeout'],
};

/** Whether the published definition knows this code for this operation and status. */
export function declaresCode(operation: Operation, status: number, code: string): boolean {
  return (
    commonCode(status) === code ||
    furtherCommonCodes[status]?.includes(code) === true ||
    operation.codes?.[status]?.includes(code) === true
  );
}
