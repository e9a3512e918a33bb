/** How answers of the API are written: JSON that is not checked once more, entity tags, pages. */
import type { Answer } from '@exec/common/answers/answer';
import { ExecError } from '@exec/common/errors';
import type { IdMap } from '@exec/common/id-map';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Lookups } from './lookups.ts';

/**
 * Sends a value whose shape the compiler has checked. Validating each answer against its schema again would cost
 * most of the time of a look-up.
 */
export function sendJson<S extends z.ZodType>(reply: FastifyReply, value: Answer<S>): void {
  void reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(value));
}

/** Sends one mapping. Its text is kept for as long as it is: writing it anew would cost more than finding it. */
export function sendMapping(reply: FastifyReply, mapping: object): void {
  let text = mappingTexts.get(mapping);
  if (text === undefined) {
    text = JSON.stringify(mapping);
    mappingTexts.set(mapping, text);
  }
  void reply.header('content-type', 'application/json; charset=utf-8').send(text);
}

const mappingTexts = new WeakMap<object, string>();

export function sendText(reply: FastifyReply, text: string): void {
  void reply.header('content-type', 'text/plain; charset=utf-8').send(text);
}

/** Answers 304 when the caller has this version already; then there is nothing left to answer. */
export function answeredUnchanged(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  const tag = `"${version}"`;
  void reply.header('etag', tag).header('cache-control', 'no-cache');
  const known = request.headers['if-none-match'];
  if (known === undefined) return false;
  const same = known
    .split(',')
    .map((entry) => entry.trim().replace(/^W\//, ''))
    .some((entry) => entry === tag || entry === '*');
  if (same) void reply.code(304).send();
  return same;
}

export const pageQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,16}\.\d{1,9}$/)
    .optional()
    .describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(5000).default(1000).describe('Items per page.'),
});

export interface Page<T> {
  readonly version: number;
  readonly items: readonly T[];
  readonly next: string | null;
}

/** The mapping that a page belongs to: that of its cursor, else the newest. */
export function mapOf(
  lookups: Lookups,
  cursor: string | undefined,
): { readonly map: IdMap; readonly offset: number } {
  if (cursor === undefined) return { map: lookups.current, offset: 0 };
  const [version, offset] = cursor.split('.').map(Number);
  const map = lookups.ofVersion(version ?? 0);
  if (map === undefined)
    throw new ExecError(
      'mapping.changed',
      'The mapping has changed since the first page; begin with that again.',
    );
  return { map, offset: offset ?? 0 };
}

export function pageOf<T>(map: IdMap, all: readonly T[], offset: number, limit: number): Page<T> {
  const end = offset + limit;
  return {
    version: map.version,
    items: all.slice(offset, end),
    next: end < all.length ? `${map.version}.${end}` : null,
  };
}

export function notFound(what: string): ExecError {
  return new ExecError('mapping.not-found', `${what} is not mapped.`);
}
