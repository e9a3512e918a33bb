/** Takes secrets and attached data out of what is about to be logged. */
import { Secret } from './config/secret.ts';

const replacement = '[secret]';
const secretName =
  /secret|passw(or)?d|passphrase|token(?!_?(url|expiry|endpoint))|authorization|cookie|api_?key|settings_?key|private_?key|user_?data|attached_?data|credential/i;
/** `scheme://user:password@host`, in any text. */
const addressCredentials = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]+@/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi;
const assignment = /\b(client_secret|password|access_token|refresh_token)=[^\s&"']+/gi;

/** Deeper structures are not logged: nothing of ours needs them, and walking must end. */
const deepest = 6;
const mostEntries = 200;

export function redactText(text: string): string {
  // Most lines hold none of these characters together; the expressions need not run then.
  if (!text.includes('@') && !text.includes('=') && !/bearer|basic/i.test(text)) return text;
  return text
    .replace(addressCredentials, `$1${replacement}@`)
    .replace(bearer, `$1 ${replacement}`)
    .replace(assignment, `$1=${replacement}`);
}

export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return walkObject(fields, 0);
}

export function redactValue(value: unknown): unknown {
  return walk(value, 0);
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return replacement;
  if (value instanceof Date) return value;
  if (value instanceof Error) return { type: value.name, message: redactText(value.message) };
  if (depth >= deepest) return '[deep]';
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return '[bytes]';
  if (Array.isArray(value)) return value.slice(0, mostEntries).map((item) => walk(item, depth + 1));
  if (value instanceof Map) return walkObject(Object.fromEntries(value), depth + 1);
  if (value instanceof Set) return walk([...value], depth);
  return walkObject(value as Record<string, unknown>, depth + 1);
}

function walkObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let count = 0;
  for (const [name, value] of Object.entries(object)) {
    if (++count > mostEntries) break;
    const hide = secretName.test(name) && typeof value !== 'boolean' && typeof value !== 'number';
    result[name] = hide && value !== undefined && value !== null ? replacement : walk(value, depth);
  }
  return result;
}
