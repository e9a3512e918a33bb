/** Takes secrets, attached data and what tells of a person out of what is about to be logged. */
import { Secret } from '../config/secret.ts';
import { maskPersons } from '../persons.ts';

const replacement = '[secret]';
const secretName =
  /secret|passw(or)?d|passphrase|token(?!_?(url|expiry|endpoint))|authorization|cookie|api_?key|settings_?key|private_?key|user_?data|attached_?data|credential/i;
/** `scheme://user:password@host`, in any text. */
const addressCredentials = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]+@/gi;
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi;
const assignment = /\b(client_secret|password|access_token|refresh_token)=[^\s&"']+/gi;

/** Fields that hold a name or an ID of ours, which a fault is looked for by: employee IDs and DNs may be long numbers. */
const idName = /(^|[._])(id|uuid|dn|name|address|server|link|operation|site|switch|timestamp|version)$/;

/** Deeper structures are not logged: nothing of ours needs them, and walking must end. */
const deepest = 6;
const mostEntries = 200;

/** The text with credentials in addresses, bearer tokens, assigned secrets, and what tells of a person masked. */
export function redactWords(text: string): string {
  return maskPersons(redactText(text));
}

/** The text with credentials in addresses, bearer tokens and assigned secrets masked. */
export function redactText(text: string): string {
  // Most lines hold none of these characters together; the expressions need not run then.
  if (!text.includes('@') && !text.includes('=') && !/bearer|basic/i.test(text)) return text;
  return text
    .replace(addressCredentials, `$1${replacement}@`)
    .replace(bearer, `$1 ${replacement}`)
    .replace(assignment, `$1=${replacement}`);
}

/** Fields of a log line with secrets and attached data masked, at most six levels deep. */
export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return walkObject(fields, 0);
}

/** Shorter values would tear holes into innocent words. */
const shortestScrubbed = 8;

/**
 * Replaces known secrets in a line of JSON, as they are and as JSON, addresses and base64 write them. Of an
 * address that holds credentials only these are secret. Undefined when there is nothing to replace.
 */
export function scrubber(secrets: Iterable<string>): ((line: string) => string) | undefined {
  const values = new Set<string>();
  for (const secret of secrets)
    for (const part of secretParts(secret))
      for (const form of [part, encodeURIComponent(part), Buffer.from(part).toString('base64')])
        if (form.length >= shortestScrubbed) values.add(JSON.stringify(form).slice(1, -1));
  if (values.size === 0) return undefined;
  // Longest first: one may be the beginning of another.
  const ordered = [...values].sort((a, b) => b.length - a.length);
  return (line) => {
    let clean = line;
    for (const value of ordered) if (clean.includes(value)) clean = clean.replaceAll(value, replacement);
    return clean;
  };
}

/** Of an address its password, of a list of tokens each of them. */
function secretParts(value: string): string[] {
  const url = value.includes('://') ? URL.parse(value) : null;
  if (url === null)
    return [value, ...value.split(',').flatMap((part) => [part, part.slice(part.indexOf('=') + 1)])];
  return url.password === '' ? [] : [url.password, decoded(url.password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As `redact`, for any value. */
export function redactValue(value: unknown): unknown {
  return walk(value, 0);
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactWords(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Secret) return replacement;
  if (value instanceof Date) return value;
  if (value instanceof Error) return { type: value.name, message: redactWords(value.message) };
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
    if (hide && value !== undefined && value !== null) result[name] = replacement;
    else if (typeof value === 'string' && idName.test(name)) result[name] = redactText(value);
    else result[name] = walk(value, depth);
  }
  return result;
}
