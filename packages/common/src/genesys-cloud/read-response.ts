/** What the headers and the error body of an answer say. */
import { z } from 'zod';
import { maskPersons } from '../persons.ts';
import { parseAnswer } from './json.ts';
import type { HttpAnswer } from './transport.ts';

const errorBody = z.looseObject({
  code: z.string().optional(),
  message: z.string().optional(),
});

export interface ErrorFacts {
  readonly cloudCode: string | undefined;
  /** Without what tells of a person, at most 300 characters. */
  readonly cloudMessage: string | undefined;
}

/** Code and message of an error body; both undefined if there is none that can be read. */
export function errorFactsOf(answer: HttpAnswer): ErrorFacts {
  const parsed = errorBody.safeParse(parseAnswer(answer.body));
  const message = parsed.data?.message;
  return {
    cloudCode: parsed.data?.code === undefined ? undefined : saidByCloud(parsed.data.code).slice(0, 100),
    cloudMessage: message === undefined ? undefined : saidByCloud(message),
  };
}

/** `ININ-Correlation-Id`, which Genesys support asks for. */
export function correlationIdOf(answer: HttpAnswer): string | undefined {
  return headerOf(answer, 'inin-correlation-id')?.slice(0, 100);
}

/** A quarter of an hour: one absurd answer must not keep a token still for longer; the next request asks again. */
const longestRetryAfterMs = 900_000;

/**
 * `Retry-After` in milliseconds, at most 15 minutes: seconds as documented, or a date as HTTP allows; undefined if absent
 * or unreadable.
 */
export function retryAfterMsOf(answer: HttpAnswer): number | undefined {
  const text = headerOf(answer, 'retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(longestRetryAfterMs, Number(text) * 1000);
  const until = httpDate(text);
  const date = dateOf(answer);
  if (until === undefined || date === undefined) return undefined;
  return Math.min(longestRetryAfterMs, Math.max(0, until - date));
}

/** The cloud's clock in milliseconds since 1970, to the second. */
export function dateOf(answer: HttpAnswer): number | undefined {
  return httpDate(headerOf(answer, 'date') ?? '');
}

/** Only the form that HTTP prescribes: JavaScript takes nearly anything for a date. */
function httpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Milliseconds until the cloud's own counter starts again, if it says that this token's minute is used up. */
export function usedUpForMs(answer: HttpAnswer): number | undefined {
  const count = numberOf(answer, 'inin-ratelimit-count');
  const allowed = numberOf(answer, 'inin-ratelimit-allowed');
  const reset = numberOf(answer, 'inin-ratelimit-reset');
  if (count === undefined || allowed === undefined || reset === undefined) return undefined;
  // A hint, deprecated by some: it may hold us back for at most a minute, never let more through.
  if (allowed <= 0 || count < allowed || reset > 61) return undefined;
  return reset * 1000;
}

function numberOf(answer: HttpAnswer, name: string): number | undefined {
  const text = headerOf(answer, name);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Free text of the cloud as it may be logged and kept: without what tells of a person, at most 300 characters. */
export function saidByCloud(text: string): string {
  // Cut before as well: a body may be megabytes.
  return maskPersons(text.slice(0, 600)).slice(0, 300);
}
