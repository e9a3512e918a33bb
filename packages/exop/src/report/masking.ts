/**
 * Takes out of a text what tells of a person: e-mail addresses and telephone numbers. Times, IDs and addresses of
 * machines stay, since a fault is looked for by them.
 */
import { parseJson } from '@exec/common/json-text';

const mail = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*/gu;
const time = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?/;
const uuid = /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/;
/** Of a call, a plan, a container: some letter is among the digits. */
const digest = /\b(?=\d*[a-f])[\da-f]{12,}\b/;
const machine = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;
/** Five digits or more, however they are grouped. */
const number = /\+?\d(?:[ ()/.-]{0,2}\d){4,}/;
const anyOf = new RegExp(
  `${[time, uuid, digest, machine].map(({ source }) => `(?:${source})`).join('|')}|(?<number>${number.source})`,
  'gi',
);

/** Fields of a log line that hold no words. */
const plainFields = new Set(['@timestamp', 'trace.id', 'service.version', 'exec.instance_id', 'ecs.version']);

/** For what lists machines, ports and figures, and no calls. */
export function withoutMail(text: string): string {
  return text.replaceAll(mail, '[e-mail]');
}

/** A JSON text is gone through value by value, so that its figures stay; any other text by what stands in it. */
export function withoutPersons(text: string): string {
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return value === undefined ? masked(text) : JSON.stringify(walk(value));
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return masked(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [masked(name), plainFields.has(name) ? one : walk(one)]),
  );
}

function masked(text: string): string {
  return withoutMail(text).replaceAll(anyOf, (whole, ...rest) => {
    const { number: digits } = rest.at(-1) as { readonly number?: string };
    return digits === undefined ? whole : '[number]';
  });
}
